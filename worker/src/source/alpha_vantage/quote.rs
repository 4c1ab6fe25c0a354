//! `GLOBAL_QUOTE`: the last session's prices, as text.

use super::{member, number, whole};
use crate::source::VendorError;
use chrono::{DateTime, NaiveDate, Utc};
use domain::market::{Quote, Symbol};
use entity::SourceKind;
use platform::calendar::Calendar;
use serde_json::Value;

/// The quote; `None` of an unknown symbol, of which it writes an empty one.
pub(super) fn parse(body: &Value, symbol: &Symbol, now: DateTime<Utc>) -> Result<Option<Quote>, VendorError> {
    let quote = &body["Global Quote"];
    let members = quote.as_object().ok_or(VendorError::Malformed("no quote"))?;
    if members.is_empty() {
        return Ok(None);
    }
    let day = member(quote, "latest trading day").and_then(|day| day.parse::<NaiveDate>().ok());
    let day = day.ok_or(VendorError::Malformed("a day that is none"))?;
    // It does not say when within the day: the close, or now while that is to come.
    let close = Calendar::new_york().previous_session(day).close;
    let Some(price) = number(quote, "price")? else { return Ok(None) };
    Ok(Some(Quote {
        symbol: symbol.clone(),
        price,
        open: number(quote, "open")?,
        high: number(quote, "high")?,
        low: number(quote, "low")?,
        previous_close: number(quote, "previous close")?,
        volume: whole(quote, "volume")?,
        as_of: close.min(now),
        source: SourceKind::AlphaVantage,
    }))
}
