//! The rules of the product, one folder per feature.
//!
//! Reads take a connection and return rows; use cases take the `Platform`, own their transaction and announce after
//! its commit. A feature imports another through its `mod.rs` only, and only along
//! `identity ← market ← news ← sentiment ← forecast ← admin`; `archive` and `event` are under them all.

pub mod admin;
pub mod archive;
mod chain;
pub mod event;
pub mod forecast;
pub mod identity;
mod insert;
pub mod knowledge;
pub mod market;
pub mod news;
pub mod page;
pub mod personal;
pub mod sentiment;
pub mod source;
mod text;
pub mod window;

pub use entity::{Amount, SourceKind};
pub use knowledge::Knowledge;
pub use page::{Page, PageRequest};
pub use source::Sources;
pub use window::{Timeframe, Window};
