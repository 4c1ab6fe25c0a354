//! Trains the models that answer anew; what comes of it answers if it is better, and is an experiment if not.

use crate::Env;
use anyhow::Context as _;
use domain::forecast::{
    RetrainModels, TrainModel,
    model::{self, Kind},
};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for RetrainModels {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let platform = &env.platform;
        for row in model::all_in_production(platform.db.connection()).await? {
            let name = model::name(&row);
            if row.kind == Kind::Own {
                info!(model.name = name, "{name} is somebody's own: only they can train it anew");
                continue;
            }
            let job = TrainModel::again(&row, env.promotes_if_better);
            let job = job.with_context(|| format!("the settings of {name} cannot be read"))?;
            let id = jobs::enqueue(platform.db.connection(), &platform.clock, &job).await?;
            jobs::announce(platform.bus.as_ref(), id).await;
            info!(model.name = name, "{name} is trained anew");
        }
        Ok(())
    }
}
