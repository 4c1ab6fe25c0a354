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
