//! What is wrong with an input is named, and one bad series fails no other.

use super::{Market, forecasters, quick, trained, until};
use crate::{
    forecast::{Error, Kind, Series, Settings, Unforecastable, train},
    matrix::Matrix,
};
use std::ops::ControlFlow;

fn refused(panel: &[Series], settings: &Settings) -> Error {
    train(panel, settings, |_| ControlFlow::Continue(())).unwrap_err()
}

#[test]
fn panels_that_cannot_be_learnt_from_are_named() {
    let (panel, settings) = (Market::SMALL.panel(), quick(Kind::Trees));
    assert!(matches!(refused(&[], &settings), Error::Empty));
    let short: Vec<Series> = panel.iter().map(|series| until(series, 150)).collect();
    assert!(matches!(refused(&short, &settings), Error::TooFewDays { found: 89, .. }));
    let mut still = panel.clone();
    for series in &mut still {
        series.closes.fill(10.0);
    }
    assert!(matches!(refused(&still, &settings), Error::TooFewDays { found: 0, .. }));
    let mut unknown = panel.clone();
    for series in &mut unknown {
        series.closes.fill(f64::NAN);
    }
    assert!(matches!(refused(&unknown, &settings), Error::TooFewDays { found: 0, .. }));
    let mut wide = panel.clone();
    wide[2].features = Matrix::zeros(260, 4);
    let error = refused(&wide, &settings);
    assert!(matches!(error, Error::Columns { series: 2, expected: 3, found: 4 }));
    let mut uneven = panel.clone();
    uneven[1].closes.pop();
    assert!(matches!(refused(&uneven, &settings), Error::Lengths { series: 1, closes: 259, .. }));
    let mut back = panel.clone();
    back[0].days.swap(3, 4);
    assert!(matches!(refused(&back, &settings), Error::Days(0)));
}

#[test]
fn settings_out_of_range_are_named() {
    let panel = Market::SMALL.panel();
    let usual = quick(Kind::Trees);
    let of = |members: &[Kind]| Settings { members: members.to_vec(), ..quick(Kind::Ensemble) };
    let settings = [
        ("members", Settings { members: vec![Kind::Lstm, Kind::Tft], ..usual.clone() }),
        ("members", Settings { kind: Kind::Ensemble, ..usual.clone() }),
        ("members", of(&[Kind::Trees])),
        ("members", of(&[Kind::Trees, Kind::Trees])),
        ("members", of(&[Kind::Trees, Kind::Ensemble])),
        ("horizon", Settings { horizon: 0, ..usual.clone() }),
        ("folds", Settings { folds: 0, ..usual.clone() }),
        ("costs", Settings { costs: f64::NAN, ..usual.clone() }),
        ("rounds", Settings { rounds: Some(0), ..usual.clone() }),
        ("columns", Settings { columns: vec!["a,b".to_owned()], ..usual.clone() }),
        ("test_from", Settings { test_from: Some(i32::MAX), ..usual }),
    ];
    for (name, settings) in settings {
        let error = refused(&panel, &settings);
        assert!(matches!(error, Error::Setting(found) if found == name), "{name}: {error}");
    }
}

#[test]
fn one_stock_gaps_and_dead_stocks_are_no_hindrance() {
    let panel = Market { days: 400, ..Market::SMALL }.panel();
    for kind in Kind::ALL {
        let one = trained(&panel[..1], &quick(kind));
        assert_eq!((one.report.stocks, one.report.rows), (1, 339), "{kind:?}");
        let mut dirty = panel.clone();
        // One that never moves, one that ends early, and one with a hole in its days and in its closes.
        dirty[0].closes.fill(7.0);
        dirty[1] = until(&dirty[1], 120);
        let kept: Vec<usize> = (0..400).filter(|day| !(180..190).contains(day)).collect();
        let values = kept.iter().flat_map(|day| dirty[2].features.row(*day)).copied().collect();
        let days = kept.iter().map(|day| dirty[2].days[*day]).collect();
        let closes = kept.iter().map(|day| dirty[2].closes[*day]).collect();
        dirty[2] = Series { days, features: Matrix::new(3, values).unwrap(), closes };
        dirty[2].closes[250..255].fill(f64::NAN);
        dirty[2].features.values_mut()[9] = f32::INFINITY;
        let report = trained(&dirty, &quick(kind)).report;
        assert!(report.rows > 300 && report.scores[0].coverage_95.share > 0.85, "{kind:?} {report:?}");
    }
}

#[test]
fn each_answer_stands_by_itself() {
    let (panel, forecasters) = forecasters();
    let good = &panel[0];
    let with = |change: &dyn Fn(&mut Series)| {
        let mut series = good.clone();
        change(&mut series);
        series
    };
    let last = |series: &mut Series, value: f32| series.features.row_mut(259).fill(value);
    let all = [
        good.clone(),
        until(good, 60),
        with(&|series| series.closes.fill(3.0)),
        with(&|series| series.closes[200..].fill(3.0)),
        with(&|series| last(series, f32::NAN)),
        with(&|series| series.closes[259] = f64::NAN),
        with(&|series| last(series, f32::INFINITY)),
        with(&|series| series.features = Matrix::zeros(260, 2)),
        with(&|series| series.closes.truncate(259)),
        Series { days: Vec::new(), features: Matrix::new(3, Vec::new()).unwrap(), closes: Vec::new() },
        until(good, 61),
        good.clone(),
    ];
    for forecaster in forecasters {
        let said = forecaster.forecast(&all, &[]);
        let errors: Vec<_> = said.iter().map(|one| one.as_ref().err()).collect();
        let too_short = |found| Unforecastable::TooShort { found, needed: 61 };
        let expected = [
            None,
            Some(&too_short(60)),
            Some(&Unforecastable::Constant),
            Some(&Unforecastable::Constant),
            Some(&Unforecastable::Missing),
            Some(&Unforecastable::NotFinite),
            Some(&Unforecastable::NotFinite),
            Some(&Unforecastable::Columns { expected: 3, found: 2 }),
            Some(&Unforecastable::Lengths),
            Some(&too_short(0)),
            None,
            None,
        ];
        assert_eq!(errors, expected);
        assert_eq!(said[0], said[11]);
        assert_eq!(said[0], forecaster.forecast(std::slice::from_ref(good), &[])[0]);
        assert!(forecaster.forecast(&[], &[]).is_empty());
        let bad = forecaster.forecast(&all[1..2], &[]);
        assert_eq!(bad, [Err(too_short(60))]);
    }
}
