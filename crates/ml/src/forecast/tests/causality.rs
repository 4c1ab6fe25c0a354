//! Nothing that is said of a day depends on what came after it.

use super::{Market, narrow, normal, quick, trained, until};
use crate::{
    feature::{Day, FeatureSet},
    fold::{Course, Walk},
    forecast::{
        Asked, Forecaster, Kind, Series, Settings, Test,
        evaluation::evaluate,
        fitting::{EMBARGO, fit},
        panel::Panel,
        progress::Watch,
        promise,
    },
    matrix::Matrix,
    random::Stream,
};
use std::ops::ControlFlow;

/// Other closes and features after the first `days`.
fn scrambled(panel: &[Series], days: usize) -> Vec<Series> {
    let mut stream = Stream::new(9);
    let mut one = |series: &Series| {
        let mut series = series.clone();
        for close in &mut series.closes[days..] {
            *close = 50.0 + 10.0 * stream.unit();
        }
        let columns = series.features.columns();
        for value in &mut series.features.values_mut()[days * columns..] {
            *value = narrow(normal(&mut stream));
        }
        series
    };
    panel.iter().map(&mut one).collect()
}

/// What was said, without what came and how far off it was, which may lie after it.
pub fn without_outcome(test: &Test) -> String {
    format!("{:?}", Test { actual: 0.0, pinball: 0.0, ..*test })
}

/// What is said up to a day.
fn said(panel: &[Series], settings: &Settings, last: i32) -> Vec<String> {
    let tests = trained(panel, settings).tests;
    let until = tests.iter().filter(|test| test.day <= last);
    until.map(without_outcome).collect()
}

#[test]
fn a_scrambled_future_leaves_every_forecast_before_it_as_it_was() {
    let panel = Market::SMALL.panel();
    let kinds = [(Kind::Trees, 1), (Kind::Trees, 5), (Kind::Lstm, 1), (Kind::Tft, 5), (Kind::Ensemble, 1)];
    for (kind, horizon) in kinds {
        let settings = Settings { folds: 3, horizon, ..quick(kind) };
        let second = trained(&panel, &settings).report.folds[1].test;
        // On the first day of a test all that its model has seen must be known, and no less in its middle.
        for last in [second.first, second.first + 20] {
            let days = panel[0].days.partition_point(|day| *day <= last);
            let before = said(&panel, &settings, last);
            assert!(before.len() > 110, "{kind:?}: {}", before.len());
            assert_eq!(before, said(&scrambled(&panel, days), &settings, last), "{kind:?} {horizon}");
        }
    }
}

#[test]
fn days_of_training_end_before_those_of_validation_and_these_before_the_test() {
    let panel = Market { days: 400, ..Market::SMALL }.panel();
    for horizon in [1, 5] {
        let settings = Settings { folds: 4, horizon, rounds: Some(2), ..quick(Kind::Trees) };
        let report = trained(&panel, &settings).report;
        let gap = i32::try_from(horizon + EMBARGO).unwrap();
        for fold in &report.folds {
            assert!(fold.training.last + gap < fold.validation.first + 1, "{fold:?}");
            assert!(fold.validation.last + gap < fold.test.first + 1, "{fold:?}");
        }
        let is_next = |pair: &[crate::forecast::Fold]| pair[0].test.last + 1 == pair[1].test.first;
        assert!(report.folds.windows(2).all(is_next) && report.folds.len() == 4);
    }
}

/// What is served after the last day of a series is what the evaluation would have said within a longer one.
#[test]
fn what_is_served_is_what_was_tested() {
    let mut panel = Market::SMALL.panel();
    // Some numbers are missing, and a close is.
    panel[1].features.values_mut().iter_mut().step_by(11).for_each(|value| *value = f32::NAN);
    panel[1].closes[130] = f64::NAN;
    for kind in Kind::ALL {
        let settings = quick(kind);
        let data = Panel::new(&panel, 3, 1).unwrap();
        let walk = Course { days: 260, first_test: 220, folds: 1, horizon: 1, embargo: 5 }.walk(220..259);
        let mut ignored = |_: &crate::forecast::Progress| ControlFlow::Continue(());
        let fitted = fit(&data, &walk, &settings, &mut Watch::new(1, &mut ignored)).unwrap();
        let rows = data.within(&walk.test);
        let tested = promise::said((&fitted.parts.model, None), &fitted.view, &rows).unwrap().remove(0);
        let forecaster = Forecaster::new(fitted.parts.clone(), None);
        for (row, tested) in rows.iter().zip(tested.iter()) {
            let scale = fitted.view.scale(row);
            let outlook = crate::forecast::outlook::Outlook::new(
                tested,
                scale,
                &fitted.parts.calibrated,
                Asked::default(),
            );
            let served = forecaster.forecast(&[until(&panel[row.series], row.at + 1)], &[]);
            let served: Vec<f64> =
                served[0].as_ref().unwrap().quantiles.iter().map(|(_, quantile)| *quantile).collect();
            assert_eq!(served, outlook.quantiles, "{kind:?} {row:?}");
        }
        let mut again = |walk: &Walk, watch: &mut Watch<'_>| fit(&data, walk, &settings, watch);
        let mut watch = Watch::new(1, &mut ignored);
        assert_eq!(evaluate(&data, (&[walk], 1), &mut again, &mut watch).unwrap().cases.len(), rows.len());
    }
}

/// Features from closes, one way or another.
type Build = fn(&[f64]) -> Matrix;

fn honest(closes: &[f64]) -> Matrix {
    let day = |close: &f64| Day { close: *close, volume: Some(1e6), sentiment: None };
    FeatureSet::V1.build(&closes.iter().map(day).collect::<Vec<_>>())
}

/// The same, with tomorrow's return where the posts' mean was.
fn leaking(closes: &[f64]) -> Matrix {
    let mut matrix = honest(closes);
    let place = FeatureSet::V1.names().position(|name| name == "sent_mean").unwrap();
    for (day, pair) in closes.windows(2).enumerate() {
        matrix.row_mut(day)[place] = narrow(pair[1] / pair[0] - 1.0);
    }
    matrix
}

fn built(panel: &[Series], build: Build) -> Vec<Series> {
    let one = |series: &Series| Series { features: build(&series.closes), ..series.clone() };
    panel.iter().map(one).collect()
}

/// Whether a forecast at the close of day 200 changes with the closes after it, from which features are built anew.
fn leaks(build: Build) -> bool {
    let panel = Market { days: 300, stocks: 4, ..Market::SMALL }.panel();
    let columns = FeatureSet::V1.names().map(str::to_owned).collect();
    let settings = Settings { columns, ..quick(Kind::Trees) };
    let forecaster = trained(&built(&panel, build), &settings).forecaster;
    let said = |panel: &[Series]| {
        let past: Vec<Series> = built(panel, build).iter().map(|series| until(series, 200)).collect();
        format!("{:?}", forecaster.forecast(&past, &[]))
    };
    said(&panel) != said(&scrambled(&panel, 200))
}

#[test]
fn a_feature_that_knows_tomorrow_is_found_out() {
    assert!(leaks(leaking));
    assert!(!leaks(honest));
}
