//! Stocks, their quotes and their price bars.

pub mod price_bar;
pub mod quote;
pub mod stock;
pub mod watchlist_entry;
