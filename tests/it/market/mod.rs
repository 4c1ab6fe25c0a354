//! Stocks, prices and quotes.

mod import;
mod live;
mod price;
mod quote;
mod repair;
mod stock;
mod watchlist;
