//! Jobs and status over GraphQL.

mod query;
mod subscription;
mod types;

pub use query::AdminQuery;
pub use subscription::AdminSubscription;
pub use types::{Job, SystemStatus};
