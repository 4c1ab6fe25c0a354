//! Requests: the product beside the stock integration and a hand-written endpoint, in one run.

pub mod hand;
pub mod load;

use crate::{
    Output,
    server::{Kind, Servers},
};
use anyhow::Context as _;
use load::Pace;
use serde::Serialize;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

const WARM_UP: Duration = Duration::from_secs(1);
const KINDS: [Kind; 3] = [Kind::Hand, Kind::Stock, Kind::Product];
/// Name, document, and where the hand-written endpoint has the same. `me` is nobody's but the asker's, so that an answer
/// with it is made for each.
const QUESTIONS: [(&str, &str, &str); 5] = [
    ("trivial", "{ __typename }", "/name"),
    (
        "stock with quote",
        r#"{ stock(symbol: "AAPL") { symbol name quote { price changePercent asOf } } }"#,
        "/stocks/AAPL",
    ),
    (
        "stock, made for each",
        r#"{ me { id } stock(symbol: "AAPL") { symbol name quote { price changePercent asOf } } }"#,
        "/stocks/AAPL",
    ),
    (
        "20 stocks with quotes",
        "{ stocks(first: 20) { edges { node { symbol name quote { price changePercent asOf } } } } }",
        "/stocks",
    ),
    (
        "20 stocks, for each",
        "{ me { id } stocks(first: 20) { edges { node { symbol name quote { price changePercent asOf } } } } }",
        "/stocks",
    ),
];

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// For how long each server answers each question, at full and then at half load.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Serialize)]
struct Line {
    question: &'static str,
    server: Kind,
    requests_per_second: f64,
    cpu_microseconds_per_request: f64,
    p99_ms_at_half_load: f64,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let time = Duration::from_secs(arguments.seconds.into());
    let mut lines = Vec::new();
    println!(
        "question               server      req/s  (of hand)  CPU/request  (of stock)  p99 at half load"
    );
    for (question, document, path) in QUESTIONS {
        let first = lines.len();
        for kind in KINDS {
            let servers = Servers::start(kind, 1).await?;
            let request = request(kind, servers.address, document, path);
            let (requests_per_second, cpu_microseconds_per_request, p99_ms_at_half_load) =
                measure(&servers, &request, time).await?;
            servers.end().await?;
            lines.push(Line {
                question,
                server: kind,
                requests_per_second,
                cpu_microseconds_per_request,
                p99_ms_at_half_load,
            });
            print(&lines[first..]);
        }
    }
    arguments.output.write(&lines)
}

fn request(kind: Kind, server: SocketAddr, document: &str, path: &str) -> String {
    match kind {
        Kind::Hand => format!("GET {path} HTTP/1.1\r\nhost: {server}\r\n\r\n"),
        Kind::Stock | Kind::Product => post(server, document),
    }
}

/// What a well-behaved client reads.
pub fn read(server: SocketAddr) -> String {
    post(server, QUESTIONS[1].1)
}

/// The request that posts a document.
pub fn post(server: SocketAddr, document: &str) -> String {
    let body = serde_json::json!({ "query": document }).to_string();
    let length = body.len();
    let head = format!("POST /graphql HTTP/1.1\r\nhost: {server}\r\ncontent-type: application/json");
    format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Requests a second, microseconds of CPU for each, and the 99th percentile in milliseconds at half of that.
async fn measure(servers: &Servers, request: &str, time: Duration) -> anyhow::Result<(f64, f64, f64)> {
    let process = servers.processes.first().context("there is a server")?;
    load::run(servers.address, request, Pace::Fastest, WARM_UP).await?;
    let (before, started) = (process.usage()?, Instant::now());
    let answers = load::run(servers.address, request, Pace::Fastest, time).await?.total() as f64;
    let rate = answers / started.elapsed().as_secs_f64();
    let cpu = process.usage()?.cpu_since(before);
    let half = load::run(servers.address, request, Pace::Rate(rate / 2.0), time).await?;
    Ok((rate, cpu.as_secs_f64() * 1e6 / answers, half.summary().p99))
}

/// Prints the last line beside those before it.
fn print(lines: &[Line]) {
    let Some((line, before)) = lines.split_last() else { return };
    let other = |kind| before.iter().chain([line]).find(|line: &&Line| line.server == kind);
    let of_hand = other(Kind::Hand).map_or(1.0, |hand| line.requests_per_second / hand.requests_per_second);
    let of_stock = other(Kind::Stock).map_or_else(String::new, |stock| {
        format!("{:.2}", line.cpu_microseconds_per_request / stock.cpu_microseconds_per_request)
    });
    println!(
        "{:<22} {:<8} {:>8.0}  {:>9.2}  {:>8.1} µs  {:>10}  {:>13.1} ms",
        line.question,
        format!("{:?}", line.server).to_lowercase(),
        line.requests_per_second,
        of_hand,
        line.cpu_microseconds_per_request,
        of_stock,
        line.p99_ms_at_half_load,
    );
}
