//! One server in a process of its own, and the market in it.

use crate::process::{self, Process};
use anyhow::Context as _;
use api::{command, http::listen, schema};
use axum::{Router, routing::post_service};
use clap::ValueEnum;
use domain::{
    Amount, SourceKind,
    identity::Gatekeeper,
    market::{NewStock, Quote, quote, stock},
};
use platform::{Platform, config::Config};
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, stdin},
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

/// The stock that everyone follows.
pub const SYMBOL: &str = "AAPL";
const STOCKS: u16 = 100;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(long)]
    kind: Kind,
}

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bellwether.
    Product,
    /// The stock integration of async-graphql over the same schema.
    Stock,
    /// Hand-written SQL and JSON without GraphQL.
    Hand,
}

/// What a server is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Order {
    /// Publish a new quote so many times a second, so many times.
    Publish { rate: u32, times: u32 },
}

/// Says where it listens, then follows orders until there are no more.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load()?;
    let platform = Platform::connect(&config).await?;
    migration::up(platform.db.connection()).await?;
    seed(&platform).await?;
    let listener = listen::bind(&config)?;
    let address = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let serving = match arguments.kind {
        Kind::Product => {
            let (platform, config, shutdown) = (platform.clone(), config.clone(), shutdown.clone());
            tokio::spawn(async move { command::serve_on(listener, &platform, &config, &shutdown).await })
        }
        Kind::Stock | Kind::Hand => {
            let router = router(arguments.kind, &platform, &config);
            let shutdown = shutdown.clone();
            tokio::spawn(async move { listen::serve(listener, router, &shutdown).await })
        }
    };
    process::tell(&address)?;
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let Order::Publish { rate, times } = serde_json::from_str(&order)?;
        publish(&platform, rate, times).await?;
        process::tell(&times)?;
    }
    shutdown.cancel();
    Ok(serving.await?)
}

fn router(kind: Kind, platform: &Platform, config: &Config) -> Router {
    if kind == Kind::Hand {
        return crate::http::hand::router(platform);
    }
    let schema = schema::build(platform, &Gatekeeper::start(platform), config).schema;
    Router::new().route("/graphql", post_service(async_graphql_axum::GraphQL::new(schema)))
}

/// Stocks with quotes: the one that is followed, and others for lists.
async fn seed(platform: &Platform) -> anyhow::Result<()> {
    let names = (1..STOCKS).map(|number| format!("BN{number:03}"));
    let names: Vec<String> = std::iter::once(SYMBOL.to_owned()).chain(names).collect();
    let stocks: Result<Vec<NewStock>, _> = names.iter().map(|name| new_stock(name)).collect();
    stock::store(platform, &stocks?).await?;
    let quotes: Result<Vec<Quote>, _> = names.iter().map(|name| new_quote(platform, name, 100)).collect();
    Ok(quote::store(platform, &quotes?).await?)
}

fn new_stock(name: &str) -> anyhow::Result<NewStock> {
    Ok(NewStock {
        symbol: name.parse()?,
        exchange: Some("NASDAQ".to_owned()),
        name: Some(format!("{name} Inc.")),
        kind: stock::Kind::Equity,
        sector: Some("Technology".to_owned()),
        industry: None,
    })
}

fn new_quote(platform: &Platform, name: &str, dollars: u32) -> anyhow::Result<Quote> {
    let amount = |dollars: u32| Amount::from_f64(dollars.into()).context("there is no such price");
    Ok(Quote {
        symbol: name.parse()?,
        price: amount(dollars)?,
        open: None,
        high: None,
        low: None,
        previous_close: Some(amount(99)?),
        volume: Some(1000),
        as_of: platform.clock.now(),
        source: SourceKind::File,
    })
}

async fn publish(platform: &Platform, rate: u32, times: u32) -> anyhow::Result<()> {
    let mut ticks = interval(Duration::from_secs(1) / rate.max(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..times {
        ticks.tick().await;
        quote::store(platform, &[new_quote(platform, SYMBOL, 100 + number % 50)?]).await?;
    }
    Ok(())
}

/// Servers that were started together.
#[derive(Debug)]
pub struct Servers {
    pub processes: Vec<Process>,
    pub address: SocketAddr,
    _folder: TempDir,
}

impl Servers {
    /// Several share a port, over the database and the Redis of the environment; one alone can do without.
    pub async fn start(kind: Kind, count: u32) -> anyhow::Result<Self> {
        let is_set = |name: &str| std::env::var(name).is_ok();
        let enough = count == 1 || (is_set("DATABASE_URL") && is_set("REDIS_URL"));
        anyhow::ensure!(enough, "several servers need DATABASE_URL and REDIS_URL");
        let folder = TempDir::new()?;
        let mut settings = settings(&folder);
        let arguments = ["server".to_owned(), "--kind".to_owned(), format!("{kind:?}").to_lowercase()];
        let mut processes = Vec::new();
        let mut address = None;
        for _ in 0..count {
            let mut process = Process::start(&arguments, &settings)?;
            // One after the other: the first makes the tables, and finds a port for all.
            let found: SocketAddr = process.answer().await?;
            address.get_or_insert(found);
            settings.push(("BELLWETHER_LISTEN".to_owned(), found.to_string()));
            processes.push(process);
        }
        Ok(Self { processes, address: address.context("no server was asked for")?, _folder: folder })
    }

    pub async fn end(self) -> anyhow::Result<()> {
        for process in self.processes {
            process.end().await?;
        }
        Ok(())
    }
}

fn settings(folder: &TempDir) -> Vec<(String, String)> {
    let file = |name: &str| folder.path().join(name).display().to_string();
    let mut settings = vec![
        ("BELLWETHER_LISTEN", "127.0.0.1:0".to_owned()),
        ("BELLWETHER_HTTP__REUSE_PORT", "true".to_owned()),
        ("BELLWETHER_SIMULATE", "false".to_owned()),
        ("BELLWETHER_WORKER", "separate".to_owned()),
        ("BELLWETHER_MASTER_KEY_FILE", file("master.key")),
    ];
    if std::env::var("DATABASE_URL").is_err() {
        settings.push(("DATABASE_URL", format!("sqlite://{}", file("bench.db"))));
    }
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
