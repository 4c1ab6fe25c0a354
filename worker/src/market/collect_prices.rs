//! Fetches the daily bars that are missing at the end.

use crate::Env;
use anyhow::Context as _;
use chrono::Days;
use domain::{
    Knowledge,
    market::{CollectPrices, price, watchlist},
};
use jobs::{JobContext, Run};
use tracing::info;

/// Sources restate their last bars, so some are fetched again.
const OVERLAP: Days = Days::new(7);

#[async_trait::async_trait]
impl Run<Env> for CollectPrices {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let symbols = watchlist::symbols(db).await?;
        let today = env.platform.clock.now().date_naive();
        for source in &env.sources.prices {
            let newest = price::newest(db, source.kind()).await?;
            let first = newest.map_or(today, |newest| newest.date_naive()) - OVERLAP;
            let bars = source.bars(&symbols, first..=today).await.context("failed to fetch bars")?;
            let stored = price::store(&env.platform, &bars, source.kind(), Knowledge::Observed).await?;
            info!(bar.added = stored.added, bar.revised = stored.revised, "Stored {} new bars", stored.added);
        }
        Ok(())
    }
}
