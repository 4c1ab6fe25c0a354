//! Follows quotes, second by second.

use crate::Env;
use domain::market::{StreamQuotes, quote, watchlist};
use jobs::{JobContext, Run};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

const PERIOD: Duration = Duration::from_secs(1);
/// How many periods until the watch-list is read again.
const WATCHLIST_PERIODS: u32 = 5;

#[async_trait::async_trait]
impl Run<Env> for StreamQuotes {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let symbols = watchlist::symbols(env.platform.db.connection()).await?;
            for _ in 0..WATCHLIST_PERIODS {
                ticks.tick().await;
                for source in &env.sources.quotes {
                    match source.quotes(&symbols, env.platform.clock.now()).await {
                        Ok(quotes) => quote::store(&env.platform, &quotes).await?,
                        // The next second brings new quotes.
                        Err(error) => warn!(%error, "Could not fetch quotes"),
                    }
                }
            }
        }
    }
}
