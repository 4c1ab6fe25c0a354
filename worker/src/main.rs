//! The binary `bellwether-worker`.

use clap::{Parser, Subcommand};
use platform::{Platform, config::Config, shutdown, telemetry};
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;
use tracing::info;
use worker::{ONCE, Sources, Worker, enqueue_once, store_logs};

/// Runs Bellwether's jobs.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run jobs and schedules until SIGTERM (the default).
    Run,
    /// Run one job now and end with it.
    Once {
        /// Its name, such as market.collect_prices.
        #[arg(value_parser = ONCE)]
        job: String,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Run);
    let result = match Config::load() {
        Ok(config) => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(anyhow::Error::from)
            .and_then(|runtime| runtime.block_on(execute(command, &config))),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command, config: &Config) -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    telemetry::metrics_handle();
    let lines = telemetry::start_logging(&config.log)?;
    let platform = Platform::connect(config).await?;
    migration::up(platform.db.connection()).await?;
    let shutdown = shutdown::on_signal()?;
    let logs_end = CancellationToken::new();
    let logs = tokio::spawn(store_logs(platform.clone(), lines, logs_end.clone()));
    let worker = Worker::new(&platform, Sources::of(config, &platform.clock), config)?;
    match command {
        Command::Run => worker.run(&shutdown).await?,
        Command::Once { job } => once(&platform, &worker, &job).await?,
    }
    logs_end.cancel();
    logs.await?;
    Ok(())
}

async fn once(platform: &Platform, worker: &Worker, job: &str) -> anyhow::Result<()> {
    let id = enqueue_once(platform, job).await?.expect("the argument parser knows the jobs");
    worker.drain(Some(job)).await?;
    let row = domain::admin::job::find(platform.db.connection(), id).await?;
    if let Some(error) = row.and_then(|row| row.error) {
        anyhow::bail!("{job} failed: {error}");
    }
    info!("{job} is done");
    Ok(())
}
