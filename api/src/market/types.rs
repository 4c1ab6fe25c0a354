//! Quotes, bars and the words for time.

use crate::{
    SourceKind,
    scalar::{Long, Symbol, decimal},
};
use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::{
    Window,
    market::{price, quote, stock},
};
use rust_decimal::Decimal;

/// How far back a question looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Timeframe")]
pub enum Timeframe {
    /// The last 24 hours.
    D1,
    /// The last 7 days.
    D7,
    /// The last 14 days.
    D14,
    /// The last 30 days.
    D30,
    /// The last 90 days.
    D90,
    /// The last 365 days.
    Y1,
    /// The last 1826 days.
    Y5,
    /// Everything.
    All,
}

/// The window of a timeframe that ends at `as_of`, or now.
pub fn window(timeframe: Timeframe, as_of: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Window {
    // Nobody knows the future: an `asOf` beyond now is now. And nothing was known before our era.
    Window::new(timeframe.into(), as_of.map_or(now, |as_of| representable(as_of).min(now)))
}

/// The nearest moment within the years 0 to 9999, which is all that RFC 3339 and the databases have.
pub fn representable(moment: DateTime<Utc>) -> DateTime<Utc> {
    let first_of = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("years have a first day");
    let within = |year| first_of(year).and_time(NaiveTime::MIN).and_utc();
    moment.clamp(within(0), within(9999))
}

/// The time that a price bar spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum BarInterval {
    /// One session of the exchange.
    Day,
}

/// Whether a stock is a company or stands for an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stock::Kind")]
pub enum StockKind {
    /// Shares of a company.
    Equity,
    /// A fund that tracks an index and stands for it.
    IndexFund,
}

/// Which stocks are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StockFilter {
    /// Only these symbols, at most 100.
    pub symbols: Option<Vec<Symbol>>,
    /// Only this sector, in its exact spelling.
    pub sector: Option<String>,
    /// Only this exchange, in its exact spelling.
    pub exchange: Option<String>,
    /// Only stocks that still trade, or only those that do not.
    pub is_active: Option<bool>,
    /// Only stocks on the watch-list, or only those that are not.
    pub is_watched: Option<bool>,
}

/// The order of a list of stocks.
#[derive(Clone, Debug, InputObject)]
pub struct StockOrder {
    /// What decides the order.
    #[graphql(default_with = "StockOrderField::Symbol")]
    pub field: StockOrderField,
    /// Which end comes first.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// What decides the order of stocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StockOrderField {
    /// The symbol, by character code.
    Symbol,
    /// The company's name.
    Name,
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The smallest first.
    Asc,
    /// The largest first.
    Desc,
}

/// What a stock trades at.
#[derive(Clone, Debug, SimpleObject)]
pub struct Quote {
    /// The stock.
    pub symbol: Symbol,
    /// The last price, in the currency of the exchange.
    pub price: Decimal,
    /// Price minus previous close; null without a previous close.
    pub change: Option<Decimal>,
    /// The change in percent of the previous close; null without a previous close.
    pub change_percent: Option<f64>,
    /// The first price of the current or last session; null if the source does not tell.
    pub open: Option<Decimal>,
    /// The highest price of the current or last session; null if the source does not tell.
    pub high: Option<Decimal>,
    /// The lowest price of the current or last session; null if the source does not tell.
    pub low: Option<Decimal>,
    /// The close of the session before; null if the source does not tell.
    pub previous_close: Option<Decimal>,
    /// Shares traded in the current or last session; null if the source does not tell.
    pub volume: Option<Long>,
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Who says so.
    pub source: SourceKind,
    /// Whether a newer quote was due: older than 15 minutes while the exchange is open, or from before its last close.
    pub is_stale: bool,
}

impl Quote {
    /// The quote as seen at `now`.
    pub fn new(quote: &quote::Quote, now: DateTime<Utc>) -> Self {
        Self {
            symbol: Symbol(quote.symbol.clone()),
            price: decimal(quote.price),
            change: quote.change().map(decimal),
            change_percent: quote.change_percent(),
            open: quote.open.map(decimal),
            high: quote.high.map(decimal),
            low: quote.low.map(decimal),
            previous_close: quote.previous_close.map(decimal),
            volume: quote.volume.map(Long),
            as_of: quote.as_of,
            source: quote.source.into(),
            is_stale: quote.is_stale(now),
        }
    }
}

/// The prices of one session.
#[derive(Clone, Debug, SimpleObject)]
pub struct PriceBar {
    /// The start of the bar; for a day, midnight UTC of the session's date.
    pub time: DateTime<Utc>,
    /// The first price; null if the source does not tell.
    pub open: Option<Decimal>,
    /// The highest price; null if the source does not tell.
    pub high: Option<Decimal>,
    /// The lowest price; null if the source does not tell.
    pub low: Option<Decimal>,
    /// The last price.
    pub close: Decimal,
    /// The last price adjusted for splits and dividends; null if the source does not tell.
    pub adjusted_close: Option<Decimal>,
    /// Shares traded; null if the source does not tell.
    pub volume: Option<Long>,
    /// Who says so.
    pub source: SourceKind,
}

/// Decimals of an adjusted price.
const ADJUSTED_SCALE: u32 = 8;

impl PriceBar {
    /// The bar as traded, or with all prices multiplied by adjusted close / close.
    pub fn new(row: &price::Row, adjusted: Adjustment) -> Self {
        let close = decimal(row.close);
        let adjusted_close = row.adjusted_close.map(decimal);
        let scale = |price: Decimal| match (adjusted, adjusted_close) {
            (Adjustment::Adjusted, Some(adjusted)) if !close.is_zero() => {
                (price * adjusted / close).round_dp(ADJUSTED_SCALE).normalize()
            }
            _ => price,
        };
        let price = |amount: Option<domain::Amount>| amount.map(decimal).map(scale);
        Self {
            time: row.time,
            open: price(row.open),
            high: price(row.high),
            low: price(row.low),
            close: scale(close),
            adjusted_close,
            volume: row.volume.map(Long),
            source: row.source.into(),
        }
    }
}

/// Whether prices are as they were traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Adjustment {
    Traded,
    Adjusted,
}
