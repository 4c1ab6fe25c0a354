//! Posts and articles over GraphQL.

mod loader;
mod quality;
mod query;
mod types;

pub use loader::{NewsOf, PostKey};
pub use quality::QualityTier;
pub use query::NewsQuery;
pub use types::{ContentType, Post};
