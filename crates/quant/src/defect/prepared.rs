//! A series made ready for the search.

use super::Bar;
use crate::adjustment::{Action, step};

/// Makes the median absolute deviation of a normal sample its standard deviation.
const NORMAL: f64 = 1.4826;
/// A quieter series than this is one of few trades.
const LEAST_SPREAD: f64 = 0.01;
const RECENT: usize = 20;

/// Unique bars in order, each with what its price did since the one before.
#[derive(Debug)]
pub(super) struct Prepared<'a, D> {
    pub bars: Vec<(D, Bar)>,
    pub actions: &'a [(D, Action)],
    /// Logarithms of price over price before, less what the known actions explain; 0 for the first.
    pub jumps: Vec<f64>,
    /// Bars that are known to be wrong.
    pub is_wrong: Vec<bool>,
    /// A standard deviation of the jumps that the wild ones do not move.
    pub spread: f64,
}

impl<'a, D: Copy + Ord> Prepared<'a, D> {
    pub fn new(bars: Vec<(D, Bar)>, actions: &'a [(D, Action)]) -> Self {
        let first = bars.first().map(|_| 0.0);
        let jumps: Vec<f64> =
            first.into_iter().chain(bars.windows(2).map(|pair| unexplained(pair, actions))).collect();
        let spread = spread(jumps.get(1..).unwrap_or_default());
        Self { is_wrong: vec![false; bars.len()], bars, actions, jumps, spread }
    }

    /// The price that jumps are measured on.
    pub fn price(&self, at: usize) -> f64 {
        price(&self.bars[at].1)
    }

    /// The median volume of the sessions before, as far as known.
    pub fn usual_volume(&self, at: usize) -> Option<f64> {
        let before = &self.bars[at.saturating_sub(RECENT)..at];
        let volumes = before.iter().filter_map(|(_, bar)| bar.volume).filter(|volume| *volume > 0.0);
        median(volumes.collect())
    }

    /// The bar whose day is `day`, or the next one.
    pub fn at(&self, day: D) -> usize {
        self.bars.partition_point(|(other, _)| *other < day)
    }
}

/// Sources adjust the past when they hear of an action, so adjusted prices jump only where one is missing. Traded prices
/// should jump at the ex-date; some sources say "close" and mean adjusted for splits, so what fits better counts.
fn unexplained<D: Copy + Ord>(pair: &[(D, Bar)], actions: &[(D, Action)]) -> f64 {
    let (before, now) = (&pair[0].1, &pair[1].1);
    if let (Some(before), Some(now)) = (before.adjusted_close, now.adjusted_close) {
        return (now / before).ln();
    }
    let jump = (price(now) / price(before)).ln();
    let between = actions.iter().filter(|action| pair[0].0 < action.0 && action.0 <= pair[1].0);
    let between: Vec<Action> = between.map(|action| action.1).collect();
    let dividends = between.iter().copied().filter(|action| matches!(action, Action::Dividend { .. }));
    let steps = [step(before.close, between.iter().copied()), step(before.close, dividends)];
    let candidates = steps.into_iter().flatten().map(|step| jump - step.full.ln());
    candidates.chain([jump]).min_by(|one, other| one.abs().total_cmp(&other.abs())).unwrap_or(jump)
}

fn price(bar: &Bar) -> f64 {
    bar.adjusted_close.unwrap_or(bar.close)
}

fn spread(jumps: &[f64]) -> f64 {
    let centre = median(jumps.to_vec()).unwrap_or_default();
    let deviations = jumps.iter().map(|jump| (jump - centre).abs()).collect();
    (median(deviations).unwrap_or_default() * NORMAL).max(LEAST_SPREAD)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}
