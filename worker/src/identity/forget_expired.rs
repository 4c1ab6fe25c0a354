//! Deletes credentials that are over.

use crate::Env;
use domain::identity::{ForgetExpired, expiry};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for ForgetExpired {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let count = expiry::forget(&env.platform).await?;
        info!(row.count = count, "Deleted {count} sessions, tokens and answers that are over");
        Ok(())
    }
}
