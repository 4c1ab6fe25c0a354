//! Sockets that all follow one quote.

pub mod clients;

use crate::{
    Output,
    histogram::{Histogram, Summary},
    process::{Process, Usage},
    server::{Kind, Order, Servers},
};
use anyhow::Context as _;
use clients::{Heard, Opened};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// What every socket subscribes to.
const DOCUMENT: &str = r#"subscription { quoteUpdated(symbols: ["AAPL"]) { symbol price asOf } }"#;
/// Where a process may open 20 000 files, some are for other things.
const MOST_PER_PROCESS: usize = 15_000;
/// How long the idle sockets are watched, and the last deliveries waited for.
const CALM: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many sockets.
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
    /// How many quotes a second; each goes to every socket.
    #[arg(long, default_value_t = 4)]
    rate: u32,
    /// For how long.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// How many servers share the port; more than one needs DATABASE_URL and REDIS_URL.
    #[arg(long, default_value_t = 1)]
    processes: u32,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Serialize)]
struct Report {
    sockets: usize,
    processes: u32,
    seconds_to_open_all: f64,
    failed_to_open: usize,
    wrong_closes: usize,
    resident_bytes_per_socket: u64,
    idle_cpu_percent: f64,
    published: u64,
    deliveries: u64,
    deliveries_per_second: f64,
    missed: u64,
    latency_ms: Summary,
    cpu_percent: f64,
    cpu_microseconds_per_delivery: f64,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut servers = Servers::start(Kind::Product, arguments.processes).await?;
    let (empty, started) = (usage(&servers)?, Instant::now());
    let mut crowds = crowds(arguments.sockets, servers.address)?;
    let opened = opened(&mut crowds).await?;
    let open_all = started.elapsed();
    let (full, idle) = (usage(&servers)?, Instant::now());
    sleep(CALM).await;
    let (before, loaded) = (usage(&servers)?, Instant::now());
    let times = arguments.rate * arguments.seconds;
    let first = servers.processes.first_mut().context("there is a server")?;
    first.order(&Order::Publish { rate: arguments.rate, times }).await?;
    let published: u64 = first.answer().await?;
    let load = loaded.elapsed();
    sleep(CALM).await;
    let after = usage(&servers)?;
    let heard = heard(crowds).await?;
    servers.end().await?;
    let sockets = u64::try_from(opened.open)?;
    let (deliveries, cpu) = (heard.latency.total(), after.cpu_since(before));
    let report = Report {
        sockets: opened.open,
        processes: arguments.processes,
        seconds_to_open_all: open_all.as_secs_f64(),
        failed_to_open: opened.failed,
        wrong_closes: heard.closes.len(),
        resident_bytes_per_socket: full.resident.saturating_sub(empty.resident) / sockets.max(1),
        idle_cpu_percent: share(before.cpu_since(full), loaded - idle),
        published,
        deliveries,
        deliveries_per_second: deliveries as f64 / load.as_secs_f64(),
        missed: (published * sockets).saturating_sub(deliveries),
        latency_ms: heard.latency.summary(),
        cpu_percent: share(cpu, load),
        cpu_microseconds_per_delivery: cpu.as_secs_f64() * 1e6 / (deliveries.max(1) as f64),
    };
    print(&report);
    explain(&opened, &heard);
    arguments.output.write(&report)
}

/// Of one core, in percent.
fn share(cpu: Duration, of: Duration) -> f64 {
    100.0 * cpu.as_secs_f64() / of.as_secs_f64()
}

/// Of all servers together.
fn usage(servers: &Servers) -> anyhow::Result<Usage> {
    servers.processes.iter().try_fold(Usage { cpu: Duration::ZERO, resident: 0 }, |sum, process| {
        let usage = process.usage()?;
        Ok(Usage { cpu: sum.cpu + usage.cpu, resident: sum.resident + usage.resident })
    })
}

/// Processes full of clients, each with source addresses of its own.
pub fn crowds(sockets: usize, server: SocketAddr) -> anyhow::Result<Vec<Process>> {
    let count = sockets.div_ceil(MOST_PER_PROCESS);
    (0..count)
        .map(|number| {
            let share = sockets / count + usize::from(number < sockets % count);
            let network = u8::try_from(number + 1)?;
            let options = [
                ("--sockets", share.to_string()),
                ("--server", server.to_string()),
                ("--network", network.to_string()),
            ];
            let options = options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
            Process::start(&std::iter::once("clients".to_owned()).chain(options).collect::<Vec<_>>(), &[])
        })
        .collect()
}

pub async fn opened(crowds: &mut [Process]) -> anyhow::Result<Opened> {
    let mut all = Opened { open: 0, failed: 0, problem: None };
    for crowd in crowds {
        let opened: Opened = crowd.answer().await?;
        all.open += opened.open;
        all.failed += opened.failed;
        all.problem = all.problem.or(opened.problem);
    }
    Ok(all)
}

pub async fn heard(crowds: Vec<Process>) -> anyhow::Result<Heard> {
    let mut all = Heard::default();
    let mut latency = Histogram::default();
    for mut crowd in crowds {
        crowd.close();
        let heard: Heard = crowd.answer().await?;
        latency.add(&heard.latency);
        all.closes.extend(heard.closes);
        crowd.end().await?;
    }
    Ok(Heard { latency, ..all })
}

fn print(report: &Report) {
    let Report { latency_ms: latency, .. } = report;
    println!("sockets                {:>10} over {} servers", report.sockets, report.processes);
    println!("open after             {:>10.1} s", report.seconds_to_open_all);
    println!("failed, wrongly closed {:>10} {}", report.failed_to_open, report.wrong_closes);
    println!("resident per socket    {:>10.1} kB", report.resident_bytes_per_socket as f64 / 1e3);
    println!("CPU while idle         {:>10.1} % of a core", report.idle_cpu_percent);
    println!("deliveries             {:>10.0} /s", report.deliveries_per_second);
    println!("missed                 {:>10} of {}", report.missed, report.missed + report.deliveries);
    println!("latency                {latency}");
    println!("CPU under load         {:>10.0} % of a core", report.cpu_percent);
    println!("CPU per delivery       {:>10.1} µs", report.cpu_microseconds_per_delivery);
}

/// Says what went wrong, if anything did.
fn explain(opened: &Opened, heard: &Heard) {
    if let Some(problem) = &opened.problem {
        println!("the first that failed: {problem}");
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for close in &heard.closes {
        *kinds.entry(close).or_default() += 1;
    }
    for (close, count) in kinds {
        println!("closed {count} times: {close}");
    }
}
