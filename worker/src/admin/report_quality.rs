//! Has administrators told each morning what came in.

use crate::Env;
use domain::admin::{ReportQuality, SendReport, report};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for ReportQuality {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let count = report::send(&env.platform, env.thresholds.good).await?;
        if count > 0 {
            info!(mail.count = count, "The day's report goes to {count} administrators");
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Run<Env> for SendReport {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        env.send(report::compose(&env.platform, self).await?).await
    }
}
