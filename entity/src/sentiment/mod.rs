//! The scores of posts, whole and per stock, and how good the models are that give them.

pub mod model_evaluation;
pub mod post_score;
pub mod sentiment_record;
