//! How a stock's sentiment goes with its returns.

use super::{Error, summary::Summary};
use crate::market::price::Close;
use chrono::NaiveDate;
pub use quant::correlation::Correlation;
use quant::{correlation::lagged, returns};
use std::collections::HashMap;

/// Sessions by which sentiment may lead or lag.
pub const LONGEST_LAG: i32 = 60;

/// Pearson's r between the mean sentiment of a trading day and the simple return of the session `lag` sessions later.
///
/// The return of a session is its close over the close of the bar before it in the window, minus one. Sessions that
/// have no score, or no return, are left out.
///
/// # Errors
/// When the lag is longer than [`LONGEST_LAG`] either way.
pub fn correlate(summary: &Summary, closes: &[Close], lag: i32) -> Result<Correlation, Error> {
    if lag.abs() > LONGEST_LAG {
        return Err(Error::LagTooLong(lag));
    }
    let means: HashMap<NaiveDate, f64> =
        summary.days.iter().filter_map(|day| Some((day.day, day.moments.mean()?))).collect();
    let prices: Vec<f64> = closes.iter().map(|close| close.price.to_f64()).collect();
    let sentiment: Vec<_> = closes.iter().map(|close| means.get(&close.time.date_naive()).copied()).collect();
    let lag = isize::try_from(lag).unwrap_or_default();
    Ok(lagged(&sentiment, &returns::simple(&prices), lag))
}
