//! The product's face: GraphQL over HTTP and WebSocket, and the commands of the binary.
//!
//! Parses at the edge, calls one `domain` function, maps the answer. Never calls a vendor, never writes SQL.

pub mod admin;
mod answer;
pub mod command;
mod context;
mod document;
mod embedded;
mod error;
mod executor;
mod forecast;
mod history;
pub mod http;
mod idempotency;
mod identity;
mod limit;
mod loader;
mod marked;
mod market;
mod news;
mod question;
mod relay;
mod scalar;
pub mod schema;
mod sentiment;
mod shared;
mod source_kind;
mod state;

use source_kind::SourceKind;
