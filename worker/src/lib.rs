//! The worker: sources in, rows and events out.
//!
//! Runs the jobs whose payloads `domain` defines: fetch → clean → score → store → publish, where only the ends do
//! I/O. Never speaks GraphQL.

mod admin;
mod archive;
mod env;
pub mod export;
mod fetch;
mod forecast;
mod identity;
pub mod import;
mod interest;
mod market;
mod news;
mod registry;
pub mod runtime;
mod schedule;
pub mod sentiment;
pub mod source;
mod start;
mod supply;

pub use admin::store_logs::store_logs;
pub use env::Env;
pub use market::poll;
pub use registry::{ONCE, enqueue_once, registry};
pub use schedule::Decisions;
pub use start::Worker;
pub use supply::{Sources, Supply};
