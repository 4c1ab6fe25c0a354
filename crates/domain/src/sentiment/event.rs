//! What sentiment announces.

use crate::event::Event;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A stock's mention in a post was scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentimentScored {
    pub record: Uuid,
    pub symbol: String,
}

impl Event for SentimentScored {
    const TOPIC: &'static str = "sentiment.scored";
}
