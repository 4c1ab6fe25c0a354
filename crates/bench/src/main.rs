//! The binary `bench`: what the product carries on this machine, in sockets and in requests.
//!
//! Starts servers, and clients where one process may not open enough files, as processes of its own, so that each
//! can be weighed apart. Writes stocks and quotes into the database that it is given; without one it makes its own.

mod histogram;
mod hostile;
mod http;
mod live;
mod process;
mod server;
mod storm;

use clap::{Parser, Subcommand};
use std::{fs::File, path::PathBuf};

/// Measures Bellwether under load.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sockets that all follow one quote.
    Live(live::Arguments),
    /// Requests, against a hand-written endpoint and the stock integration of async-graphql.
    Http(http::Arguments),
    /// Sockets that are all dropped at once, and come back.
    Storm(storm::Arguments),
    /// Requests and frames that mean no good, while others read.
    Hostile(hostile::Arguments),
    /// One server, which the others start.
    #[command(hide = true)]
    Server(server::Arguments),
    /// Many clients, which `live` and `storm` start.
    #[command(hide = true)]
    Clients(live::clients::Arguments),
}

/// Where a report goes besides the terminal.
#[derive(Clone, Debug, clap::Args)]
struct Output {
    /// Write the report as JSON, too.
    #[arg(long)]
    json: Option<PathBuf>,
}

impl Output {
    fn write(&self, report: &impl serde::Serialize) -> anyhow::Result<()> {
        if let Some(path) = &self.json {
            serde_json::to_writer_pretty(File::create(path)?, report)?;
        }
        Ok(())
    }
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match Arguments::parse().command {
            Command::Live(arguments) => live::run(&arguments).await,
            Command::Http(arguments) => http::run(&arguments).await,
            Command::Storm(arguments) => storm::run(&arguments).await,
            Command::Hostile(arguments) => hostile::run(&arguments).await,
            Command::Server(arguments) => server::run(&arguments).await,
            Command::Clients(arguments) => live::clients::run(&arguments).await,
        }
    })
}
