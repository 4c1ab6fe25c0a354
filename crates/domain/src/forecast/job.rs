//! The jobs of forecasts.

use super::{
    experiment,
    model::{Kind, Row},
    training::Request,
};
use jobs::{Job, Priority};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Trains a model, and puts it on record as an experiment.
#[derive(Debug, Serialize, Deserialize)]
pub struct TrainModel {
    pub request: Request,
    /// The model in whose place the new one shall answer, if nothing speaks against that.
    #[serde(default)]
    pub replaces: Option<Uuid>,
}

impl TrainModel {
    /// As a model was trained before, on what is known by now; `None` of somebody's own, which only they can train, and of
    /// one whose settings cannot be read.
    pub fn again(row: &Row, replaces: bool) -> Option<Self> {
        let settings = experiment::settings(row).filter(|_| row.kind != Kind::Own)?;
        let request = Request { last: None, as_of: None, ..settings };
        Some(Self { request, replaces: replaces.then_some(row.id) })
    }
}

impl Job for TrainModel {
    const KIND: &'static str = "forecast.train_model";
    const PRIORITY: Priority = Priority::Low;
    const TIMEOUT: Duration = Duration::from_hours(6);

    /// One training of a successor at a time.
    fn unique_key(&self) -> Option<String> {
        self.replaces.map(|model| model.to_string())
    }
}

/// Has a model answer if the gate does not object.
#[derive(Debug, Serialize, Deserialize)]
pub struct PromoteIfBetter {
    pub model: Uuid,
    /// Who answered when it was trained.
    pub replaces: Uuid,
}

impl Job for PromoteIfBetter {
    const KIND: &'static str = "forecast.promote_if_better";

    fn unique_key(&self) -> Option<String> {
        Some(self.model.to_string())
    }
}

/// Predicts all stocks of the watch-list that can be predicted.
#[derive(Debug, Serialize, Deserialize)]
pub struct PredictPrices {}

impl Job for PredictPrices {
    const KIND: &'static str = "forecast.predict_prices";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Compares predictions with what came.
#[derive(Debug, Serialize, Deserialize)]
pub struct JudgePredictions {}

impl Job for JudgePredictions {
    const KIND: &'static str = "forecast.judge_predictions";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Looks whether the models that answer still see what they were trained on.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckDrift {}

impl Job for CheckDrift {
    const KIND: &'static str = "forecast.check_drift";
    const PRIORITY: Priority = Priority::Low;
    const TIMEOUT: Duration = Duration::from_hours(1);

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Trains the models that answer anew, on what is known by now.
#[derive(Debug, Serialize, Deserialize)]
pub struct RetrainModels {}

impl Job for RetrainModels {
    const KIND: &'static str = "forecast.retrain_models";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}
