//! Fetches what was published while nobody followed.

use super::gather::gather;
use crate::{
    Env,
    source::{PostSource, VendorError},
};
use anyhow::Context as _;
use chrono::TimeDelta;
use domain::{
    Knowledge,
    market::{Symbol, watchlist},
    news::{CollectPosts, post},
};
use futures_util::future::join_all;
use jobs::{JobContext, Run};
use sea_orm::ActiveEnum as _;
use tracing::{info, warn};

/// A longer absence is not made up for.
const LONGEST_GAP: TimeDelta = TimeDelta::days(1);

#[async_trait::async_trait]
impl Run<Env> for CollectPosts {
    /// One vendor's failure stops no other; the job is tried again where that may help.
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let symbols = watchlist::symbols(env.platform.db.connection()).await?;
        let sources = env.sources().await?;
        if let Some(market) = sources.simulated {
            simulate(env, market.as_ref(), &symbols).await?;
        }
        // Side by side: each has its own pace.
        let reads = sources.posts.iter().map(|source| gather(env, source.as_ref(), &symbols));
        let mut failure = None;
        for (source, read) in sources.posts.iter().zip(join_all(reads).await) {
            let vendor = source.kind().to_value();
            match read? {
                Ok(added) => {
                    info!(post.added = added, source = vendor, "Stored {added} new posts of {vendor}");
                }
                Err(error) => {
                    warn!(%error, source = vendor, "Could not fetch posts of {vendor}");
                    failure = Some(error).filter(VendorError::may_pass).or(failure);
                }
            }
        }
        failure.map_or(Ok(()), |error| Err(error).context("failed to fetch posts"))
    }
}

async fn simulate(env: &Env, market: &dyn PostSource, symbols: &[Symbol]) -> anyhow::Result<()> {
    let now = env.platform.clock.now();
    let newest = post::newest(env.platform.db.connection(), market.kind()).await?;
    let start = newest.map_or(now - LONGEST_GAP, |newest| newest.max(now - LONGEST_GAP));
    let posts = market.collect(symbols, start..now).await?;
    let stored = post::store(&env.platform, &posts, Knowledge::Observed).await?;
    info!(post.added = stored.added, "Stored {} new posts", stored.added);
    Ok(())
}
