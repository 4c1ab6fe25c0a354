//! `TIME_SERIES_DAILY`: prices as they were traded, as text.

use super::{is_written, number, whole};
use crate::source::{History, VendorError};
use chrono::{DateTime, NaiveDate, Utc};
use domain::market::{NewBar, Symbol};
use platform::calendar::Calendar;
use serde_json::Value;
use std::ops::RangeInclusive;

/// The closed sessions' bars within `days`, oldest first.
///
/// Their prices are not adjusted: the free plan has no adjusted ones.
pub(super) fn parse(
    body: &Value,
    symbol: &Symbol,
    days: &RangeInclusive<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<History, VendorError> {
    let members = body.as_object().into_iter().flatten();
    let series = members.into_iter().find(|(name, _)| name.starts_with("Time Series"));
    let series = series.and_then(|(_, series)| series.as_object());
    let series = series.ok_or(VendorError::Malformed("no series of prices"))?;
    let last = Calendar::new_york().last_closed_session(now).day;
    let mut bars = Vec::new();
    for (day, row) in series {
        let day: NaiveDate = day.parse().map_err(|_| VendorError::Malformed("a day that is none"))?;
        let bar = bar(symbol, day, row)?;
        let wanted = bar.filter(|bar| days.contains(&day) && day <= last && bar.check(now).is_ok());
        bars.extend(wanted);
    }
    bars.sort_by_key(|bar| bar.day);
    Ok(History { bars, actions: Vec::new() })
}

/// `None` where the close is missing, in the vendor's own way.
fn bar(symbol: &Symbol, day: NaiveDate, row: &Value) -> Result<Option<NewBar>, VendorError> {
    if !is_written(row, "close") {
        return Err(VendorError::Malformed("a bar without a close"));
    }
    let (open, high, low) = (number(row, "open")?, number(row, "high")?, number(row, "low")?);
    let (volume, adjusted_close) = (whole(row, "volume")?, number(row, "adjusted close")?);
    let close = number(row, "close")?;
    Ok(close.map(|close| NewBar {
        symbol: symbol.clone(),
        day,
        open,
        high,
        low,
        close,
        adjusted_close,
        volume,
    }))
}
