//! What the jobs work with.

use crate::source::{PostSource, PriceSource, QuoteSource, connection::Vendors, simulated::SimulatedMarket};
use domain::{market::stock, sentiment::Scorer};
use platform::{Platform, clock::Clock, config::Config, mail::Mailer};
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// The platform, the sources and what is costly to make.
#[derive(Debug)]
pub struct Env {
    pub platform: Platform,
    pub sources: Sources,
    pub mailer: Mailer,
    pub vendors: Vendors,
    pub post_days: u32,
    pub history_days: u32,
    scorer: Mutex<Option<(Stocks, Arc<Scorer>)>>,
}

/// A value that changes with the stock table.
type Stocks = (i64, Option<Uuid>);

/// Where data come from; empty without vendors and without simulation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub prices: Vec<Arc<dyn PriceSource>>,
    pub quotes: Vec<Arc<dyn QuoteSource>>,
    pub posts: Vec<Arc<dyn PostSource>>,
    /// The market that stands in for vendors.
    pub simulated: Option<Arc<SimulatedMarket>>,
}

impl Sources {
    /// The sources that `config` asks for.
    pub fn of(config: &Config, clock: &Clock) -> Self {
        if !config.simulate {
            return Self::default();
        }
        let market = Arc::new(SimulatedMarket::new(config.simulation.seed).with_clock(clock.clone()));
        Self {
            prices: vec![market.clone()],
            quotes: vec![market.clone()],
            posts: vec![market.clone()],
            simulated: Some(market),
        }
    }
}

impl Env {
    pub fn new(platform: Platform, sources: Sources, config: &Config) -> anyhow::Result<Self> {
        let mailer = Mailer::new(&config.mail, platform.clock.clone())?;
        Ok(Self {
            platform,
            sources,
            mailer,
            vendors: Vendors::new(config.providers.clone()),
            post_days: config.simulation.post_days,
            history_days: config.simulation.history_days,
            scorer: Mutex::new(None),
        })
    }

    /// A scorer that knows all present stocks; made anew only when there are new ones.
    pub async fn scorer(&self) -> anyhow::Result<Arc<Scorer>> {
        let db = self.platform.db.connection();
        let stocks = stock::count_and_newest(db).await?;
        let mut scorer = self.scorer.lock().await;
        if let Some((of, scorer)) = scorer.as_ref()
            && *of == stocks
        {
            return Ok(scorer.clone());
        }
        let fresh = Arc::new(Scorer::new(stock::ids_by_symbol(db).await?));
        *scorer = Some((stocks, fresh.clone()));
        Ok(fresh)
    }
}
