//! The model walked forward through the panel: what it, and others, said of days that it had not seen.

use super::{
    Adaptive, Asked, Error, Fold, Span,
    baseline::Baseline,
    fitting::Fitted,
    outlook::Outlook,
    panel::{Panel, Row},
    progress::Watch,
    promise::said,
};
use crate::fold::Walk;
use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
};

/// A forecast that was made, and what came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub row: Row,
    pub scale: f64,
    pub model: Outlook,
    /// What each member of an ensemble said.
    pub members: Vec<Outlook>,
    pub naive: Outlook,
    pub drift: Outlook,
}

/// Who has said something of every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Model,
    /// The one in that place.
    Member(usize),
    Naive,
    Drift,
}

impl Case {
    pub fn said(&self, who: Who) -> &Outlook {
        match who {
            Who::Model => &self.model,
            Who::Member(place) => &self.members[place],
            Who::Naive => &self.naive,
            Who::Drift => &self.drift,
        }
    }
}

/// All that was tested, by day, then series.
pub(super) struct Evaluation {
    pub folds: Vec<Fold>,
    pub cases: Vec<Case>,
}

/// Whoever makes a model of what came before a test.
pub(super) type Fit<'data> = dyn FnMut(&Walk, &mut Watch<'_>) -> Result<Fitted, Error> + 'data;

/// Fits what came before each test, and tests.
///
/// Intervals are asked for as they are when they are served: each stock has its own adaptive coverage, which learns of an
/// interval once its horizon is over, and goes on from fold to fold. The members of an ensemble have theirs.
pub(super) fn evaluate(
    panel: &Panel<'_>,
    (walks, horizon): (&[Walk], usize),
    fit: &mut Fit<'_>,
    watch: &mut Watch<'_>,
) -> Result<Evaluation, Error> {
    let mut keepers = BTreeMap::new();
    let mut evaluation = Evaluation { folds: Vec::new(), cases: Vec::new() };
    for walk in walks {
        let fitted = fit(walk, watch)?;
        let cases = test(panel, walk, &fitted, (&mut keepers, horizon))?;
        evaluation.folds.push(fold(panel, walk, cases.len()));
        evaluation.cases.extend(cases);
        watch.next()?;
    }
    Ok(evaluation)
}

fn test(
    panel: &Panel<'_>,
    walk: &Walk,
    Fitted { parts, view, alone, session }: &Fitted,
    (keepers, horizon): (&mut Keepers, usize),
) -> Result<Vec<Case>, Error> {
    let is_sound = |row: &Row| view.scale(row).is_finite();
    let past = panel.within(&(walk.training.start..walk.validation.end));
    let past: Vec<(f64, f64)> =
        past.iter().filter(|row| is_sound(row)).map(|row| (row.change, view.scale(row))).collect();
    let baseline = Baseline::of(&past).ok_or(Error::Still)?;
    let mut rows = panel.within(&walk.test);
    rows.retain(is_sound);
    rows.sort_by_key(|row| (row.day, row.series));
    let all = said((&parts.model, session.as_deref()), view, &rows)?;
    let calibrated: Vec<_> = [&parts.calibrated].into_iter().chain(alone).collect();
    let case = |(place, row): (usize, &Row)| {
        let scale = view.scale(row);
        let mut members = Vec::new();
        for (who, (said, calibrated)) in all.iter().zip(&calibrated).enumerate() {
            let keeper = keepers.entry((row.series, who)).or_insert_with(|| Keeper::new(horizon));
            let outlook = Outlook::new(said.row(place), scale, calibrated, keeper.asked(row.day));
            keeper.waiting.push_back((row.day + horizon, outlook, row.change));
            members.push(outlook);
        }
        let model = members.remove(0);
        Case { row: *row, scale, model, members, naive: baseline.naive(scale), drift: baseline.drift(scale) }
    };
    Ok(rows.iter().enumerate().map(case).collect())
}

/// By series, then the model and each member.
type Keepers = BTreeMap<(usize, usize), Keeper>;

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
