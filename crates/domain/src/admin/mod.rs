//! The product seen from inside: jobs, logs, health.
//!
//! Reads the table `job`, owns `log_entry`.

mod error;
pub mod job;
mod job_kinds;
pub mod log;
pub mod pipeline;
pub mod status;

pub use error::Error;
pub use job_kinds::CleanUp;
pub use pipeline::Pipeline;
