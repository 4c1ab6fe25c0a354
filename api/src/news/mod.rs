//! Posts and articles over GraphQL.

mod loader;
mod query;
mod types;

pub use loader::{NewsOf, PostKey};
pub use query::NewsQuery;
pub use types::{ContentType, Post};
