//! A market that never closes: prices, quotes and posts out of nothing but a seed and the time.
//!
//! Owns a universe of about a hundred well-known symbols whose prices are invented. Everything is a pure function of
//! seed, symbol and time: the same question has the same answer later and elsewhere, whatever was asked before.
//!
//! Reads the clock only to leave out the bars of sessions that are not over. Never keeps what it can't compute again:
//! what it caches only saves time.

mod model;
mod moment;
mod noise;
mod post;
mod price;
mod series;
#[cfg(test)]
mod tests;
mod universe;

use self::{
    model::{Model, Stock},
    moment::Moment,
};
use super::{Habit, History, PostSource, PriceSource, QuoteSource, StockSource, VendorError};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    market::{NewBar, NewStock, Quote, Symbol},
    news::NewPost,
};
use entity::SourceKind;
use platform::{calendar::Calendar, clock::Clock};
use std::ops::{Range, RangeInclusive};

/// The simulated market of one seed.
///
/// Its first session is 2021-01-04. Prices have two decimals, those of quotes four.
#[derive(Debug)]
pub struct SimulatedMarket {
    model: Model,
    clock: Clock,
}

impl SimulatedMarket {
    pub fn new(seed: u64) -> Self {
        Self { model: Model::new(seed), clock: Clock::system() }
    }

    /// Decides by `clock`, not by the system's, which sessions are over.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The deterministic subset of `collect`, with the same ids, that is enough for the past: about 800 posts a day.
    pub fn history(&self, symbols: &[Symbol], range: Range<DateTime<Utc>>) -> Vec<NewPost> {
        post::within(&self.model, symbols, range, post::Density::History)
    }

    /// The bars of all sessions within `days`, by symbol and day, whether they are over or not.
    fn all_bars(&self, symbols: &[Symbol], days: &RangeInclusive<NaiveDate>) -> Vec<NewBar> {
        let sessions: Vec<_> = moment::sessions(*days.start(), *days.end())
            .map(|(number, session)| (number, session.day, self.model.factor_grids(number)))
            .collect();
        let bars = self.known(symbols).flat_map(|stock| {
            sessions
                .iter()
                .map(|(number, day, factors)| price::bar(&self.model, stock, (*number, *day), factors))
        });
        bars.collect()
    }

    fn all_quotes(&self, symbols: &[Symbol], time: DateTime<Utc>) -> Vec<Quote> {
        let Some(moment) = Moment::of(time) else { return Vec::new() };
        let Some(session) = moment.begun() else { return Vec::new() };
        let factors = self.model.factor_grids(session);
        let quote = |stock| price::quote(&self.model, stock, (time, &moment), &factors);
        self.known(symbols).filter_map(quote).collect()
    }

    fn known<'a>(&'a self, symbols: &'a [Symbol]) -> impl Iterator<Item = &'a Stock> {
        symbols.iter().filter_map(|symbol| self.model.find(symbol))
    }
}

#[async_trait::async_trait]
impl PriceSource for SimulatedMarket {
    fn kind(&self) -> SourceKind {
        SourceKind::Simulated
    }

    async fn bars(
        &self,
        symbols: &[Symbol],
        days: RangeInclusive<NaiveDate>,
    ) -> Result<History, VendorError> {
        let last = Calendar::new_york().last_closed_session(self.clock.now()).day;
        let bars = self.all_bars(symbols, &(*days.start()..=last.min(*days.end())));
        Ok(History { bars, actions: Vec::new() })
    }
}

#[async_trait::async_trait]
impl QuoteSource for SimulatedMarket {
    fn kind(&self) -> SourceKind {
        SourceKind::Simulated
    }

    async fn quotes(&self, symbols: &[Symbol], time: DateTime<Utc>) -> Result<Vec<Quote>, VendorError> {
        Ok(self.all_quotes(symbols, time))
    }
}

#[async_trait::async_trait]
impl PostSource for SimulatedMarket {
    fn kind(&self) -> SourceKind {
        SourceKind::Simulated
    }

    fn habit(&self) -> Habit {
        Habit { reach: None, pace: TimeDelta::seconds(3), delay: TimeDelta::zero() }
    }

    /// At least one post in every 10 seconds over all symbols, about 11 a minute.
    async fn collect(
        &self,
        symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        Ok(post::within(&self.model, symbols, range, post::Density::Live))
    }

    async fn validate_connection(&self) -> Result<(), VendorError> {
        Ok(())
    }
}

impl StockSource for SimulatedMarket {
    fn stocks(&self) -> Vec<NewStock> {
        self.model.stocks().iter().map(|stock| stock.listing.stock.clone()).collect()
    }
}
