//! Stocks, quotes and prices over GraphQL.

mod loader;
mod overview;
mod query;
mod stock;
mod subscription;
mod types;

pub use loader::StockKey;
pub use overview::MarketOverview;
pub use query::MarketQuery;
pub use stock::Stock;
pub use subscription::MarketSubscription;
pub use types::{Quote, Timeframe, representable, window};
