//! Fetches the past of a stock.

use crate::Env;
use anyhow::Context as _;
use chrono::Days;
use domain::{
    Knowledge,
    market::{BackfillPrices, price},
};
use jobs::{JobContext, Run};
use std::slice;
use tracing::{info, warn};

#[async_trait::async_trait]
impl Run<Env> for BackfillPrices {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let today = env.platform.clock.now().date_naive();
        let first = today - Days::new(env.history_days.into());
        let mut found = 0;
        for source in &env.sources.prices {
            let bars = source.bars(slice::from_ref(&self.symbol), first..=today).await;
            let bars = bars.context("failed to fetch bars")?;
            price::store(&env.platform, &bars, source.kind(), Knowledge::Historical).await?;
            found += bars.len();
        }
        if found == 0 {
            warn!(stock.symbol = %self.symbol, "No source has prices of {}; a file of them can be imported", self.symbol);
        } else {
            info!(stock.symbol = %self.symbol, bar.count = found, "Fetched {found} bars of {}", self.symbol);
        }
        Ok(())
    }
}
