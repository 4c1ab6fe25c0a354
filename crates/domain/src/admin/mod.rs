//! The product seen from inside: jobs, logs, health, data out and in.
//!
//! Reads the table `job`, owns `log_entry`, `setting`, `provider_credential`, `provider_state`, `provider_usage` and `scrape`; deletes from all tables
//! what is past its retention. Never calls a vendor: the worker does, and its findings are stored here.

pub mod alert;
pub mod connection;
mod error;
pub mod exchange;
pub mod import_report;
pub mod job;
mod job_kinds;
pub mod log;
pub mod personal;
pub mod pipeline;
pub mod provider;
pub mod report;
pub mod rotation;
pub mod schedule;
pub mod scrape;
pub mod service_level;
mod setting;
pub mod status;
pub mod storage;
pub mod upload;
pub mod usage;

pub use error::Error;
pub use import_report::ImportReport;
pub use job_kinds::{
    CheckServiceLevels, CleanUp, ExportData, ExportMyData, ImportData, RemindRotation, ReportQuality,
    SendAlert, SendReminder, SendReport, TestCredential,
};
pub use pipeline::Pipeline;
pub use scrape::ScrapeSubreddit;
