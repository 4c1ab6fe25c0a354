//! The product's speed on this machine: imports, the pipeline, canonical reads. `cargo bench -p tests --bench product`.
//!
//! Data are made here, or, with `BELLWETHER_TEST_DATA`, real. On PostgreSQL with `BELLWETHER_TEST_DATABASE_URL`.

#![expect(clippy::unwrap_used, reason = "a bench that fails shall stop")]

use chrono::{Days, NaiveDate};
use serde_json::json;
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tests::{TestApp, build, on_postgres, shared_data};
use tokio::time::{MissedTickBehavior, interval};
use worker::import::{Table, import};

const REQUESTS: usize = 1000;
const PERIOD: Duration = Duration::from_millis(10);
const POSTS: usize = 10_000;

const STOCK: &str = r#"{ stock(symbol: "AAPL") {
  symbol name quote { price }
  priceHistory(timeframe: ALL, last: 30) { edges { node { time open high low close volume } } }
  sentimentRecords(timeframe: ALL, first: 20) { edges { node { score label publishedAt snippet } } } } }"#;
const STOCKS: &str = "{ stocks(first: 20) { edges { node {
  symbol name quote { price changePercent } sentiment(timeframe: D7) { mean count trend } } } } }";

fn main() {
    // Without it the HTTP client refuses to start.
    rustls::crypto::ring::default_provider().install_default().unwrap();
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run());
}

async fn run() {
    println!("database: {}", if on_postgres() { "PostgreSQL" } else { "SQLite" });
    let folder = tempfile::tempdir().unwrap();
    let mut app = TestApp::start().await;
    let prices =
        shared_data::file("prices-adjusted/daily.csv.gz").unwrap_or_else(|| make_prices(folder.path()));
    let prices = copy(&prices, folder.path());
    for round in ["import of prices", "import of the same prices"] {
        let started = Instant::now();
        let imported = import(&app.platform, Table::Prices, &prices, None, |_| {}).await.unwrap();
        report(round, imported.read, started.elapsed(), "rows");
    }
    pipeline(&app).await;
    read(&mut app, "a stock, 30 bars, 20 records", STOCK).await;
    read(&mut app, "20 stocks, quote, 7-day sentiment", STOCKS).await;
    app.finish().await;
}

/// Stores, scores and announces posts.
async fn pipeline(app: &TestApp) {
    let now = app.platform.clock.now();
    let text = |index: usize| {
        let mood =
            ["is great, buying more", "looks weak, selling", "reports tomorrow", "beat estimates!! 🚀"]
                [index % 4];
        let symbol = ["AAPL", "MSFT", "ORCL"][index % 3];
        format!("${symbol} {mood} &amp; more at https://example.com/{index} *edit*: <b>{index}</b>")
    };
    let posts: Vec<_> = (0..POSTS)
        .map(|index| {
            let mut post = build::new_post(&format!("bench-{index}"), "2026-01-01T00:00:00Z", &text(index));
            post.published_at = now - chrono::TimeDelta::minutes(10 * i64::try_from(index).unwrap());
            post
        })
        .collect();
    build::stocks(&app.platform, &["AAPL", "MSFT", "ORCL"]).await;
    let started = Instant::now();
    for batch in posts.chunks(5000) {
        build::posts(&app.platform, batch).await;
    }
    app.run_jobs().await;
    report("posts stored, scored and announced", POSTS, started.elapsed(), "posts");
}

/// Asks over HTTP, 100 times a second.
async fn read(app: &mut TestApp, name: &str, query: &str) {
    let url = format!("http://{}/graphql", app.serve().await);
    let client = reqwest::Client::new();
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut requests = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        ticks.tick().await;
        let request = client.post(&url).json(&json!({ "query": query }));
        requests.push(tokio::spawn(async move {
            let started = Instant::now();
            let answer = request.send().await.unwrap().text().await.unwrap();
            assert!(!answer.contains("\"errors\""), "{answer}");
            started.elapsed()
        }));
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for request in requests {
        times.push(request.await.unwrap());
    }
    times.sort_unstable();
    let at = |share: usize| times[(REQUESTS * share / 100).min(REQUESTS - 1)].as_secs_f64() * 1e3;
    println!("{name:<38} p50 {:>6.2} ms  p95 {:>6.2} ms  p99 {:>6.2} ms at 100/s", at(50), at(95), at(99));
}

fn report(name: &str, count: usize, elapsed: Duration, unit: &str) {
    let seconds = elapsed.as_secs_f64();
    println!("{name:<38} {count:>7} {unit} in {seconds:>6.2} s: {:>8.0} {unit}/s", count as f64 / seconds);
}

/// Away from where rejected rows would be written beside it.
fn copy(file: &Path, folder: &Path) -> PathBuf {
    let to = folder.join(file.file_name().unwrap());
    if to != file {
        std::fs::copy(file, &to).unwrap();
    }
    to
}

/// 215 895 rows: 205 symbols, 1 053 days.
fn make_prices(folder: &Path) -> PathBuf {
    let mut csv = "Date,Open,High,Low,Close,Adj Close,Volume,Name\n".to_owned();
    let first = NaiveDate::from_ymd_opt(2014, 1, 1).unwrap();
    for symbol in 0..205_u32 {
        let name = ["AAPL", "MSFT", "ORCL"]
            .get(symbol as usize)
            .map_or_else(|| format!("S{symbol}"), |name| (*name).to_owned());
        for day in 0..1053_u32 {
            let price = 100.0 + f64::from((symbol + day) % 97) / 7.0;
            let (high, low, date) = (price + 1.0, price - 1.0, first + Days::new(day.into()));
            writeln!(csv, "{date},{price:.6},{high:.6},{low:.6},{price:.6},{price:.6},1000,{name}").unwrap();
        }
    }
    let path = folder.join("prices.csv");
    std::fs::write(&path, csv).unwrap();
    path
}
