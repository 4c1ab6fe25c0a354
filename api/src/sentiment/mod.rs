//! Sentiment over GraphQL.

mod dashboard;
mod loader;
mod metrics;
mod quality;
mod query;
mod robust;
mod subscription;
mod types;

pub use loader::{PostSentimentKey, RecordsOf, Summaries};
pub use query::SentimentQuery;
pub use robust::RobustSentiment;
pub use subscription::SentimentSubscription;
pub use types::{
    Bucket, Correlation, PostSentiment, SentimentPoint, SentimentRecord, SentimentSummary, points, sources,
};
