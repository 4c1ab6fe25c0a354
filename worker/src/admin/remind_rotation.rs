//! Reminds administrators of credentials that grow old.

use crate::Env;
use domain::admin::{RemindRotation, SendReminder, rotation};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for RemindRotation {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let txn = env.platform.db.begin().await?;
        let count = rotation::remind(&txn, &env.platform.clock).await?;
        ctx.complete(&txn).await?;
        txn.commit().await?;
        if count > 0 {
            info!(mail.count = count, "Credentials grow old: {count} mails remind of it");
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Run<Env> for SendReminder {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        env.send(rotation::compose(&env.platform, self).await?).await
    }
}
