//! Fetches the past of a stock.

use super::bars;
use crate::{Env, source::PriceSource as _};
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
        let sources = env.sources().await?;
        let mut found = 0;
        if let Some(market) = sources.simulated {
            let bars = market.bars(slice::from_ref(&self.symbol), first..=today).await?.bars;
            price::store(&env.platform, &bars, market.kind(), Knowledge::Historical).await?;
            found += bars.len();
        }
        let real = bars::fetch(&sources.prices, &self.symbol, &(first..=today)).await;
        match real {
            Ok(None) => {}
            Ok(Some((kind, history))) => {
                bars::store(env, kind, &history, Knowledge::Historical).await?;
                found += history.bars.len();
            }
            // `market.collect_prices` makes up for it, once there is a budget or a credential again.
            Err(error) if !error.may_pass() => warn!(%error, "Could not fetch the past of {}", self.symbol),
            Err(error) => return Err(error).context("failed to fetch bars"),
        }
        if found == 0 {
            warn!(stock.symbol = %self.symbol, "No source has prices of {}; a file of them can be imported", self.symbol);
        } else {
            info!(stock.symbol = %self.symbol, bar.count = found, "Fetched {found} bars of {}", self.symbol);
        }
        Ok(())
    }
}
