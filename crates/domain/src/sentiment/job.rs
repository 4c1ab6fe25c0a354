//! The jobs of the sentiment, besides `ScorePosts`, which the news enqueue.

use jobs::{Job, Priority};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Measures all models on the labelled texts in their folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct EvaluateModels {}

impl Job for EvaluateModels {
    const KIND: &'static str = "sentiment.evaluate_models";
    const PRIORITY: Priority = Priority::Low;
    const TIMEOUT: Duration = Duration::from_hours(2);

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}
