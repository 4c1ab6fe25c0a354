//! The commands of `bellwether`.

mod admin;
mod audit;
mod doctor;
mod export;
mod features;
mod forecast;
mod import;
mod master_key;
mod migrate;
mod mlflow;
mod models;
mod scoreboard;
mod serve;

use clap::{Parser, Subcommand};
use migration::MigrationError;
use platform::{
    Platform,
    config::{Config, LogConfig},
    database::DatabaseError,
    telemetry,
};
pub use serve::serve as serve_on;
use std::process::ExitCode;

/// Market intelligence over GraphQL.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, and run the worker in the same process unless that is set otherwise (the default).
    Serve,
    /// Import prices, posts or stocks from CSV, JSON or JSON lines, plain or gzipped.
    Import(import::Arguments),
    /// Export prices, posts, sentiment or stocks as CSV.
    Export(export::Arguments),
    /// Bring the database's schema up or down, or show where it is.
    Migrate(migrate::Arguments),
    /// Make administrators and change keys, for someone at the machine.
    Admin(admin::Arguments),
    /// Check the audit log.
    Audit(audit::Arguments),
    /// List models, add one of others, or train one of your own.
    Models(models::Arguments),
    /// Build what models are given, show it, or compare it.
    Features(features::Arguments),
    /// Check what models said, and how good they turned out to be.
    Scoreboard(scoreboard::Arguments),
    /// Compare models on labelled texts.
    Evaluate(models::Evaluate),
    /// Print the GraphQL schema.
    Schema,
    /// Check settings, database, bus, secrets and mail, and say what to do.
    Doctor(doctor::Arguments),
}

/// Runs the command; its failure is printed and becomes the exit code.
pub fn run(arguments: Arguments) -> ExitCode {
    let command = arguments.command.unwrap_or(Command::Serve);
    if matches!(command, Command::Schema) {
        print!("{}", crate::schema::sdl());
        return ExitCode::SUCCESS;
    }
    let config = match Config::load() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(execute(command, &config)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    // Whoever opens a TLS connection needs it; a second installation would be refused, and be no loss.
    let _ = rustls::crypto::ring::default_provider().install_default();
    telemetry::metrics_handle();
    match command {
        Command::Serve => serve::run(config).await?,
        Command::Import(arguments) => import::run(arguments, config).await?,
        Command::Export(arguments) => export::run(&arguments, config).await?,
        Command::Migrate(arguments) => migrate::run(&arguments, config).await?,
        Command::Admin(arguments) => admin::run(arguments, config).await?,
        Command::Audit(arguments) => audit::run(arguments, config).await?,
        Command::Doctor(arguments) => return Ok(doctor::run(&arguments, config).await),
        Command::Models(arguments) => models::run(arguments, config).await?,
        Command::Features(arguments) => features::run(arguments, config).await?,
        Command::Scoreboard(arguments) => scoreboard::run(arguments, config).await?,
        Command::Evaluate(arguments) => models::evaluate(&arguments, config).await?,
        Command::Schema => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Connects and brings the schema up to date.
async fn prepare(config: &Config) -> anyhow::Result<Platform> {
    let platform = Platform::connect(config).await?;
    migration::up(platform.db.connection()).await.map_err(|error| match error {
        MigrationError::Newer(_) => anyhow::Error::from(error),
        MigrationError::Db(_) => DatabaseError::failed(&error).into(),
    })?;
    Ok(platform)
}

/// Logs only what went wrong; for commands that print their results.
fn log_quietly(config: &Config) -> anyhow::Result<()> {
    let filter =
        if config.log.filter == Config::DEFAULT_FILTER { "warn,sqlx=error" } else { &config.log.filter };
    let log = LogConfig { filter: filter.to_owned(), ..config.log.clone() };
    // Nobody stores these lines: the commands are short, and what they print is their log.
    telemetry::start_logging(&log)?;
    Ok(())
}
