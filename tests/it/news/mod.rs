//! Posts: imported, cleaned, searched for stocks.

mod import;
mod post;
