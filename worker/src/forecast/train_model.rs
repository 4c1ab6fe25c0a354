//! Trains a model.

use crate::Env;
use domain::forecast::{
    Error, TrainModel, model,
    training::{self, Asked},
};
use jobs::{GiveUp, JobContext, Run};
use platform::{Fault as _, FaultKind};
use std::time::Duration;
use tokio::sync::watch;
use tracing::info;

/// How often the job says how far it is.
const PAUSE: Duration = Duration::from_secs(1);

#[async_trait::async_trait]
impl Run<Env> for TrainModel {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let (sender, mut progress) = watch::channel(None);
        let asked = Asked { job: Some(ctx), replaces: self.replaces };
        let training =
            training::train(&env.platform, env.predictor.artefacts(), &self.request, sender, asked);
        let told = async {
            while progress.changed().await.is_ok() {
                let share = progress.borrow_and_update().map(|now| now.share);
                if let Some(share) = share {
                    ctx.report(share).await?;
                }
                tokio::time::sleep(PAUSE).await;
            }
            // The training has ended; what comes of it is what counts.
            std::future::pending::<anyhow::Result<()>>().await
        };
        let row = tokio::select! {
            trained = training => trained,
            Err(error) = told => return Err(error),
        };
        let row = row.map_err(|error| match error.kind() {
            FaultKind::Internal | FaultKind::Unavailable => anyhow::Error::from(error),
            // Later they are scored.
            _ if matches!(error, Error::Unscored(_)) => error.into(),
            // The same data would be refused again.
            _ => GiveUp(error.into()).into(),
        })?;
        let name = model::name(&row);
        info!(model.name = name, duration_ms = row.duration_ms, "Trained {name}");
        Ok(())
    }
}
