//! Posts: imported, cleaned, searched for stocks.

mod erasure;
mod import;
mod post;
