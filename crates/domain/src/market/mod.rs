//! Stocks, their quotes and their price bars.
//!
//! Owns the tables `stock`, `quote`, `price_bar` and `watchlist_entry`; publishes quotes on the bus.
//!
//! Never calls a vendor: rows arrive through the worker's `source`.

mod error;
mod job;
mod new_bar;
mod new_stock;
pub mod overview;
pub mod price;
pub mod quote;
mod quote_feed;
pub mod stock;
mod symbol;
pub mod watchlist;

pub use error::Error;
pub use job::{BackfillPrices, CollectPrices, MakeHistory, StreamQuotes};
pub use new_bar::{BarDefect, NewBar};
pub use new_stock::NewStock;
pub use quote::Quote;
pub use quote_feed::QuoteFeed;
pub use symbol::Symbol;
