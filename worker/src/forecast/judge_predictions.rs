//! Compares predictions with what came.

use crate::Env;
use domain::forecast::{JudgePredictions, judgement};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for JudgePredictions {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let count = judgement::judge(&env.platform).await?;
        info!(prediction.count = count, "Compared {count} predictions with what came");
        Ok(())
    }
}
