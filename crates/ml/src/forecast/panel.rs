//! A panel of stocks, row by row.

use super::{
    Error, Series,
    scale::{Moves, moves},
};
use std::collections::BTreeSet;

/// A day of a stock from which a return over the horizon is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub series: usize,
    /// The row of the series.
    pub at: usize,
    /// The day's place in the calendar.
    pub day: usize,
    /// The simple return over the horizon.
    pub change: f64,
}

/// Series that fit each other, and what can be learnt from them.
pub(super) struct Panel<'data> {
    pub series: &'data [Series],
    /// The days of all series, rising.
    pub calendar: Vec<i32>,
    /// By series and row.
    pub moves: Vec<Vec<Moves>>,
    /// By series, then day; a gap within the horizon leaves a row out.
    pub rows: Vec<Row>,
}

impl<'data> Panel<'data> {
    pub fn new(series: &'data [Series], columns: usize, horizon: usize) -> Result<Self, Error> {
        if series.is_empty() {
            return Err(Error::Empty);
        }
        series.iter().enumerate().try_for_each(|(place, one)| one.check(place, columns))?;
        let calendar: BTreeSet<i32> = series.iter().flat_map(|one| &one.days).copied().collect();
        let calendar: Vec<i32> = calendar.into_iter().collect();
        let moves = series.iter().map(|one| moves(&one.closes)).collect();
        let mut panel = Self { series, calendar, moves, rows: Vec::new() };
        panel.rows = (0..series.len()).flat_map(|place| panel.rows_of(place, horizon)).collect();
        Ok(panel)
    }

    fn rows_of(&self, place: usize, horizon: usize) -> Vec<Row> {
        let series = &self.series[place];
        let row = |at: usize| {
            let day = self.calendar.binary_search(&series.days[at]).ok()?;
            let is_whole = series.days.get(at + horizon)? == self.calendar.get(day + horizon)?;
            let moved = self.moves[place][at].is_some_and(|moves| moves[3] > 0.0);
            let change = change(series.closes[at], series.closes[at + horizon])?;
            (is_whole && moved).then_some(Row { series: place, at, day, change })
        };
        (0..series.days.len()).filter_map(row).collect()
    }

    /// The rows whose day's place in the calendar is within `days`.
    pub fn within(&self, days: &std::ops::Range<usize>) -> Vec<Row> {
        self.rows.iter().filter(|row| days.contains(&row.day)).copied().collect()
    }
}

impl Series {
    /// Refuses a series that does not fit itself or the panel.
    fn check(&self, place: usize, columns: usize) -> Result<(), Error> {
        let (days, rows, closes) = (self.days.len(), self.features.rows(), self.closes.len());
        if self.features.columns() != columns {
            return Err(Error::Columns { series: place, expected: columns, found: self.features.columns() });
        }
        if days != rows || days != closes {
            return Err(Error::Lengths { series: place, days, rows, closes });
        }
        let is_rising = self.days.is_sorted_by(|one, other| one < other);
        if is_rising { Ok(()) } else { Err(Error::Days(place)) }
    }
}

/// The simple return between two closes; `None` where one is no price.
pub(super) fn change(before: f64, after: f64) -> Option<f64> {
    let is_price = |price: f64| price.is_finite() && price > 0.0;
    (is_price(before) && is_price(after)).then(|| after / before - 1.0).filter(|change| change.is_finite())
}
