//! What forecasts announce.

use crate::event::Event;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A model said what it expects of a stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionMade {
    pub prediction: Uuid,
    pub symbol: String,
}

impl Event for PredictionMade {
    const TOPIC: &'static str = "forecast.predicted";
}

/// A model was promoted, put on trial or put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelPromoted {
    pub promotion: Uuid,
}

impl Event for ModelPromoted {
    const TOPIC: &'static str = "forecast.promoted";
}

/// A model no longer sees what it was trained on, or is no longer as right as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftDetected {
    pub report: Uuid,
}

impl Event for DriftDetected {
    const TOPIC: &'static str = "forecast.drifted";
}
