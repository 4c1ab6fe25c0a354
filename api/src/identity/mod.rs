//! Accounts, sessions, API keys and second factors over GraphQL.

mod input;
mod mutation;
mod payload;
mod query;
mod types;

pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
