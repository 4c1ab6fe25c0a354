//! Accounts, sessions, API keys and second factors over GraphQL.

mod mutation;
mod query;
mod types;

pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
