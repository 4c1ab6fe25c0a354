//! Stocks, their quotes and their price bars.

pub mod audience;
pub mod corporate_action;
pub mod price_bar;
pub mod price_finding;
pub mod quote;
pub mod stock;
pub mod watchlist_entry;
