//! Stocks, quotes and prices over GraphQL.

mod data_quality;
mod finding;
mod loader;
mod overview;
mod query;
mod stock;
mod subscription;
mod types;
mod watchlist;

pub use data_quality::{DataQualityMutation, DataQualityQuery};
pub use loader::StockKey;
pub use overview::MarketOverview;
pub use query::MarketQuery;
pub use stock::Stock;
pub use subscription::MarketSubscription;
pub use types::{Quote, Timeframe, representable, window};
pub use watchlist::{MarketMutation, WatchlistQuery};
