//! From a panel to a forecaster and what it is worth.

use super::{
    Error, Forecaster, Importance, Member, Progress, Reference, Report, Scores, Series, Settings, Span,
    evaluation::{Case, Evaluation, Fit, Who, evaluate},
    fitting::{Fitted, before, course, fit},
    model::Model,
    panel::{Panel, Row},
    progress::Watch,
    reading::Reading,
    scoring,
    strategy::Terms,
    view::View,
};
use crate::fold::Walk;
use quant::{interval::Interval, statistics};
use std::ops::ControlFlow;

/// A model, and what it is worth.
#[derive(Clone, Debug)]
pub struct Trained {
    pub forecaster: Forecaster,
    pub report: Report,
    /// All that the report is about, by day, then series.
    pub tests: Vec<Test>,
}

/// A forecast of a day that the model had not seen, and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The place in the panel.
    pub series: usize,
    /// The number of the day after whose close it was made.
    pub day: i32,
    /// The return over the horizon that came.
    pub actual: f64,
    /// Before anything came: the expected standard deviation of the return.
    pub volatility: f64,
    pub median: f64,
    pub interval_95: Interval,
    pub interval_99: Interval,
    pub probability_up: f64,
    /// The mean pinball loss of all levels.
    pub pinball: f64,
}

/// Days from which something can be learnt that there must be: fewer leave some part of a fold without any.
const LEAST_DAYS: usize = 150;

/// Rows on which a network is asked what it looks at.
const ASKED: usize = 500;

