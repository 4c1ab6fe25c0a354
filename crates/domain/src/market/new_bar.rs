//! A price bar on its way in.

use super::Symbol;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use entity::Amount;
use platform::calendar::Calendar;
use std::fmt;

/// One session's prices as a source gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBar {
    pub symbol: Symbol,
    /// The exchange's date.
    pub day: NaiveDate,
    pub open: Option<Amount>,
    pub high: Option<Amount>,
    pub low: Option<Amount>,
    pub close: Amount,
    /// Adjusted for splits and dividends.
    pub adjusted_close: Option<Amount>,
    pub volume: Option<i64>,
}

/// Why a bar can't be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BarDefect {
    PriceNotPositive,
    HighBelowLow,
    OpenOutsideRange,
    CloseOutsideRange,
    NegativeVolume,
    FutureDate,
    NotATradingDay,
}

impl NewBar {
    /// Checks the bar against itself and against the clock.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), BarDefect> {
        let zero = Amount::from_units(0);
        let prices = [self.open, self.high, self.low, Some(self.close), self.adjusted_close];
        let outside = |price: Amount| {
            self.low.is_some_and(|low| price < low) || self.high.is_some_and(|high| price > high)
        };
        if prices.iter().flatten().any(|price| *price <= zero) {
            Err(BarDefect::PriceNotPositive)
        } else if matches!((self.high, self.low), (Some(high), Some(low)) if high < low) {
            Err(BarDefect::HighBelowLow)
        } else if self.open.is_some_and(outside) {
            Err(BarDefect::OpenOutsideRange)
        } else if outside(self.close) {
            Err(BarDefect::CloseOutsideRange)
        } else if self.volume.is_some_and(|volume| volume < 0) {
            Err(BarDefect::NegativeVolume)
        } else if self.day > now.date_naive() {
            Err(BarDefect::FutureDate)
        } else if !may_trade(self.day) {
            Err(BarDefect::NotATradingDay)
        } else {
            Ok(())
        }
    }

    /// The start of the bar: midnight UTC of its day.
    pub fn time(&self) -> DateTime<Utc> {
        self.day.and_time(NaiveTime::MIN).and_utc()
    }

    /// When the bar could first be known: the close of its session, or 21:00 UTC on a day without one.
    pub fn closed_at(&self, calendar: Calendar) -> DateTime<Utc> {
        let late = NaiveTime::from_hms_opt(21, 0, 0).expect("21:00 is a time");
        calendar.session(self.day).map_or_else(|| self.day.and_time(late).and_utc(), |session| session.close)
    }
}

/// Before the calendar's first year only weekends are known to be without a session.
fn may_trade(day: NaiveDate) -> bool {
    let calendar = Calendar::new_york();
    let is_known = calendar.previous_session(day).day <= day;
    if is_known { calendar.is_trading_day(day) } else { day.weekday().number_from_monday() <= 5 }
}

impl fmt::Display for BarDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PriceNotPositive => "price not positive",
            Self::HighBelowLow => "high below low",
            Self::OpenOutsideRange => "open outside low to high",
            Self::CloseOutsideRange => "close outside low to high",
            Self::NegativeVolume => "negative volume",
            Self::FutureDate => "future date",
            Self::NotATradingDay => "not a trading day",
        })
    }
}
