//! Rows and relations, one file per table, no logic.
//!
//! Every table of facts has `known_at`: the moment from which the row may influence an answer.

pub mod admin;
pub mod amount;
pub mod archive;
pub mod event;
pub mod forecast;
pub mod identity;
pub mod job;
pub mod market;
pub mod news;
pub mod sentiment;
pub mod source_kind;

pub use amount::Amount;
pub use source_kind::SourceKind;
