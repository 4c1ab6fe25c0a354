//! Stocks, their quotes and their price bars.
//!
//! Owns the tables `stock`, `quote`, `price_bar`, `corporate_action`, `price_finding`, `watchlist_entry` and `audience`; publishes
//! quotes on the bus.
//!
//! Never calls a vendor: rows arrive through the worker's `source`.

pub mod action;
pub mod audience;
pub mod check;
mod error;
pub mod finding;
mod job;
mod new_bar;
mod new_stock;
pub mod overview;
pub mod price;
pub mod quality;
pub mod quote;
mod quote_feed;
pub mod repair;
mod restatement;
mod revision;
pub mod second_opinion;
pub mod stock;
mod symbol;
pub mod watchlist;

pub use audience::Audience;
pub use error::Error;
pub use job::{BackfillPrices, CheckPrices, CollectPrices, ComparePrices, MakeHistory, StreamQuotes};
pub use new_bar::{BarDefect, NewBar};
pub use new_stock::NewStock;
pub use quote::Quote;
pub use quote_feed::QuoteFeed;
pub use symbol::Symbol;
