//! Forgets what people wrote, in batches.

use crate::Env;
use domain::{
    news::{ErasePosts, erasure},
    sentiment::record,
};
use jobs::{JobContext, Run};
use tracing::info;

const BATCH: u64 = 1000;

#[async_trait::async_trait]
impl Run<Env> for ErasePosts {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let now = env.platform.clock.now();
        let mut erased = 0;
        loop {
            let txn = env.platform.db.begin().await?;
            let posts = erasure::due(&txn, now, BATCH).await?;
            if posts.is_empty() {
                break;
            }
            erasure::erase(&txn, now, &posts).await?;
            record::erase_quotes(&txn, &posts).await?;
            txn.commit().await?;
            erased += posts.len();
        }
        if erased > 0 {
            info!(post.erased = erased, "Erased the texts of {erased} posts");
        }
        Ok(())
    }
}
