//! `bellwether doctor`.

use crate::embedded::Models;
use clap::Args;
use platform::{
    bus,
    clock::Clock,
    config::{Config, MailTransport, SETTINGS},
    database::Database,
    limit::Limiter,
    mail::Mailer,
    vault::{Vault, VaultState},
};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Leave the mail server alone, as a check that runs all the time should.
    #[arg(long)]
    no_mail: bool,
}

/// Checks everything that a start needs; prints each finding and what to do.
pub async fn run(arguments: &Arguments, config: &Config) -> ExitCode {
    println!("settings  fine ({} known; environment over bellwether.toml over defaults)", SETTINGS.len());
    let findings = [
        database(config).await,
        secrets(config).await,
        bus(config).await,
        limits(config).await,
        arguments.no_mail || mail(config).await,
        listen(config).await,
    ];
    let market = match config.simulate {
        Some(true) => "simulated: nothing of it is real",
        None => "simulated until a vendor can be called",
        Some(false) => "none but vendors and imported files",
    };
    println!("market    {market}");
    models(config).await;
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

/// Whether the master key fits, where there is something that it fits.
async fn secrets(config: &Config) -> bool {
    let is_new = config.database.sqlite_file().is_some_and(|file| !file.exists());
    let db = if is_new { None } else { Database::connect(&config.database).await.ok() };
    let Some(db) = db else { return report("secrets", &Ok("none yet, or none in reach".to_owned())) };
    let applied = migration::status(db.connection()).await;
    if !applied.is_ok_and(|status| status.iter().all(|(_, applied)| *applied)) {
        return report("secrets", &Ok("to be checked when the migrations are applied".to_owned()));
    }
    let state = Vault::new(db, Clock::system(), config.master_key.clone()).check().await;
    let fine = |state| match state {
        VaultState::Unused => "none yet; the first one makes the master key, if there is none".to_owned(),
        VaultState::Fits { fingerprint, .. } => format!("master key {fingerprint} opens them; back it up"),
    };
    report("secrets", &state.map(fine).map_err(|error| error.to_string()))
}

async fn limits(config: &Config) -> bool {
    if !config.limits.enforce {
        return report("limits", &Ok("off; BELLWETHER_LIMITS__ENFORCE=true turns them on".to_owned()));
    }
    let place = if config.redis.is_some() { "Redis, for all processes" } else { "each process" };
    let state = match Limiter::new(Clock::system(), config.redis.as_ref()) {
        Ok(limiter) => limiter.check().await,
        Err(error) => Err(error),
    };
    report("limits", &state.map(|()| format!("kept in {place}")).map_err(|error| error.to_string()))
}

async fn mail(config: &Config) -> bool {
    let fine = match &config.mail.transport {
        MailTransport::Smtp(url) => format!("{url} takes them"),
        MailTransport::Folder(folder) => {
            format!("they become files in {}; set BELLWETHER_MAIL__URL to send them", folder.display())
        }
    };
    let state = match Mailer::new(&config.mail, Clock::system()) {
        Ok(mailer) => mailer.check().await,
        Err(error) => Err(error),
    };
    report("mail", &state.map(|()| fine).map_err(|error| error.to_string()))
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
    let state = crate::http::listen::bind(config);
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

/// Which models score, and why one that should can't.
async fn models(config: &Config) {
    let sentiment = &config.sentiment;
    let models = Models::new(sentiment, &config.models);
    for (what, name) in [("posts", sentiment.social), ("news", sentiment.news)] {
        match models.find(name).await {
            Ok(model) => println!("models    {what}: {} {}", name.name(), model.version()),
            Err(error) => println!("models    {what}: {} scores, for {error:#}", sentiment.fallback.name()),
        }
    }
}
