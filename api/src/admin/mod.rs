//! The product seen from inside, over GraphQL.

mod archive;
mod exchange;
mod log;
mod mutation;
mod provider;
mod query;
mod schedule;
mod service_level;
mod storage;
mod subscription;
mod types;

pub use exchange::{ExchangeMutation, ExchangeQuery};
pub use mutation::AdminMutation;
pub use query::AdminQuery;
pub use subscription::AdminSubscription;
pub use types::{Job, SystemStatus};
