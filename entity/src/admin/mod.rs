//! Settings and logs.

pub mod log_entry;
pub mod setting;
