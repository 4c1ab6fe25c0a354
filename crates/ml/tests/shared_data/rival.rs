//! Those whose intervals a model has to beat.

use ml::forecast::Series;
use quant::interval::{Garch, Interval, historical};
use std::collections::BTreeMap;

/// The 95 % and the 99 % interval.
pub type Pair = [Interval; 2];

const COVERAGES: [f64; 2] = [0.95, 0.99];

/// Days that the past is made of.
const WINDOW: usize = 250;

/// Days after which the parameters of GARCH are found anew, from all returns until then.
const REFIT: usize = 125;

/// By the horizon's last day: returns over it.
fn over(closes: &[f64], horizon: usize) -> Vec<f64> {
    closes.windows(horizon + 1).map(|days| days[horizon] / days[0] - 1.0).collect()
}

/// By the day after whose close they are said, from the day `from`: past quantiles of 250 returns, and GARCH(1,1).
pub fn rivals(series: &Series, from: i32, horizon: usize) -> BTreeMap<i32, [Pair; 2]> {
    let returns: Vec<f64> =
        quant::returns::simple(&series.closes).into_iter().map(|change| change.unwrap_or(0.0)).collect();
    let first = series.days.partition_point(|day| *day < from);
    let mut garch = None;
    let mut found = BTreeMap::new();
    for at in first..series.days.len() {
        // The first return of all is none.
        let past = &returns[1..=at];
        garch = match garch {
            Some(mut model) if !(at - first).is_multiple_of(REFIT) => {
                Garch::push(&mut model, returns[at]);
                Some(model)
            }
            before => Garch::fit(past).or(before),
        };
        let recent = over(&series.closes[at.saturating_sub(WINDOW + horizon - 1)..=at], horizon);
        let past = COVERAGES.map(|coverage| historical(&recent, coverage).expect("finite returns"));
        let model = garch.expect("returns that move");
        let steps = u32::try_from(horizon).expect("a few days");
        let model = COVERAGES.map(|coverage| model.interval(steps, coverage).expect("a coverage"));
        found.insert(series.days[at], [past, model]);
    }
    found
}
