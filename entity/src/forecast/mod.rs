//! What models are given, which models there are, and what they expect.

pub mod drift_report;
pub mod feature_snapshot;
pub mod forecast_loss;
pub mod forecast_model;
pub mod model_promotion;
pub mod prediction;
pub mod prediction_post;
