//! What is wrong with a daily price series.
//!
//! Finds gaps, repeats, wrong units, misplaced and missing splits, and spikes, each with its evidence and, where the data
//! tell it, a repair. Never changes a price.

mod jump;
mod level;
mod prepared;
mod session;
#[cfg(test)]
mod tests;

use crate::adjustment::Action;
use prepared::Prepared;

/// One session's prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub open: Option<f64>,
    pub high: Option<f64>,
    pub low: Option<f64>,
    pub close: f64,
    /// For splits and dividends, where the source says.
    pub adjusted_close: Option<f64>,
    pub volume: Option<f64>,
}

/// A series and what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a, D> {
    /// In any order.
    pub bars: &'a [(D, Bar)],
    /// The days on which the exchange traded.
    pub sessions: &'a [D],
    pub actions: &'a [(D, Action)],
}

/// Something that can't be right, or is hard to believe.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect<D> {
    pub day: D,
    pub kind: Kind,
    /// Numbers by name.
    pub evidence: Vec<(&'static str, f64)>,
    pub repair: Option<Repair>,
    /// Whether the repair may be made without asking anyone.
    pub is_certain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The exchange traded, and there is no bar.
    Gap,
    /// A second bar of a day, or one that repeats all numbers of the session before.
    Duplicate,
    /// A hundred times too high or too low: pence for pounds, cents for dollars.
    UnitError,
    /// On the wrong side of a known split.
    BadSplit,
    /// A jump that a split explains, and no split is known.
    MissingSplit,
    /// A jump that is taken back by the next session.
    Spike,
}

/// What would make it right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repair {
    /// Multiply the day's prices, and its volume.
    Scale { prices: f64, volume: f64 },
    /// Record a split with this ex-date.
    Split { new: f64, old: f64 },
}

/// All defects of a series, by day and kind.
///
/// Bars whose prices are not finite or not positive are left out, as if they were not there.
pub fn detect<D: Copy + Ord>(series: &Series<'_, D>) -> Vec<Defect<D>> {
    let (bars, mut defects) = session::unique(series.bars);
    defects.extend(session::gaps(&bars, series.sessions));
    let mut prepared = Prepared::new(bars, series.actions);
    defects.extend(level::unit_errors(&mut prepared));
    defects.extend(level::bad_splits(&mut prepared));
    defects.extend(jump::spikes(&mut prepared));
    defects.extend(jump::missing_splits(&prepared));
    defects.sort_by_key(|defect| (defect.day, defect.kind));
    defects
}