/// Evaluates a model of the panel on days that it has not seen, then trains the one to keep.
///
/// That one learns from all days but the newest fifth, at most a year, which calibrates it. The report is of models that
/// were trained on less. Stops with [`Error::Stopped`] when `progress`, which hears of every round and epoch, says so.
pub fn train(
    panel: &[Series],
    settings: &Settings,
    mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Error> {
    settings.check()?;
    if settings.learners().is_empty() {
        return Err(Error::Setting("kind"));
    }
    let panel = Panel::new(panel, settings.columns.len(), settings.horizon)?;
    let walks = walks(&panel, settings)?;
    let mut fit = |walk: &Walk, watch: &mut Watch<'_>| fit(&panel, walk, settings, watch);
    judge((&panel, &walks), settings, &mut fit, &mut progress)
}

/// Evaluates what is fitted before each walk but the last, and keeps what is fitted before that one.
pub(super) fn judge(
    (panel, walks): (&Panel<'_>, &[Walk]),
    settings: &Settings,
    fit: &mut Fit<'_>,
    progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Error> {
    let mut watch = Watch::new(walks.len(), progress);
    let (tests, last) = walks.split_at(walks.len() - 1);
    let evaluation = evaluate(panel, (tests, settings.horizon), fit, &mut watch)?;
    let fitted = fit(&last[0], &mut watch)?;
    watch.next()?;
    // The usual settings alone are one trial, however many folds there are.
    let report = report(panel, &evaluation, &fitted, (settings, watch.trials.max(1)))?;
    let tests = evaluation.cases.iter().map(|case| test(panel, case)).collect();
    Ok(Trained { forecaster: Forecaster::new(fitted.parts, fitted.session), report, tests })
}

fn test(panel: &Panel<'_>, Case { row, model, .. }: &Case) -> Test {
    Test {
        series: row.series,
        day: panel.calendar[row.day],
        actual: row.change,
        volatility: model.volatility,
        median: model.median(),
        interval_95: model.interval_95,
        interval_99: model.interval_99,
        probability_up: model.probability_up,
        pinball: scoring::pinball(model, row.change),
    }
}

/// The walks to test, and one more for the model that is kept; in places of the calendar.
pub(super) fn walks(panel: &Panel<'_>, settings: &Settings) -> Result<Vec<Walk>, Error> {
    let days = || panel.rows.iter().map(|row| row.day);
    let (start, end) = (days().min().unwrap_or(0), days().max().map_or(0, |day| day + 1));
    if end - start < LEAST_DAYS {
        return Err(Error::TooFewDays { found: end - start, needed: LEAST_DAYS });
    }
    let wanted = settings.test_from.map(|day| panel.calendar.partition_point(|other| *other < day));
    let first_test = wanted.map_or((end - start) * 2 / 5, |wanted| wanted.saturating_sub(start));
    if first_test + settings.folds > end - start {
        return Err(Error::Setting("test_from"));
    }
    let course = course(settings, end - start, first_test);
    let mut walks = course.walk_forward();
    walks.push(before(&course, end - start));
    let moved = |days: std::ops::Range<usize>| days.start + start..days.end + start;
    let moved = |walk: Walk| Walk {
        training: moved(walk.training),
        validation: moved(walk.validation),
        test: moved(walk.test),
    };
    Ok(walks.into_iter().map(moved).collect())
}

fn report(
    panel: &Panel<'_>,
    evaluation: &Evaluation,
    fitted: &Fitted,
    (settings, trials): (&Settings, usize),
) -> Result<Report, Error> {
    let Evaluation { folds, cases } = evaluation;
    let terms = Terms { horizon: settings.horizon, costs: settings.costs / 1e4, trials };
    let members = match &fitted.parts.model {
        Model::Ensemble(ensemble) => ensemble.shares(),
        _ => Vec::new(),
    };
    let kind = settings.kind.name();
    let days = || panel.rows.iter().map(|row| row.day);
    let day = |place: Option<usize>| place.map_or(0, |place| panel.calendar[place]);
    Ok(Report {
        rows: panel.rows.len(),
        stocks: panel.series.len(),
        days: Span { first: day(days().min()), last: day(days().max()) },
        trials,
        folds: folds.clone(),
        scores: scores(panel, cases, (kind, &members), &terms).ok_or(Error::Still)?,
        members,
        points_against_naive: scoring::advantage(cases, settings.horizon, |said, came| {
            (said.median() - came).abs()
        }),
        quantiles_against_naive: scoring::advantage(cases, settings.horizon, scoring::pinball),
        regimes: scoring::regimes(cases),
        importance: importance(panel, fitted),
        references: references(&fitted.view, &panel.rows, &settings.columns),
    })
}

/// The model's scores, those of each member of an ensemble, and those without a model.
fn scores(
    panel: &Panel<'_>,
    cases: &[Case],
    (kind, members): (&str, &[Member]),
    terms: &Terms,
) -> Option<Vec<Scores>> {
    let each = members.iter().enumerate().map(|(place, member)| (member.name.as_str(), Who::Member(place)));
    let all = [(kind, Who::Model)].into_iter().chain(each);
    let all = all.chain([("naive", Who::Naive), ("drift", Who::Drift)]);
    all.map(|one| scoring::scores(panel, cases, one, terms)).collect()
}

fn importance(panel: &Panel<'_>, Fitted { parts, view, .. }: &Fitted) -> Vec<Importance> {
    let step = panel.rows.len().div_ceil(ASKED).max(1);
    let rows: Vec<Row> = panel.rows.iter().step_by(step).copied().collect();
    let shares = parts.model.importance(&view.inputs(&rows, &parts.model.layouts()));
    let pairs = parts.names.iter().zip(shares);
    pairs.map(|(column, share)| Importance { column: column.clone(), share }).collect()
}

fn references(view: &View, rows: &[Row], names: &[String]) -> Vec<Reference> {
    let is_read = |(column, _): &(usize, &String)| view.columns.readings[*column] != Reading::Unread;
    let reference = |(column, name): (usize, &String)| {
        let values = rows.iter().map(|row| f64::from(view.readings[row.series].row(row.at)[column]));
        let mut known: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
        known.sort_by(f64::total_cmp);
        let deciles = (1..10).filter_map(|tenth| statistics::quantile(&known, f64::from(tenth) / 10.0));
        let missing = 1.0 - known.len() as f64 / rows.len().max(1) as f64;
        Reference { column: name.clone(), deciles: deciles.collect(), missing }
    };
    names.iter().enumerate().filter(is_read).map(reference).collect()
}
