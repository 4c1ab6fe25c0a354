//! Settings, vendors with their credentials, and logs.

pub mod log_entry;
pub mod provider_credential;
pub mod provider_state;
pub mod provider_usage;
pub mod setting;
