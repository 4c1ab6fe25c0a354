//! Quotes: the newest of each stock, stored and announced.

use super::{Error, Symbol, stock};
use crate::insert::insert_all;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    Amount, SourceKind,
    market::quote::{ActiveModel, Column, Entity, Model},
};
use platform::{Platform, calendar::Calendar};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The bus topic that carries `Vec<Quote>` as JSON.
pub const TOPIC: &str = "market.quotes";

/// A quote that is older than this while the exchange is open is stale.
const FRESH: TimeDelta = TimeDelta::minutes(15);

/// What a stock trades at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    pub symbol: Symbol,
    pub price: Amount,
    pub open: Option<Amount>,
    pub high: Option<Amount>,
    pub low: Option<Amount>,
    pub previous_close: Option<Amount>,
    pub volume: Option<i64>,
    pub as_of: DateTime<Utc>,
    pub source: SourceKind,
}

impl Quote {
    /// Price minus previous close.
    pub fn change(&self) -> Option<Amount> {
        self.previous_close.map(|previous| Amount::from_units(self.price.units() - previous.units()))
    }

    /// The change in percent of the previous close.
    pub fn change_percent(&self) -> Option<f64> {
        let previous = self.previous_close.filter(|previous| previous.units() > 0)?;
        // The exact difference first: the ratio of two prices is near 1 and has lost its digits.
        Some(100.0 * self.change()?.to_f64() / previous.to_f64())
    }

    /// Whether the quote should be newer: older than 15 minutes, and older than the last close when the exchange rests.
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        let calendar = Calendar::new_york();
        let expected = if calendar.is_open(now) { now } else { calendar.last_closed_session(now).close };
        self.as_of < expected - FRESH
    }

    /// Whether it takes the place of `old`: the newer one does, and a real one that of a simulated one, never the reverse.
    ///
    /// A correction of the same moment counts.
    pub fn replaces(&self, old: &Self) -> bool {
        let is_real = |quote: &Self| quote.source != SourceKind::Simulated;
        match (is_real(self), is_real(old)) {
            (true, false) => true,
            (false, true) => false,
            _ => self.as_of >= old.as_of,
        }
    }

    /// This quote with the price of `newer`, if that is of the same trading day: a trade tells a price and nothing else.
    #[must_use]
    pub fn brought_to(self, newer: &Self) -> Self {
        let zone = Calendar::new_york().time_zone();
        let day = |quote: &Self| quote.as_of.with_timezone(&zone).date_naive();
        let is_real = newer.source != SourceKind::Simulated;
        if !is_real || newer.as_of <= self.as_of || day(newer) != day(&self) {
            return self;
        }
        let price = newer.price;
        Self {
            price,
            high: self.high.map(|high| Ord::max(high, price)),
            low: self.low.map(|low| Ord::min(low, price)),
            as_of: newer.as_of,
            ..self
        }
    }

    pub(super) fn from_row(symbol: &str, row: &Model) -> Result<Self, Error> {
        Ok(Self {
            symbol: symbol.parse()?,
            price: row.price,
            open: row.open,
            high: row.high,
            low: row.low,
            previous_close: row.previous_close,
            volume: row.volume,
            as_of: row.as_of,
            source: row.source,
        })
    }
}

/// The quotes of the stocks with `ids`, by stock.
pub async fn by_stocks(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Quote>, Error> {
    let rows = Entity::find()
        .filter(Column::StockId.is_in(ids))
        .find_also_related(entity::market::stock::Entity)
        .all(db)
        .await?;
    let quotes = rows.into_iter().filter_map(|(row, stock)| Some((row, stock?)));
    quotes.map(|(row, stock)| Ok((stock.id, Quote::from_row(&stock.symbol, &row)?))).collect()
}

/// All quotes.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Quote>, Error> {
    let rows = Entity::find().find_also_related(entity::market::stock::Entity).all(db).await?;
    let quotes = rows.into_iter().filter_map(|(row, stock)| Some((row, stock?)));
    quotes.map(|(row, stock)| Quote::from_row(&stock.symbol, &row)).collect()
}

