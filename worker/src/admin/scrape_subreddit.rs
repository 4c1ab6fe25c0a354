//! Reads one subreddit now.

use crate::Env;
use anyhow::Context as _;
use domain::{
    Knowledge,
    admin::{
        ScrapeSubreddit,
        scrape::{self, Scrape},
    },
    news::post,
};
use jobs::{GiveUp, JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for ScrapeSubreddit {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let found = match env.vendors().reddit.scrape(&self.subreddit).await {
            // No such subreddit, no credential, no budget: another attempt would come to the same.
            Err(error) if !error.may_pass() => return Err(GiveUp(error.into()).into()),
            found => found.with_context(|| format!("failed to read r/{}", self.subreddit))?,
        };
        let (posts, listed) = found;
        let stored = post::store(&env.platform, &posts, Knowledge::Observed).await?;
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let scrape = Scrape {
            job_id: ctx.id(),
            subreddit: self.subreddit.clone(),
            saved: count(stored.added),
            skipped: count(stored.unchanged),
            failed: count(listed.saturating_sub(posts.len())),
        };
        info!(post.added = stored.added, "Stored {} new posts of r/{}", stored.added, self.subreddit);
        Ok(scrape::record(&env.platform, ctx, scrape).await?)
    }
}
