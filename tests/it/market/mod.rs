//! Stocks, prices and quotes.

mod live;
mod price;
mod quote;
mod stock;
