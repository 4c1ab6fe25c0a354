//! Trains the models that answer anew; what comes of it is an experiment, which an administrator may promote.

use crate::Env;
use domain::{
    PageRequest,
    forecast::{
        RetrainModels, TrainModel,
        model::{self, Filter, HORIZONS, Row, Stage},
        training::Request,
    },
};
use jobs::{JobContext, Run};
use platform::Platform;
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for RetrainModels {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let filter = Filter { stage: Some(Stage::Production), ..Filter::default() };
        for row in model::list(db, &filter, &PageRequest::first(HORIZONS.len() as u64)).await?.rows {
            retrain(&env.platform, &row).await?;
        }
        Ok(())
    }
}

/// Enqueues the training of a model as it was trained before, on what is known by now.
pub async fn retrain(platform: &Platform, row: &Row) -> anyhow::Result<()> {
    let request: Request = serde_json::from_str(&row.settings)?;
    let request = Request { last: None, as_of: None, ..request };
    let id = jobs::enqueue(platform.db.connection(), &platform.clock, &TrainModel { request }).await?;
    jobs::announce(platform.bus.as_ref(), id).await;
    let name = model::name(row);
    info!(model.name = name, "{name} is trained anew");
    Ok(())
}
