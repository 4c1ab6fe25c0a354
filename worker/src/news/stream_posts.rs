//! Follows what the simulated market publishes; vendors are asked by `news.collect_posts`.

use crate::{Env, source::PostSource as _};
use domain::{
    Knowledge,
    market::watchlist,
    news::{StreamPosts, post},
};
use jobs::{JobContext, Run};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

const PERIOD: Duration = Duration::from_secs(3);

#[async_trait::async_trait]
impl Run<Env> for StreamPosts {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut since = env.platform.clock.now() - PERIOD;
        loop {
            ticks.tick().await;
            let now = env.platform.clock.now();
            if let Some(market) = env.sources().await?.simulated {
                let symbols = watchlist::symbols(env.platform.db.connection()).await?;
                match market.collect(&symbols, since..now).await {
                    Ok(posts) if posts.is_empty() => {}
                    Ok(posts) => drop(post::store(&env.platform, &posts, Knowledge::Observed).await?),
                    // `news.collect_posts` makes up for it.
                    Err(error) => warn!(%error, "Could not fetch posts"),
                }
            }
            since = now;
        }
    }
}
