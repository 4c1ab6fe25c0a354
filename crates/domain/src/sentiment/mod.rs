//! What posts say about stocks: scores, their summaries, and how they go with the price.
//!
//! Owns the tables `post_score`, `sentiment_record` and `model_evaluation`; announces `SentimentScored`. A post belongs to
//! the first session that closes after it: the trading day it could still influence.

pub mod correlation;
pub mod dashboard;
mod error;
pub mod evaluation;
mod event;
mod job;
pub mod model;
pub mod quality;
pub mod record;
pub mod robust;
mod score;
pub mod series;
pub mod summary;

pub use entity::sentiment::sentiment_record::SentimentLabel as Label;
pub use error::Error;
pub use event::SentimentScored;
pub use job::EvaluateModels;
pub use model::Routing;
pub use score::{Finding, PostScore, Scorer, Thresholds, of_posts, store};
