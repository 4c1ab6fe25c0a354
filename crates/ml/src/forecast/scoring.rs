//! Scores of what was said.

use super::{
    Advantage, LEVELS, Regime, Scores, Share,
    evaluation::{Case, Who},
    outlook::Outlook,
    panel::Panel,
    strategy::{Terms, worth},
};
use quant::{interval::Interval, score};
use std::collections::BTreeMap;

/// The scores of one forecaster; `None` without cases.
pub(super) fn scores(
    panel: &Panel<'_>,
    cases: &[Case],
    (name, who): (&str, Who),
    terms: &Terms,
) -> Option<Scores> {
    let mae = mean(cases, |case| (case.said(who).median() - case.row.change).abs())?;
    let naive = mean(cases, |case| case.row.change.abs())?;
    let sides = Sides::of(cases, who);
    let crps = |case: &Case| {
        let quantiles: Vec<_> = LEVELS.into_iter().zip(case.said(who).quantiles).collect();
        score::crps_of_quantiles(&quantiles, case.row.change).unwrap_or(f64::NAN)
    };
    let chances: Vec<_> =
        cases.iter().map(|case| (case.said(who).probability_up, case.row.change > 0.0)).collect();
    let worth = worth(panel, cases, who, terms);
    Some(Scores {
        name: name.to_owned(),
        mae,
        mae_ratio_to_naive: Some(mae / naive).filter(|ratio| ratio.is_finite()),
        accuracy: sides.accuracy(),
        precision: sides.precision(),
        recall: sides.recall(),
        f1: sides.f1(),
        brier: score::brier(&chances),
        pinball: mean(cases, |case| pinball(case.said(who), case.row.change))?,
        crps: mean(cases, crps)?,
        coverage_95: covered(cases, |case| case.said(who).interval_95)?,
        coverage_99: covered(cases, |case| case.said(who).interval_99)?,
        width_95: mean(cases, |case| case.said(who).interval_95.width())?,
        sharpe: worth.sharpe,
        deflated_sharpe: worth.deflated,
    })
}

fn mean(cases: &[Case], of: impl Fn(&Case) -> f64) -> Option<f64> {
    (!cases.is_empty()).then(|| cases.iter().map(of).sum::<f64>() / cases.len() as f64)
}

/// The mean pinball loss of all levels.
pub(super) fn pinball(said: &Outlook, came: f64) -> f64 {
    let loss = |(level, quantile): (f64, f64)| {
        let error = came - quantile;
        (level * error).max((level - 1.0) * error)
    };
    LEVELS.into_iter().zip(said.quantiles).map(loss).sum::<f64>() / LEVELS.len() as f64
}

fn covered(cases: &[Case], interval: impl Fn(&Case) -> Interval) -> Option<Share> {
    let hits = cases.iter().map(|case| interval(case).contains(case.row.change));
    Share::of(score::Proportion::of(hits))
}

impl Share {
    fn of(proportion: score::Proportion) -> Option<Self> {
        let (share, interval) = (proportion.share()?, proportion.interval()?);
        Some(Self { share, low: interval.low, high: interval.high })
    }
}

/// How often which side was said and came, of the cases where one was.
#[derive(Default)]
struct Sides {
    right_up: u64,
    wrong_up: u64,
    right_down: u64,
    wrong_down: u64,
}

impl Sides {
    fn of(cases: &[Case], who: Who) -> Self {
        let mut sides = Self::default();
        for case in cases {
            let (lead, came) = (case.said(who).probability_up - 0.5, case.row.change);
            if lead.abs() > 0.0 && came.abs() > 0.0 {
                let count = match (lead > 0.0, came > 0.0) {
                    (true, true) => &mut sides.right_up,
                    (true, false) => &mut sides.wrong_up,
                    (false, false) => &mut sides.right_down,
                    (false, true) => &mut sides.wrong_down,
                };
                *count += 1;
            }
        }
        sides
    }

    fn accuracy(&self) -> Option<Share> {
        let hits = self.right_up + self.right_down;
        Share::of(score::Proportion { hits, total: hits + self.wrong_up + self.wrong_down })
    }

    fn precision(&self) -> Option<f64> {
        score::Proportion { hits: self.right_up, total: self.right_up + self.wrong_up }.share()
    }

    fn recall(&self) -> Option<f64> {
        score::Proportion { hits: self.right_up, total: self.right_up + self.wrong_down }.share()
    }

    /// The harmonic mean of precision and recall.
    fn f1(&self) -> Option<f64> {
        let hits = 2 * self.right_up;
        score::Proportion { hits, total: hits + self.wrong_up + self.wrong_down }.share()
    }
}

/// Whether the model's mean loss of a day is less than the naive one's; cases are in order of days.
///
/// Stocks of one day move together, so that a day is one observation; the horizon is the test's.
pub(super) fn advantage(
    cases: &[Case],
    horizon: usize,
    loss: impl Fn(&Outlook, f64) -> f64,
) -> Option<Advantage> {
    let day = |cases: &[Case]| {
        let mean = |who| mean(cases, |case| loss(case.said(who), case.row.change));
        Some((mean(Who::Model)?, mean(Who::Naive)?))
    };
    let days = cases.chunk_by(|one, other| one.row.day == other.row.day).filter_map(day);
    let found = score::diebold_mariano(&days.collect::<Vec<_>>(), horizon)?;
    let score::Comparison { mean_difference, statistic, p_value } = found;
    Some(Advantage { mean_difference, statistic, p_value })
}

/// How the model's intervals did on the calmest and on the wildest fifth of days, by the mean scale of a day's stocks.
pub(super) fn regimes(cases: &[Case]) -> Vec<Regime> {
    let mut days = BTreeMap::<usize, (f64, f64)>::new();
    for case in cases {
        let day = days.entry(case.row.day).or_default();
        *day = (day.0 + case.scale, day.1 + 1.0);
    }
    let mut order: Vec<(usize, f64)> =
        days.into_iter().map(|(day, (sum, count))| (day, sum / count)).collect();
    order.sort_by(|one, other| one.1.total_cmp(&other.1));
    let fifth = order.len() / 5;
    let parts = [("calm", &order[..fifth]), ("wild", &order[order.len() - fifth..])];
    parts.into_iter().filter_map(|(name, days)| regime(cases, name, days)).collect()
}

fn regime(cases: &[Case], name: &str, days: &[(usize, f64)]) -> Option<Regime> {
    let days: std::collections::BTreeSet<usize> = days.iter().map(|(day, _)| *day).collect();
    let cases: Vec<Case> = cases.iter().filter(|case| days.contains(&case.row.day)).cloned().collect();
    Some(Regime {
        name: name.to_owned(),
        rows: cases.len(),
        coverage_95: covered(&cases, |case| case.model.interval_95)?,
        coverage_99: covered(&cases, |case| case.model.interval_99)?,
    })
}
