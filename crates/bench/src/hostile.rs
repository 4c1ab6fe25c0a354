//! Hostile traffic from many clients at once, while others read.

use crate::{
    Output,
    histogram::Summary,
    http::{
        load::{self, Pace},
        post, read,
    },
    process::Process,
    server::{Kind, Servers},
};
use anyhow::Context as _;
use serde::Serialize;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

const ATTACKERS: usize = 32;
/// How long an attacker waits for an answer, before it goes for the next attack.
const PATIENCE: Duration = Duration::from_millis(500);
/// Reads of those who mean well, a second.
const READS: f64 = 100.0;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// For how long.
    #[arg(long, default_value_t = 300)]
    seconds: u32,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Serialize)]
struct Report {
    attacks: u64,
    attacks_per_second: f64,
    reads_ms: Summary,
    /// Resident, before, after each tenth of the time, and when all was over.
    megabytes: Vec<f64>,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let servers = Servers::start(Kind::Product, 1).await?;
    let server = servers.processes.first().context("there is a server")?;
    let time = Duration::from_secs(arguments.seconds.into());
    let mut megabytes = vec![resident(server)?];
    let end = Instant::now() + time;
    let mut attackers = JoinSet::new();
    for number in 0..ATTACKERS {
        attackers.spawn(attack(servers.address, number, end));
    }
    let (address, question) = (servers.address, read(servers.address));
    let reads = tokio::spawn(async move { load::run(address, &question, Pace::Rate(READS), time).await });
    for _ in 0..10 {
        sleep(time / 10).await;
        megabytes.push(resident(server)?);
    }
    let attacks = attackers.join_all().await.into_iter().sum::<u64>();
    let reads_ms = reads.await??.summary();
    sleep(Duration::from_secs(5)).await;
    megabytes.push(resident(server)?);
    servers.end().await?;
    let attacks_per_second = attacks as f64 / time.as_secs_f64();
    let report = Report { attacks, attacks_per_second, reads_ms, megabytes };
    print(&report);
    arguments.output.write(&report)
}

fn resident(server: &Process) -> anyhow::Result<f64> {
    Ok(server.usage()?.resident as f64 / 1e6)
}

/// Attacks until `end`, each time in the next way; how often.
async fn attack(server: SocketAddr, number: usize, end: Instant) -> u64 {
    let mut attacks = 0;
    while Instant::now() < end {
        let way = number + usize::try_from(attacks).unwrap_or_default();
        // Whatever becomes of it: the server may hang up on whom it likes.
        let _ = timeout(PATIENCE, send(server, &weapon(server, way))).await;
        attacks += 1;
    }
    attacks
}

/// Sends all of it, and hangs up at the first word that comes back.
async fn send(server: SocketAddr, bytes: &[u8]) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(bytes).await?;
    stream.readable().await
}

fn weapon(server: SocketAddr, way: usize) -> Vec<u8> {
    let document = |text: &str| post(server, text).into_bytes();
    let upgrade = format!(
        "GET /graphql HTTP/1.1\r\nhost: {server}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    );
    match way % 12 {
        0 => document(&doubling(40)),
        1 => document(&("{a".repeat(30_000) + &"}".repeat(30_000))),
        2 => document(&format!("{{ {} }}", "a ".repeat(500_000))),
        3 => document(&format!("{{ a(x: \"{}\") }}", "x".repeat(900_000))),
        // Fits, and is new each time: no memory of documents may grow by it.
        4 => document(&format!("{{ stocks(first: 100) {{ edges {{ node {{ a{way}: symbol name }} }} }} }}")),
        // As dear as nobody in particular may be.
        5 => document("{ stocks(first: 100) { edges { node { sentiment { mean } quote { price } } } } }"),
        6 => document(&format!(
            "{{ {} }}",
            (0..60).map(|n| format!("a{n}: marketOverview {{ mood {{ mean }} }}")).collect::<Vec<_>>().join(" ")
        )),
        // More than any body may have.
        7 => document(&" ".repeat(3_000_000)),
        // A head, and a body, that never end.
        8 => format!("POST /graphql HTTP/1.1\r\nhost: {server}\r\nx: {}", "y".repeat(5_000)).into_bytes(),
        9 => format!("POST /graphql HTTP/1.1\r\nhost: {server}\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n{{").into_bytes(),
        // No HTTP, and no frames.
        10 => (0..50_000_u32).map(|n| (n * n % 251) as u8).collect(),
        _ => [upgrade.into_bytes(), (0..50_000_u32).map(|n| (n * n % 251) as u8).collect()].concat(),
    }
}

/// Each fragment spreads the next one twice.
fn doubling(depth: usize) -> String {
    let fragments = (0..depth).map(|n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} }} ", m = n + 1));
    format!("{{ ...F0 }} {} fragment F{depth} on Query {{ __typename }}", fragments.collect::<String>())
}

fn print(report: &Report) {
    println!("attacks                {:>10}, {:.0} a second", report.attacks, report.attacks_per_second);
    println!("reads meanwhile        {}", report.reads_ms);
    let megabytes: Vec<_> = report.megabytes.iter().map(|megabytes| format!("{megabytes:.0}")).collect();
    println!("resident, in MB        {}", megabytes.join(" "));
}
