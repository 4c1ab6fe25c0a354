//! Fetches what was published while nobody followed.

use crate::Env;
use anyhow::Context as _;
use chrono::TimeDelta;
use domain::{
    Knowledge,
    market::watchlist,
    news::{CollectPosts, post},
};
use jobs::{JobContext, Run};
use tracing::info;

/// A longer absence is not made up for.
const LONGEST_GAP: TimeDelta = TimeDelta::days(1);

#[async_trait::async_trait]
impl Run<Env> for CollectPosts {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let symbols = watchlist::symbols(db).await?;
        let now = env.platform.clock.now();
        for source in &env.sources.posts {
            let newest = post::newest(db, source.kind()).await?;
            let start = newest.map_or(now - LONGEST_GAP, |newest| newest.max(now - LONGEST_GAP));
            let posts = source.collect(&symbols, start..now).await.context("failed to fetch posts")?;
            let stored = post::store(&env.platform, &posts, Knowledge::Observed).await?;
            info!(post.added = stored.added, "Stored {} new posts", stored.added);
        }
        Ok(())
    }
}
