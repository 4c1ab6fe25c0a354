//! Which jobs this worker can run, and which can be asked for by name.

use crate::Env;
use domain::{
    admin::{
        CheckServiceLevels, CleanUp, ExportData, ExportMyData, ImportData, Pipeline, RemindRotation,
        ReportQuality, ScrapeSubreddit, SendAlert, SendReminder, SendReport, TestCredential,
    },
    forecast::{CheckDrift, JudgePredictions, PredictPrices, PromoteIfBetter, RetrainModels, TrainModel},
    identity::{RotateSigningKey, SendLetter},
    market::{BackfillPrices, CheckPrices, CollectPrices, ComparePrices, MakeHistory, StreamQuotes},
    news::{CollectPosts, ErasePosts, FindCopies, ScorePosts, StreamPosts},
    sentiment::EvaluateModels,
};
use jobs::Registry;
use platform::Platform;
use sea_orm::DbErr;
use uuid::Uuid;

/// All jobs.
pub fn registry() -> Registry<Env> {
    Registry::new()
        .with::<BackfillPrices>()
        .with::<CheckDrift>()
        .with::<CheckPrices>()
        .with::<CheckServiceLevels>()
        .with::<CleanUp>()
        .with::<CollectPosts>()
        .with::<CollectPrices>()
        .with::<ComparePrices>()
        .with::<ErasePosts>()
        .with::<EvaluateModels>()
        .with::<ExportData>()
        .with::<ExportMyData>()
        .with::<FindCopies>()
        .with::<ImportData>()
        .with::<JudgePredictions>()
        .with::<MakeHistory>()
        .with::<PredictPrices>()
        .with::<PromoteIfBetter>()
        .with::<RemindRotation>()
        .with::<ReportQuality>()
        .with::<RetrainModels>()
        .with::<RotateSigningKey>()
        .with::<ScorePosts>()
        .with::<ScrapeSubreddit>()
        .with::<SendAlert>()
        .with::<SendLetter>()
        .with::<SendReminder>()
        .with::<SendReport>()
        .with::<StreamPosts>()
        .with::<StreamQuotes>()
        .with::<TestCredential>()
        .with::<TrainModel>()
}

/// What `bellwether-worker once` runs: the pipelines that end by themselves.
const ENDING: [Pipeline; 11] = [
    Pipeline::CleanUp,
    Pipeline::CollectPosts,
    Pipeline::CollectPrices,
    Pipeline::CheckPrices,
    Pipeline::ComparePrices,
    Pipeline::EvaluateModels,
    Pipeline::MakeHistory,
    Pipeline::PredictPrices,
    Pipeline::JudgePredictions,
    Pipeline::CheckDrift,
    Pipeline::RetrainModels,
];

/// The names that `bellwether-worker once` accepts.
pub const ONCE: [&str; ENDING.len()] = {
    let (mut kinds, mut next) = ([""; ENDING.len()], 0);
    while next < ENDING.len() {
        kinds[next] = ENDING[next].kind();
        next += 1;
    }
    kinds
};

/// Enqueues the job called `kind`; `None` if it is not one of [`ONCE`].
pub async fn enqueue_once(platform: &Platform, kind: &str) -> Result<Option<Uuid>, DbErr> {
    match ENDING.into_iter().find(|pipeline| pipeline.kind() == kind) {
        Some(pipeline) => Ok(Some(pipeline.enqueue(platform.db.connection(), &platform.clock).await?)),
        None => Ok(None),
    }
}
