//! The chart, version 8: arrays side by side, any of their elements null.

use crate::source::{Change, CorporateAction, History, VendorError, vendor_http::VendorAnswer};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::market::{NewBar, Quote, Symbol};
use entity::{Amount, SourceKind};
use platform::calendar::Calendar;
use serde::Deserialize;
use std::{collections::HashMap, ops::RangeInclusive};

#[derive(Deserialize)]
struct Wire {
    chart: WireChart,
}

#[derive(Deserialize)]
struct WireChart {
    result: Option<Vec<Chart>>,
    error: Option<WireError>,
}

#[derive(Deserialize)]
struct WireError {
    code: Option<String>,
}

/// One symbol's chart.
#[derive(Debug, Deserialize)]
pub struct Chart {
    meta: Meta,
    #[serde(default)]
    timestamp: Vec<i64>,
    #[serde(default)]
    events: Events,
    #[serde(default)]
    indicators: Indicators,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    currency: Option<String>,
    exchange_timezone_name: Option<String>,
    regular_market_price: Option<f64>,
    regular_market_time: Option<i64>,
    regular_market_day_high: Option<f64>,
    regular_market_day_low: Option<f64>,
    regular_market_volume: Option<i64>,
    chart_previous_close: Option<f64>,
    previous_close: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
struct Events {
    #[serde(default)]
    dividends: HashMap<String, Dividend>,
    #[serde(default)]
    splits: HashMap<String, Split>,
}

#[derive(Debug, Deserialize)]
struct Dividend {
    amount: f64,
    date: i64,
}

#[derive(Debug, Deserialize)]
struct Split {
    date: i64,
    numerator: f64,
    denominator: f64,
}

#[derive(Debug, Default, Deserialize)]
struct Indicators {
    #[serde(default)]
    quote: Vec<Prices>,
    #[serde(default)]
    adjclose: Vec<Adjusted>,
}

/// Of a symbol without trades it has no members at all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Prices {
    open: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    close: Vec<Option<f64>>,
    volume: Vec<Option<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Adjusted {
    adjclose: Vec<Option<f64>>,
}

pub(super) fn parse(answer: &VendorAnswer) -> Result<Chart, VendorError> {
    // An error stands in the body of another status too.
    let error = answer.json().and_then(|body| Some(body["chart"]["error"]["code"].as_str()?.to_owned()));
    if error.as_deref() == Some("Not Found") {
        return Err(VendorError::NotFound);
    }
    let Wire { chart } = answer.parse()?;
    if chart.error.and_then(|error| error.code).is_some() {
        return Err(VendorError::Rejected(answer.status.as_u16()));
    }
    let first = chart.result.and_then(|mut charts| charts.pop());
    first.ok_or(VendorError::Malformed("no chart"))
}

impl Chart {
    /// The closed sessions' bars and what happened to the shares within `days`, oldest first.
    pub(super) fn history(
        &self,
        symbol: &Symbol,
        days: &RangeInclusive<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<History, VendorError> {
        let zone = self.zone()?;
        let closed = Calendar::new_york().last_closed_session(now).day;
        let mut bars: Vec<NewBar> = Vec::new();
        for (index, seconds) in self.timestamp.iter().enumerate() {
            let day = day(*seconds, zone)?;
            let is_wanted = days.contains(&day) && day <= closed;
            // The live bar may bear the date of the last finished one, which comes first.
            let is_first = bars.last().is_none_or(|last| last.day < day);
            let bar =
                self.bar(index, symbol, day).filter(|bar| is_wanted && is_first && bar.check(now).is_ok());
            bars.extend(bar);
        }
        Ok(History { bars, actions: self.actions(symbol, zone)? })
    }

    fn bar(&self, index: usize, symbol: &Symbol, day: NaiveDate) -> Option<NewBar> {
        let prices = self.indicators.quote.first()?;
        let scale = self.scale();
        let price =
            |column: &[Option<f64>]| column.get(index).copied().flatten().and_then(|p| amount(p, scale));
        let adjusted = self.indicators.adjclose.first().map_or([].as_slice(), |column| &column.adjclose);
        Some(NewBar {
            symbol: symbol.clone(),
            day,
            open: price(&prices.open),
            high: price(&prices.high),
            low: price(&prices.low),
            close: price(&prices.close)?,
            adjusted_close: price(adjusted),
            volume: prices.volume.get(index).copied().flatten(),
        })
    }

    fn actions(&self, symbol: &Symbol, zone: Tz) -> Result<Vec<CorporateAction>, VendorError> {
        let bad = VendorError::Malformed("an event that is none");
        let action = |seconds: i64, change: Option<Change>| -> Result<CorporateAction, VendorError> {
            let change = change.ok_or_else(|| bad.clone())?;
            Ok(CorporateAction { symbol: symbol.clone(), day: day(seconds, zone)?, change })
        };
        let dividends = self.events.dividends.values().map(|dividend| {
            action(dividend.date, amount(dividend.amount, self.scale()).map(Change::Dividend))
        });
        let splits = self.events.splits.values().map(|split| {
            let (new, old) = (Amount::from_f64(split.numerator), Amount::from_f64(split.denominator));
            let date = split.date;
            let split = new.zip(old).filter(|(new, old)| new.units() > 0 && old.units() > 0);
            action(date, split.map(|(numerator, denominator)| Change::Split { numerator, denominator }))
        });
        let mut actions: Vec<CorporateAction> =
            dividends.chain(splits).collect::<Result<_, VendorError>>()?;
        actions.sort_by_key(|action| action.day);
        Ok(actions)
    }

    /// The current quote; `None` of a symbol that does not trade.
    pub(super) fn quote(&self, symbol: &Symbol) -> Option<Quote> {
        let (meta, scale) = (&self.meta, self.scale());
        let price = |price: Option<f64>| price.and_then(|price| amount(price, scale));
        let open = self.indicators.quote.first().and_then(|prices| prices.open.last().copied().flatten());
        Some(Quote {
            symbol: symbol.clone(),
            price: price(meta.regular_market_price)?,
            open: price(open),
            high: price(meta.regular_market_day_high),
            low: price(meta.regular_market_day_low),
            previous_close: price(meta.previous_close.or(meta.chart_previous_close)),
            volume: meta.regular_market_volume,
            as_of: DateTime::from_timestamp(meta.regular_market_time?, 0)?,
            source: SourceKind::Yahoo,
        })
    }

    fn zone(&self) -> Result<Tz, VendorError> {
        let name = self.meta.exchange_timezone_name.as_deref().unwrap_or("America/New_York");
        name.parse().map_err(|_| VendorError::Malformed("a time zone that is none"))
    }

    /// Some prices are in hundredths of their currency.
    fn scale(&self) -> f64 {
        let minor = ["GBp", "GBX", "ILA", "ZAc"];
        if self.meta.currency.as_deref().is_some_and(|currency| minor.contains(&currency)) {
            0.01
        } else {
            1.0
        }
    }
}

/// The exchange's date: in UTC another day has begun, or not yet.
fn day(seconds: i64, zone: Tz) -> Result<NaiveDate, VendorError> {
    let time = DateTime::from_timestamp(seconds, 0).ok_or(VendorError::Malformed("a time that is none"))?;
    Ok(time.with_timezone(&zone).date_naive())
}

/// The shortest decimal that is the same price in single precision, which is what the vendor keeps: 127.58, not
/// 127.58000183105469.
#[expect(clippy::cast_possible_truncation, reason = "the digits beyond are noise")]
fn amount(price: f64, scale: f64) -> Option<Amount> {
    let shortest: f64 = (price as f32).to_string().parse().ok()?;
    Amount::from_f64(shortest * scale).filter(|amount| amount.units() > 0)
}
