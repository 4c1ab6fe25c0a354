//! What models are given of a stock's past.
//!
//! Owns the table `feature_snapshot`. A snapshot holds no number: it says from what, as it was known when, features are
//! made, and what must come out; whoever wants them makes them again. What a feature is belongs to `ml::feature`.

pub mod difference;
mod error;
pub mod health;
pub mod history;
pub mod snapshot;

pub use error::Error;
pub use health::Health;
pub use history::History;
pub use ml::feature::FeatureSet;
pub use snapshot::Snapshot;
