//! The product seen from inside: jobs, logs, health.
//!
//! Reads the table `job`, owns `log_entry`, `setting` and `provider_credential`; deletes from all tables what is past its retention.

mod error;
pub mod job;
mod job_kinds;
pub mod log;
pub mod pipeline;
pub mod provider;
pub mod schedule;
mod setting;
pub mod status;
pub mod storage;

pub use error::Error;
pub use job_kinds::CleanUp;
pub use pipeline::Pipeline;
