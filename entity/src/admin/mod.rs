//! Settings, credentials of vendors, and logs.

pub mod log_entry;
pub mod provider_credential;
pub mod setting;
