//! A reconnect storm: all sockets are dropped at once, and want to be back.

use crate::{
    Output,
    histogram::Summary,
    http::{
        load::{self, Pace},
        read,
    },
    live::{crowds, heard, opened},
    server::{Kind, Order, Servers},
};
use anyhow::Context as _;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Quotes that are published meanwhile, and reads that are asked, a second.
const QUOTES: u32 = 5;
const READS: f64 = 100.0;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many sockets.
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// For how long reads are watched from the storm on.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Serialize)]
struct Report {
    sockets: usize,
    failed: usize,
    problem: Option<String>,
    wrong_closes: usize,
    seconds_until_all_are_back: f64,
    reads_ms: Summary,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut servers = Servers::start(Kind::Product, 1).await?;
    let mut crowds = crowds(arguments.sockets, servers.address)?;
    opened(&mut crowds).await?;
    let time = Duration::from_secs(arguments.seconds.into());
    let server = servers.processes.first_mut().context("there is a server")?;
    server.order(&Order::Publish { rate: QUOTES, times: QUOTES * arguments.seconds }).await?;
    let (address, question) = (servers.address, read(servers.address));
    let reads = tokio::spawn(async move { load::run(address, &question, Pace::Rate(READS), time).await });
    let started = Instant::now();
    for crowd in &mut crowds {
        crowd.order(&"again").await?;
    }
    let back = opened(&mut crowds).await?;
    let elapsed = started.elapsed();
    let reads_ms = reads.await??.summary();
    let report = Report {
        sockets: back.open,
        failed: back.failed,
        problem: back.problem,
        wrong_closes: heard(crowds).await?.closes.len(),
        seconds_until_all_are_back: elapsed.as_secs_f64(),
        reads_ms,
    };
    servers.end().await?;
    print(&report);
    arguments.output.write(&report)
}

fn print(report: &Report) {
    println!("sockets that are back  {:>10}", report.sockets);
    println!("failed, wrongly closed {:>10} {}", report.failed, report.wrong_closes);
    if let Some(problem) = &report.problem {
        println!("the first that failed: {problem}");
    }
    println!("all with a quote after {:>10.1} s", report.seconds_until_all_are_back);
    println!("reads meanwhile        {}", report.reads_ms);
}
