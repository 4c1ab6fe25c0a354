//! Where prices, quotes and posts come from: small traits, one adapter per file or folder.
//!
//! An adapter turns a vendor's wire shape into the domain's new rows and does nothing else; it never touches the
//! database. Vendors are called through `vendor_http` only.

pub mod connection;
pub mod file;
pub mod simulated;
pub mod vendor_http;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    market::{NewBar, NewStock, Quote, Symbol},
    news::NewPost,
};
use entity::SourceKind;
use std::{
    fmt::Debug,
    ops::{Range, RangeInclusive},
};

/// Gives daily bars.
#[async_trait::async_trait]
pub trait PriceSource: Debug + Send + Sync {
    fn kind(&self) -> SourceKind;

    /// The bars of all closed sessions within `days`, by symbol and day; unknown symbols are left out.
    async fn bars(&self, symbols: &[Symbol], days: RangeInclusive<NaiveDate>) -> anyhow::Result<Vec<NewBar>>;
}

/// Gives current quotes.
#[async_trait::async_trait]
pub trait QuoteSource: Debug + Send + Sync {
    /// The quotes as of `time`; unknown symbols are left out.
    async fn quotes(&self, symbols: &[Symbol], time: DateTime<Utc>) -> anyhow::Result<Vec<Quote>>;
}

/// Gives posts and articles.
#[async_trait::async_trait]
pub trait PostSource: Debug + Send + Sync {
    fn kind(&self) -> SourceKind;

    /// What was published within `range` about `symbols`, oldest first.
    async fn collect(&self, symbols: &[Symbol], range: Range<DateTime<Utc>>) -> anyhow::Result<Vec<NewPost>>;

    /// Succeeds when the source answers and accepts the credentials.
    async fn validate_connection(&self) -> anyhow::Result<()>;
}

/// Names the stocks that a source knows.
pub trait StockSource: Debug + Send + Sync {
    fn stocks(&self) -> Vec<NewStock>;
}
