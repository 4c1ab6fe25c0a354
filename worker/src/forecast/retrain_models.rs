//! Trains the models that answer anew; what comes of it answers if it is better, and is an experiment if not.

use crate::Env;
use domain::forecast::{
    RetrainModels, TrainModel,
    model::{self, Row},
};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for RetrainModels {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let platform = &env.platform;
        for row in model::all_in_production(platform.db.connection()).await? {
            let Some(job) = again(env, &row) else { continue };
            let id = jobs::enqueue(platform.db.connection(), &platform.clock, &job).await?;
            jobs::announce(platform.bus.as_ref(), id).await;
        }
        Ok(())
    }
}

/// The training of a model's successor, if it can have one.
pub fn again(env: &Env, row: &Row) -> Option<TrainModel> {
    let job = TrainModel::again(row, env.promotes_if_better);
    if job.is_none() {
        let name = model::name(row);
        info!(model.name = name, "{name} is not ours to train anew");
    }
    job
}
