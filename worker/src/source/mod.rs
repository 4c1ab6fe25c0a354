//! Where prices, quotes and posts come from: small traits, one adapter per file or folder.
//!
//! An adapter turns a vendor's wire shape into the domain's new rows and does nothing else; it never touches the tables of
//! rows. Vendors are called through `vendor_http` only; `vendors` knows which of them can be.

mod action;
mod alpha_vantage;
mod article;
pub mod budget;
pub mod connection;
pub mod file;
mod finnhub;
pub mod finnhub_trades;
mod marketaux;
mod newsapi;
mod reddit;
pub mod simulated;
pub mod vendor_http;
mod vendors;
mod yahoo;

pub use action::{Change, CorporateAction};
pub use alpha_vantage::AlphaVantage;
pub use finnhub::Finnhub;
pub use marketaux::Marketaux;
pub use newsapi::NewsApi;
pub use reddit::Reddit;
pub use vendor_http::VendorError;
pub use vendors::Vendors;
pub use yahoo::Yahoo;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    market::{NewBar, NewStock, Quote, Symbol},
    news::NewPost,
};
use entity::SourceKind;
use std::{
    fmt::Debug,
    ops::{Range, RangeInclusive},
};

/// What a price source says of some days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub bars: Vec<NewBar>,
    /// Splits and dividends, where the source tells them.
    pub actions: Vec<CorporateAction>,
}

/// Gives daily bars.
#[async_trait::async_trait]
pub trait PriceSource: Debug + Send + Sync {
    fn kind(&self) -> SourceKind;

    /// The bars of all closed sessions within `days`, by symbol and day, all of them or an error; unknown symbols are left
    /// out.
    ///
    /// A vendor takes one request for each symbol.
    async fn bars(&self, symbols: &[Symbol], days: RangeInclusive<NaiveDate>)
    -> Result<History, VendorError>;
}

/// Gives current quotes.
#[async_trait::async_trait]
pub trait QuoteSource: Debug + Send + Sync {
    fn kind(&self) -> SourceKind;

    /// The quotes as of `time`, or the newest before; unknown symbols are left out.
    ///
    /// A vendor takes one request for each symbol.
    async fn quotes(&self, symbols: &[Symbol], time: DateTime<Utc>) -> Result<Vec<Quote>, VendorError>;
}

/// How a source of posts is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Habit {
    /// How many symbols one `collect` may name; `None` where the source is read as a whole.
    pub reach: Option<usize>,
    /// How long to wait between two looks.
    pub pace: TimeDelta,
    /// How much later than its own time a post may turn up.
    pub delay: TimeDelta,
}

/// Gives posts and articles.
#[async_trait::async_trait]
pub trait PostSource: Debug + Send + Sync {
    fn kind(&self) -> SourceKind;

    fn habit(&self) -> Habit;

    /// What was published within `range` about `symbols`, oldest first, all of it or an error.
    async fn collect(
        &self,
        symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError>;

    /// Succeeds when the source answers and accepts the credentials.
    async fn validate_connection(&self) -> Result<(), VendorError>;
}

/// Names the stocks that a source knows.
pub trait StockSource: Debug + Send + Sync {
    fn stocks(&self) -> Vec<NewStock>;
}
