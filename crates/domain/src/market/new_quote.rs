//! A quote on its way in, and on the bus.

use super::Symbol;
use chrono::{DateTime, Utc};
use entity::{Amount, news::post::SourceKind};

/// What a stock trades at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewQuote {
    pub symbol: Symbol,
    pub price: Amount,
    /// Of the current or last session.
    pub open: Option<Amount>,
    pub high: Option<Amount>,
    pub low: Option<Amount>,
    /// The close of the session before.
    pub previous_close: Option<Amount>,
    pub volume: Option<i64>,
    pub as_of: DateTime<Utc>,
    pub source: SourceKind,
}
