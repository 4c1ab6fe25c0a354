//! The model walked forward through the panel: what it, and others, said of days that it had not seen.

use super::{
    Adaptive, Asked, Error, Fold, Settings, Span,
    baseline::Baseline,
    fitting::{Fitted, fit, quantiles},
    outlook::Outlook,
    panel::{Panel, Row},
    progress::Watch,
};
use crate::fold::Walk;
use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
};

/// A forecast that was made, and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Case {
    pub row: Row,
    pub scale: f64,
    pub model: Outlook,
    pub naive: Outlook,
    pub drift: Outlook,
}

/// All that was tested, by day, then series.
pub(super) struct Evaluation {
    pub folds: Vec<Fold>,
    pub cases: Vec<Case>,
}

/// Trains on what came before each test, and tests.
///
/// Intervals are asked for as they are when they are served: each stock has its own adaptive coverage, which learns of an
/// interval once its horizon is over, and goes on from fold to fold.
pub(super) fn evaluate(
    panel: &Panel<'_>,
    walks: &[Walk],
    settings: &Settings,
    watch: &mut Watch<'_>,
) -> Result<Evaluation, Error> {
    let mut keepers = BTreeMap::new();
    let mut evaluation = Evaluation { folds: Vec::new(), cases: Vec::new() };
    for walk in walks {
        let fitted = fit(panel, walk, settings, watch)?;
        let cases = test(panel, walk, &fitted, (&mut keepers, settings.horizon))?;
        evaluation.folds.push(fold(panel, walk, cases.len()));
        evaluation.cases.extend(cases);
        watch.next()?;
    }
    Ok(evaluation)
}

fn test(
    panel: &Panel<'_>,
    walk: &Walk,
    Fitted { parts, view }: &Fitted,
    (keepers, horizon): (&mut BTreeMap<usize, Keeper>, usize),
) -> Result<Vec<Case>, Error> {
    let is_sound = |row: &Row| view.scale(row).is_finite();
    let past = panel.within(&(walk.training.start..walk.validation.end));
    let past: Vec<(f64, f64)> =
        past.iter().filter(|row| is_sound(row)).map(|row| (row.change, view.scale(row))).collect();
    let baseline = Baseline::of(&past).ok_or(Error::Still)?;
    let mut rows = panel.within(&walk.test);
    rows.retain(is_sound);
    rows.sort_by_key(|row| (row.day, row.series));
    let said = quantiles(&parts.model, view, &rows)?;
    let case = |(row, said): (&Row, &[f32])| {
        let (keeper, scale) =
            (keepers.entry(row.series).or_insert_with(|| Keeper::new(horizon)), view.scale(row));
        let model = Outlook::new(said, scale, &parts.calibrated, keeper.asked(row.day));
        keeper.waiting.push_back((row.day + horizon, model, row.change));
        Case { row: *row, scale, model, naive: baseline.naive(scale), drift: baseline.drift(scale) }
    };
    Ok(rows.iter().zip(said.iter()).map(case).collect())
}

/// What a stock's intervals have taught.
struct Keeper {
    adaptive: Adaptive,
    /// The day on which what came is known, what was said, and what came.
    waiting: VecDeque<(usize, Outlook, f64)>,
}

impl Keeper {
    fn new(horizon: usize) -> Self {
        Self { adaptive: Adaptive::new(horizon), waiting: VecDeque::new() }
    }

    /// What to ask for on a day, after learning of all that is known by then.
    fn asked(&mut self, day: usize) -> Asked {
        while let Some((_, said, came)) = self.waiting.pop_front_if(|(known, ..)| *known <= day) {
            self.adaptive.push([said.interval_95, said.interval_99], came);
        }
        self.adaptive.asked()
    }
}

fn fold(panel: &Panel<'_>, walk: &Walk, tested: usize) -> Fold {
    let span = |days: &Range<usize>| Span {
        first: panel.calendar[days.start],
        last: panel.calendar[days.end.max(days.start + 1) - 1],
    };
    let [training, validation] = [&walk.training, &walk.validation].map(|days| panel.within(days).len());
    Fold {
        training: span(&walk.training),
        validation: span(&walk.validation),
        test: span(&walk.test),
        rows: [training, validation, tested],
    }
}
