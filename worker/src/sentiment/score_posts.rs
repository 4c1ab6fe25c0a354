//! Clean, find tickers, score, store, announce: one batch.

use crate::Env;
use domain::{
    news::{ScorePosts, post},
    sentiment,
};
use jobs::{JobContext, Run};
use metrics::{counter, histogram};
use std::time::Instant;
use tokio::task::spawn_blocking;

#[async_trait::async_trait]
impl Run<Env> for ScorePosts {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let posts = post::unscored(env.platform.db.connection(), &self.posts).await?;
        let scorer = env.scorer().await?;
        let now = env.platform.clock.now();
        let count = posts.len();
        let started = Instant::now();
        let findings = spawn_blocking(move || scorer.score(&posts, now)).await?;
        histogram!("bellwether_score_seconds").record(started.elapsed().as_secs_f64());
        let records = sentiment::store(&env.platform, findings, ctx).await?;
        counter!("bellwether_posts_scored_total").increment(count as u64);
        counter!("bellwether_sentiment_records_total").increment(records as u64);
        Ok(())
    }
}
