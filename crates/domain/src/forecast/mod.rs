//! What models are given of a stock's past, which models there are, what they expect, and what came.
//!
//! Owns the tables `feature_snapshot`, `forecast_model`, `forecast_loss`, `model_promotion`, `prediction`, `prediction_post` and `drift_report`;
//! announces `PredictionMade`, `ModelPromoted` and `DriftDetected`. A snapshot holds no number: it says from what, as it was known when,
//! features are made, and what must come out; whoever wants them makes them again. What a feature is belongs to
//! `ml::feature`, and how a model is trained, measured and asked to `ml::forecast`.

mod artefact;
pub mod backtest;
pub mod difference;
pub mod drift;
mod error;
mod event;
pub mod experiment;
pub mod health;
pub mod history;
mod job;
pub mod judgement;
pub mod live;
pub mod loss;
pub mod model;
pub mod prediction;
pub mod predictor;
pub mod promotion;
mod refusal;
pub mod scoreboard;
pub mod snapshot;
pub mod training;

pub use artefact::Artefacts;
pub use error::Error;
pub use event::{DriftDetected, ModelPromoted, PredictionMade};
pub use health::Health;
pub use history::History;
pub use job::{CheckDrift, JudgePredictions, PredictPrices, PromoteIfBetter, RetrainModels, TrainModel};
pub use ml::{
    feature::FeatureSet,
    forecast::{Advantage, Member, Progress, Report, Scores, Share, Unforecastable},
};
pub use predictor::Predictor;
pub use refusal::Refusal;
pub use snapshot::Snapshot;

/// The features of a version, such as 2.0.0.
///
/// # Errors
/// `UnknownVersion`.
pub fn feature_set(version: &str) -> Result<FeatureSet, Error> {
    FeatureSet::find(version).ok_or_else(|| Error::UnknownVersion(version.to_owned()))
}
