//! Has a model answer that was trained anew, if the gate does not object; else an administrator may decide.

use crate::Env;
use domain::forecast::{
    PromoteIfBetter, model,
    promotion::{self, Verdict},
};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for PromoteIfBetter {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let row = model::get(env.platform.db.connection(), self.model).await?;
        let name = model::name(&row);
        match promotion::promote_if_better(&env.platform, &env.predictor, (row, self.replaces), ctx).await? {
            Verdict::Promoted => info!(model.name = name, "{name} answers from now on"),
            Verdict::Refused(objections) => {
                let why = objections.join("; ");
                info!(model.name = name, "{name} stays an experiment: {why}");
            }
        }
        Ok(())
    }
}
