//! Runs of bars that are off by a known factor.

use super::{Defect, Kind, Repair, prepared::Prepared};
use crate::adjustment::Action;
use std::collections::BTreeMap;

/// How far from a hundredfold a jump may be, as a logarithm.
const UNIT_TOLERANCE: f64 = 0.35;
/// How far from its ratio the jump of a split may be, of the ratio's logarithm.
const SPLIT_TOLERANCE: f64 = 0.15;
/// Less than this is lost among ordinary returns.
const LEAST_SPLIT: f64 = 0.2;
/// Sessions after an ex-date that tell which side of it is right.
const LEAST_AFTER: usize = 2;
/// A longer run is rather a change of the quotation than a slip.
const LONGEST_CERTAIN: usize = 5;
/// A shorter series says too little about what is usual.
const LEAST_CERTAIN: usize = 20;
/// How far a repaired bar may be from its neighbours, as a logarithm.
const CERTAIN_TOLERANCE: f64 = 0.15;

/// Bars in another unit than most sessions with trades.
pub(super) fn unit_errors<D: Copy + Ord>(series: &mut Prepared<'_, D>) -> Vec<Defect<D>> {
    let step = 100.0_f64.ln();
    let levels = levels(&series.jumps, step, UNIT_TOLERANCE);
    let Some(right) = traded_level(series, &levels) else { return Vec::new() };
    let mut defects = off(series, &levels, right, step, Kind::UnitError);
    let days: Vec<usize> = (0..levels.len()).filter(|at| levels[*at] != right).collect();
    for (defect, at) in defects.iter_mut().zip(days) {
        defect.is_certain = is_certain(series, &levels, right, at);
    }
    defects
}

/// Bars on the wrong side of a split that is known.
///
/// The sessions after the ex-date are taken to be right. Traded prices without adjusted ones are left alone where the run
/// begins with the series: whether it was ever adjusted can't be told.
pub(super) fn bad_splits<D: Copy + Ord>(series: &mut Prepared<'_, D>) -> Vec<Defect<D>> {
    let mut defects = Vec::new();
    for (day, action) in series.actions {
        let Action::Split { new, old } = action else { continue };
        let step = (new / old).ln();
        let ex = series.at(*day);
        if !step.is_finite() || step.abs() < LEAST_SPLIT || series.bars.len() < ex + LEAST_AFTER {
            continue;
        }
        let levels = levels(&series.jumps, step, SPLIT_TOLERANCE * step.abs());
        let Some(right) = most(levels[ex..].iter().copied()) else { continue };
        let is_traded = series.bars.iter().any(|(_, bar)| bar.adjusted_close.is_none());
        if !(is_traded && levels[0] != right) {
            defects.extend(off(series, &levels, right, step, Kind::BadSplit));
        }
    }
    defects
}

/// Counts the jumps by `step`, up and down.
fn levels(jumps: &[f64], step: f64, tolerance: f64) -> Vec<i32> {
    let walk = jumps.iter().scan(0, |level, jump| {
        if (jump - step).abs() <= tolerance {
            *level += 1;
        } else if (jump + step).abs() <= tolerance {
            *level -= 1;
        }
        Some(*level)
    });
    walk.collect()
}

fn off<D: Copy + Ord>(
    series: &mut Prepared<'_, D>,
    levels: &[i32],
    right: i32,
    step: f64,
    kind: Kind,
) -> Vec<Defect<D>> {
    let mut defects = Vec::new();
    for (at, level) in levels.iter().enumerate().filter(|(_, level)| **level != right) {
        // What is wrong for one reason is not looked at for another.
        if std::mem::replace(&mut series.is_wrong[at], true) {
            continue;
        }
        let prices = (step * f64::from(right - level)).exp();
        // A hundredfold is one exactly.
        let prices = if kind == Kind::UnitError { 100.0_f64.powi(right - level) } else { prices };
        let volume = if kind == Kind::UnitError { 1.0 } else { prices.recip() };
        let (day, bar) = series.bars[at];
        let evidence = vec![("close", bar.close), ("factor", prices), ("jump", series.jumps[at].exp())];
        let repair = Some(Repair::Scale { prices, volume });
        defects.push(Defect { day, kind, evidence, repair, is_certain: false });
    }
    defects
}

/// The level of most sessions with trades; without volumes, of most sessions. `None` if there is but one level.
fn traded_level<D: Copy + Ord>(series: &Prepared<'_, D>, levels: &[i32]) -> Option<i32> {
    let first = levels.first()?;
    if levels.iter().all(|level| level == first) {
        return None;
    }
    let is_traded = |at: &usize| series.bars[*at].1.volume.is_some_and(|volume| volume > 0.0);
    let traded = most((0..levels.len()).filter(is_traded).map(|at| levels[at]));
    traded.or_else(|| most(levels.iter().copied()))
}

/// The most frequent; of several the highest.
fn most(levels: impl Iterator<Item = i32>) -> Option<i32> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    levels.for_each(|level| *counts.entry(level).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(level, _)| level)
}

/// A short run between right bars, to which it fits when it is repaired, and no split near.
fn is_certain<D: Copy + Ord>(series: &Prepared<'_, D>, levels: &[i32], right: i32, at: usize) -> bool {
    let is_right = |at: &usize| levels[*at] == right;
    let before = (0..at).rev().find(is_right);
    let after = (at..levels.len()).find(is_right);
    let Some((before, after)) = before.zip(after) else { return false };
    let price = series.price(at) * 100.0_f64.powi(right - levels[at]);
    let fits = |other: usize| (price / series.price(other)).ln().abs() <= CERTAIN_TOLERANCE;
    let near = before.saturating_sub(LONGEST_CERTAIN)..=after + LONGEST_CERTAIN;
    let is_split = |action: &Action| matches!(action, Action::Split { .. });
    let has_split =
        series.actions.iter().any(|(day, action)| is_split(action) && near.contains(&series.at(*day)));
    let is_short = after - before - 1 <= LONGEST_CERTAIN && levels.len() >= LEAST_CERTAIN;
    is_short && fits(before) && fits(after) && !has_split
}
