//! Trains the models that answer anew; what comes of it answers if it is better, and is an experiment if not.

use crate::Env;
use anyhow::bail;
use domain::forecast::{
    RetrainModels, TrainModel, experiment,
    model::{self, Row},
    training::Request,
};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for RetrainModels {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        for row in model::all_in_production(db).await? {
            retrain(env, &row).await?;
        }
        Ok(())
    }
}

/// Enqueues the training of a model as it was trained before, on what is known by now.
pub async fn retrain(env: &Env, row: &Row) -> anyhow::Result<()> {
    let name = model::name(row);
    if row.kind == model::Kind::Own {
        info!(model.name = name, "{name} is somebody's own: only they can train it anew");
        return Ok(());
    }
    let Some(settings) = experiment::settings(row) else { bail!("its settings cannot be read") };
    let request = Request { last: None, as_of: None, ..settings };
    let platform = &env.platform;
    let job = TrainModel { request, replaces: env.promotes_if_better.then_some(row.id) };
    let id = jobs::enqueue(platform.db.connection(), &platform.clock, &job).await?;
    jobs::announce(platform.bus.as_ref(), id).await;
    info!(model.name = name, "{name} is trained anew");
    Ok(())
}