/// Stores quotes that are newer than the stored ones, and tells all processes.
pub async fn store(platform: &Platform, quotes: &[Quote]) -> Result<(), Error> {
    let ids = stock::ids_by_symbol(platform.db.connection()).await?;
    let now = platform.clock.now();
    let known = newest(quotes.iter().filter(|quote| ids.contains_key(quote.symbol.as_str())));
    if known.is_empty() {
        return Ok(());
    }
    let rows = known.iter().map(|quote| row(ids[quote.symbol.as_str()], quote, now));
    let txn = platform.db.begin().await?;
    insert_all(&txn, rows.collect(), Some(newer_wins())).await?;
    txn.commit().await?;
    let payload = serde_json::to_string(&known).expect("a quote is plain data");
    platform.bus.publish(TOPIC, payload).await;
    Ok(())
}

/// One quote per symbol: PostgreSQL refuses to touch a row twice in one statement.
fn newest<'a>(quotes: impl Iterator<Item = &'a Quote>) -> Vec<&'a Quote> {
    let mut newest: BTreeMap<&str, &Quote> = BTreeMap::new();
    for quote in quotes {
        let known = newest.entry(quote.symbol.as_str()).or_insert(quote);
        if quote.replaces(known) {
            *known = quote;
        }
    }
    newest.into_values().collect()
}

fn row(stock_id: Uuid, quote: &Quote, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        stock_id: Set(stock_id),
        price: Set(quote.price),
        open: Set(quote.open),
        high: Set(quote.high),
        low: Set(quote.low),
        previous_close: Set(quote.previous_close),
        volume: Set(quote.volume),
        as_of: Set(quote.as_of),
        source: Set(quote.source),
        known_at: Set(now),
    }
}

/// The same as [`Quote::replaces`].
fn newer_wins() -> OnConflict {
    use Column as C;
    let simulated = |table: &'static str| Expr::col((table, C::Source)).eq(SourceKind::Simulated);
    let real = |table: &'static str| Expr::col((table, C::Source)).ne(SourceKind::Simulated);
    let newer = Expr::col(("excluded", C::AsOf)).gte(Expr::col(("quote", C::AsOf)));
    let alike = real("excluded").or(simulated("quote"));
    let better = newer.and(alike).or(real("excluded").and(simulated("quote")));
    OnConflict::column(C::StockId)
        .update_columns([
            C::Price,
            C::Open,
            C::High,
            C::Low,
            C::PreviousClose,
            C::Volume,
            C::AsOf,
            C::Source,
            C::KnownAt,
        ])
        .action_and_where(better)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Amount, Quote, SourceKind};

    fn quote(price: f64, as_of: &str, previous_close: Option<f64>) -> Quote {
        let amount = |value| Amount::from_f64(value).unwrap();
        Quote {
            symbol: "AAPL".parse().unwrap(),
            price: amount(price),
            open: previous_close.map(amount),
            high: previous_close.map(|_| amount(101.0)),
            low: previous_close.map(|_| amount(99.0)),
            previous_close: previous_close.map(amount),
            volume: None,
            as_of: as_of.parse().unwrap(),
            source: SourceKind::Finnhub,
        }
    }

    #[test]
    fn a_trade_after_a_quote_moves_its_price_and_leaves_the_day_before() {
        let asked = quote(100.0, "2026-03-02T15:00:00Z", Some(98.0));
        let traded = quote(103.0, "2026-03-02T15:00:00.250Z", None);
        let found = asked.clone().brought_to(&traded);
        assert_eq!(
            (found.price, found.as_of, found.previous_close),
            (traded.price, traded.as_of, asked.previous_close)
        );
        assert_eq!((found.high, found.low), (Some(traded.price), asked.low));
        // What is older, simulated, or of another day in New York says nothing.
        let older = quote(90.0, "2026-03-02T14:59:59Z", None);
        let simulated = Quote { source: SourceKind::Simulated, ..traded.clone() };
        let tomorrow = quote(90.0, "2026-03-03T15:00:00Z", None);
        for other in [older, simulated, tomorrow] {
            assert_eq!(asked.clone().brought_to(&other), asked);
        }
    }
}
