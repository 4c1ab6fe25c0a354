//! Stocks, prices and quotes.

mod import;
mod live;
mod price;
mod quote;
mod stock;
mod watchlist;
