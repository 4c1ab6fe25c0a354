//! Accounts, their credentials, and the trace of what they did.

pub mod account;
pub mod api_key;
pub mod audit_entry;
pub mod idempotency_key;
pub mod one_time_token;
pub mod refresh_token;
pub mod session;
pub mod signing_key;
