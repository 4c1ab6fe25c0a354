//! Models and what they expect, over GraphQL.

mod backtest;
mod comparison;
mod drift;
mod lineage;
mod live;
mod loader;
mod model;
mod mutation;
mod prediction;
mod query;
mod subscription;

pub use drift::{DriftQuery, DriftSubscription};
pub use lineage::{Influence, InfluencesOf};
pub use loader::PredictionsOf;
pub use model::Model;
pub use mutation::ForecastMutation;
pub use prediction::Prediction;
pub use query::ForecastQuery;
pub use subscription::ForecastSubscription;
