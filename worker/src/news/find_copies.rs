//! Marks posts that repeat each other.

use crate::Env;
use domain::news::{FindCopies, copy};
use jobs::{JobContext, Run};
use tracing::debug;

#[async_trait::async_trait]
impl Run<Env> for FindCopies {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let count = match self.week {
            None => copy::find(&env.platform).await?,
            Some(monday) => copy::find_in_week(&env.platform, monday).await?,
        };
        debug!(post.copies = count, "Found {count} posts that repeat each other");
        Ok(())
    }
}
