//! What trading on probabilities would have earned.

use super::{
    evaluation::{Case, Who},
    panel::{Panel, change},
};
use quant::performance::{Record, TRADING_DAYS, Trials, measure};
use std::collections::BTreeMap;

/// Sharpe ratio for a year, and the probability that it is above 0 after so many trials.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Worth {
    pub sharpe: Option<f64>,
    pub deflated: Option<f64>,
}

/// Holds equal parts of all stocks, long where a rise is likelier and short where it is not, each for the horizon.
///
/// Decided and traded at the same close, as if it could be; costs are a share of what is traded, and interest is none.
/// Nothing is earned by whoever says one half of everything.
pub(super) fn worth(panel: &Panel<'_>, cases: &[Case], who: Who, terms: &Terms) -> Worth {
    let returns = returns(panel, &weights(cases, who, terms.horizon), terms.costs);
    let performance = measure(&returns, TRADING_DAYS);
    // The variance of the ratios of trials without skill.
    let trials = Trials { count: terms.trials as u64, variance: 1.0 / returns.len().max(1) as f64 };
    Worth {
        sharpe: performance.and_then(|performance| performance.sharpe),
        deflated: Record::of(&returns).and_then(|record| record.deflated(&trials)),
    }
}

/// Under which conditions to trade.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub horizon: usize,
    /// A share of what is traded.
    pub costs: f64,
    /// How many models were tried.
    pub trials: usize,
}

/// By day and series: the share of the whole, negative if short. With a horizon of several days so many decisions overlap.
type Weights = BTreeMap<usize, BTreeMap<usize, f64>>;

fn weights(cases: &[Case], who: Who, horizon: usize) -> Weights {
    let mut weights = Weights::new();
    for day in cases.chunk_by(|one, other| one.row.day == other.row.day) {
        let part = 1.0 / (day.len() * horizon) as f64;
        for case in day {
            let lead = case.said(who).probability_up - 0.5;
            let weight = if lead.abs() > 0.0 { part * lead.signum() } else { 0.0 };
            for later in (case.row.day..case.row.day + horizon).filter(|_| lead.abs() > 0.0) {
                *weights.entry(later).or_default().entry(case.row.series).or_default() += weight;
            }
        }
    }
    weights
}

/// By day that anything was held: what it earned until the next.
fn returns(panel: &Panel<'_>, weights: &Weights, costs: f64) -> Vec<f64> {
    let none = BTreeMap::new();
    let mut before = &none;
    let mut returns = Vec::new();
    for (day, held) in weights {
        let earned: f64 =
            held.iter().map(|(series, weight)| weight * next(panel, *series, *day).unwrap_or(0.0)).sum();
        let bought = held.iter().map(|(series, weight)| (weight - before.get(series).unwrap_or(&0.0)).abs());
        let sold =
            before.iter().filter(|(series, _)| !held.contains_key(series)).map(|(_, weight)| weight.abs());
        returns.push(earned - costs * bought.chain(sold).sum::<f64>());
        before = held;
    }
    returns
}

/// The return from a day to the next of the calendar.
fn next(panel: &Panel<'_>, series: usize, day: usize) -> Option<f64> {
    let series = &panel.series[series];
    let at = series.days.binary_search(&panel.calendar[day]).ok()?;
    let is_next = series.days.get(at + 1)? == panel.calendar.get(day + 1)?;
    change(series.closes[at], series.closes[at + 1]).filter(|_| is_next)
}
