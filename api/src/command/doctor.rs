//! `bellwether doctor`.

use platform::{
    bus,
    config::{Config, SETTINGS},
    database::Database,
};
use std::process::ExitCode;

/// Checks everything that a start needs; prints each finding and what to do.
pub async fn run(config: &Config) -> ExitCode {
    println!("settings  fine ({} known; environment over bellwether.toml over defaults)", SETTINGS.len());
    let findings = [database(config).await, bus(config).await, listen(config).await];
    let market = if config.simulate { "simulated: nothing of it is real" } else { "none: import files" };
    println!("market    {market}");
    println!("models    vader {} (built in)", domain::sentiment::MODEL_VERSION);
    if findings.into_iter().all(|fine| fine) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn database(config: &Config) -> bool {
    let url = &config.database.url;
    if let Some(file) = config.database.sqlite_file().filter(|file| !file.exists()) {
        let fine = |()| format!("{url} is not there yet; the first start makes it");
        let state = Database::check_absent(&config.database, &file);
        return report("database", &state.map(fine).map_err(|error| error.to_string()));
    }
    let db = match Database::connect(&config.database).await {
        Ok(db) => db,
        Err(error) => return report("database", &Err(error.to_string())),
    };
    let state = match migration::status(db.connection()).await {
        Ok(status) => match status.iter().filter(|(_, applied)| !applied).count() {
            0 => Ok(format!("{url} is up to date")),
            missing => Ok(format!(
                "{url} needs {missing} migrations; `serve` applies them, or `bellwether migrate up`"
            )),
        },
        Err(error) => Err(error.to_string()),
    };
    report("database", &state)
}

async fn bus(config: &Config) -> bool {
    let Some(redis) = &config.redis else {
        return report("bus", &Ok("within the process; set REDIS_URL to run several".to_owned()));
    };
    let state = match bus::connect(Some(redis)) {
        Ok(bus) => bus.check().await,
        Err(error) => Err(error),
    };
    report("bus", &state.map(|()| format!("{} answers", redis.url)).map_err(|error| error.to_string()))
}

async fn listen(config: &Config) -> bool {
    let state = tokio::net::TcpListener::bind(config.listen).await;
    let fix = |error: std::io::Error| {
        format!(
            "cannot listen on {}: {error}; stop what listens there, or set BELLWETHER_LISTEN",
            config.listen
        )
    };
    report("listen", &state.map(|_| format!("{} is free", config.listen)).map_err(fix))
}

fn report(part: &str, state: &Result<String, String>) -> bool {
    match state {
        Ok(text) => println!("{part:<9} fine: {text}"),
        Err(text) => println!("{part:<9} PROBLEM: {text}"),
    }
    state.is_ok()
}
