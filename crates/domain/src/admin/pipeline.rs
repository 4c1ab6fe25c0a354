//! The jobs that can be asked for at any time: those that need no input.

use super::{CleanUp, Error, job};
use crate::{
    forecast::{CheckDrift, JudgePredictions, PredictPrices, RetrainModels},
    identity::{
        Admin, Proof as _,
        audit::{self, Act},
    },
    market::{CheckPrices, CollectPrices, ComparePrices, MakeHistory, StreamQuotes},
    news::{CollectPosts, StreamPosts},
    sentiment::EvaluateModels,
};
use jobs::Job;
use platform::{Platform, clock::Clock};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;
use uuid::Uuid;

/// One of these jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipeline {
    CollectPosts,
    CollectPrices,
    CheckPrices,
    ComparePrices,
    StreamPosts,
    StreamQuotes,
    MakeHistory,
    EvaluateModels,
    PredictPrices,
    JudgePredictions,
    CheckDrift,
    RetrainModels,
    CleanUp,
}

impl Pipeline {
    /// The wire name of the job.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::CollectPosts => CollectPosts::KIND,
            Self::CollectPrices => CollectPrices::KIND,
            Self::CheckPrices => CheckPrices::KIND,
            Self::ComparePrices => ComparePrices::KIND,
            Self::StreamPosts => StreamPosts::KIND,
            Self::StreamQuotes => StreamQuotes::KIND,
            Self::MakeHistory => MakeHistory::KIND,
            Self::EvaluateModels => EvaluateModels::KIND,
            Self::PredictPrices => PredictPrices::KIND,
            Self::JudgePredictions => JudgePredictions::KIND,
            Self::CheckDrift => CheckDrift::KIND,
            Self::RetrainModels => RetrainModels::KIND,
            Self::CleanUp => CleanUp::KIND,
        }
    }

    /// Enqueues the job, unless it waits or runs already; returns its id.
    pub async fn enqueue(self, db: &impl ConnectionTrait, clock: &Clock) -> Result<Uuid, DbErr> {
        match self {
            Self::CollectPosts => jobs::enqueue(db, clock, &CollectPosts {}).await,
            Self::CollectPrices => jobs::enqueue(db, clock, &CollectPrices {}).await,
            Self::CheckPrices => jobs::enqueue(db, clock, &CheckPrices {}).await,
            Self::ComparePrices => jobs::enqueue(db, clock, &ComparePrices {}).await,
            Self::StreamPosts => jobs::enqueue(db, clock, &StreamPosts {}).await,
            Self::StreamQuotes => jobs::enqueue(db, clock, &StreamQuotes {}).await,
            Self::MakeHistory => jobs::enqueue(db, clock, &MakeHistory {}).await,
            Self::EvaluateModels => jobs::enqueue(db, clock, &EvaluateModels {}).await,
            Self::PredictPrices => jobs::enqueue(db, clock, &PredictPrices {}).await,
            Self::JudgePredictions => jobs::enqueue(db, clock, &JudgePredictions {}).await,
            Self::CheckDrift => jobs::enqueue(db, clock, &CheckDrift {}).await,
            Self::RetrainModels => jobs::enqueue(db, clock, &RetrainModels {}).await,
            Self::CleanUp => jobs::enqueue(db, clock, &CleanUp {}).await,
        }
    }
}

/// Runs `pipeline`, or all that collects; returns the jobs, in that order.
pub async fn run(
    platform: &Platform,
    admin: &Admin,
    pipeline: Option<Pipeline>,
) -> Result<Vec<job::Row>, Error> {
    let pipelines = pipeline.map_or(vec![Pipeline::CollectPosts, Pipeline::CollectPrices], |one| vec![one]);
    let txn = platform.db.begin().await?;
    let mut rows = Vec::new();
    for pipeline in &pipelines {
        let id = pipeline.enqueue(&txn, &platform.clock).await?;
        rows.push(job::find(&txn, id).await?.ok_or(Error::NotFound("job"))?);
    }
    let kinds: Vec<_> = pipelines.iter().map(|pipeline| pipeline.kind()).collect();
    let act = Act::new("admin.run_pipeline").made(json!({ "jobs": kinds }));
    audit::record(&txn, platform.clock.now(), admin.actor(), act).await?;
    txn.commit().await?;
    for row in &rows {
        jobs::announce(platform.bus.as_ref(), row.id).await;
    }
    Ok(rows)
}
