//! Models are judged on days that they have not seen, and refused where they are not what is said of them.

use super::{
    SEEN, adopted,
    graph::{linear, of, of_sequences},
    manifest, market, normal, settings,
};
use crate::{
    forecast::{
        Error, Kind, Layout, Manifest, Series, Target, Unforecastable, fitting::EMBARGO,
        tests::causality::without_outcome, train,
    },
    onnx::runtime::RuntimeError,
    random::Stream,
};
use std::ops::ControlFlow;

/// What a market of 1 and 2 % a day in turn is like: a signal's worth, and 80 % of what chance brings about.
const SLOPE: f32 = 0.0105;
const WIDE: f32 = 0.019;

#[test]
fn a_model_of_quantiles_is_judged_like_any_other() {
    let panel = market();
    let Some(found) = adopted(&panel, &linear(SLOPE, &[-WIDE, WIDE], None), &manifest()) else { return };
    let report = found.unwrap().report;
    let names: Vec<&str> = report.scores.iter().map(|scores| scores.name.as_str()).collect();
    assert_eq!(names, ["own", "naive", "drift"]);
    let model = &report.scores[0];
    assert!(model.accuracy.unwrap().low > 0.65 && model.mae_ratio_to_naive.unwrap() < 0.9, "{model:?}");
    assert!((0.92..0.98).contains(&model.coverage_95.share), "{model:?}");
    assert!(report.quantiles_against_naive.unwrap().is_significant(0.01));
    let gap = i32::try_from(1 + EMBARGO).unwrap();
    for fold in &report.folds {
        assert!(fold.rows[0] == 0 && fold.validation.first == SEEN + 1 + gap, "{fold:?}");
        assert!(fold.validation.last + gap < fold.test.first + 1, "{fold:?}");
    }
    assert_eq!((report.rows, report.days.first), (4 * (419 - 106), SEEN + 1 + gap));
    assert!(report.importance.iter().all(|one| one.share.abs() < 1e-12) && report.dead().count() == 0);
    // Raw: the return of a day is not in units of anything.
    let references: Vec<&str> = report.references.iter().map(|one| one.column.as_str()).collect();
    assert_eq!(references, ["signal", "ret_1d"]);
    assert!((0.01..0.05).contains(&report.references[1].deciles[8]), "{:?}", report.references);
}

#[test]
fn a_number_is_enough_of_days_and_of_sequences_and_the_rest_is_learnt() {
    let panel = market();
    let number = |layout, target| Manifest { levels: Vec::new(), layout, target, ..manifest() };
    let models = [
        (linear(SLOPE, &[0.005], None), number(Layout::Day, Target::Return)),
        (linear(SLOPE, &[0.0], Some(1)), number(Layout::Day, Target::LogReturn)),
        (of_sequences(SLOPE), number(Layout::Sequence, Target::Return)),
    ];
    for (file, manifest) in models {
        let Some(found) = adopted(&panel, &file, &manifest) else { return };
        let trained = found.unwrap();
        let model = &trained.report.scores[0];
        // Whatever is wrong with the level of what it says is found out, too.
        assert!(
            model.accuracy.unwrap().low > 0.65 && model.crps < trained.report.scores[1].crps,
            "{model:?}"
        );
        assert!((0.92..0.98).contains(&model.coverage_95.share), "{model:?}");
        assert!(trained.forecaster.forecast(&panel, &[]).iter().all(Result::is_ok));
    }
}

/// See `foreign/perceptron.py`.
#[test]
fn a_model_of_scikit_learn_is_adopted() {
    let mut panel = market();
    panel[0].features.values_mut().iter_mut().step_by(21).for_each(|value| *value = f32::NAN);
    let columns = vec!["signal".to_owned(), "ret_1d".to_owned()];
    let (input, output) = ("X".to_owned(), "variable".to_owned());
    let manifest = Manifest { input, output, columns, levels: Vec::new(), ..manifest() };
    let file = include_bytes!("../foreign/perceptron.onnx");
    let Some(found) = adopted(&panel, file, &manifest) else { return };
    let report = found.unwrap().report;
    assert!(report.scores[0].accuracy.unwrap().low > 0.65, "{:?}", report.scores[0]);
    assert!(report.points_against_naive.unwrap().is_significant(0.01));
}

#[test]
fn a_scrambled_future_leaves_every_forecast_before_it_as_it_was() {
    let panel = market();
    let mut stream = Stream::new(9);
    let mut one = |series: &Series| {
        let mut series = series.clone();
        series.closes[320..].iter_mut().for_each(|close| *close = 50.0 + normal(&mut stream));
        series.features.values_mut()[3 * 320..].fill(0.5);
        series
    };
    let scrambled: Vec<Series> = panel.iter().map(&mut one).collect();
    let manifest = Manifest { levels: Vec::new(), ..manifest() };
    let said = |panel: &[Series]| {
        let tests = adopted(panel, &linear(SLOPE, &[0.0], None), &manifest)?.unwrap().tests;
        let until = tests.iter().filter(|test| test.day < 700_320);
        Some(until.map(without_outcome).collect::<Vec<_>>())
    };
    let Some(before) = said(&panel) else { return };
    assert!(before.len() > 150 && Some(before) == said(&scrambled));
}

#[test]
fn what_does_not_fit_its_manifest_is_named() {
    let (panel, file) = (market(), linear(SLOPE, &[-WIDE, WIDE], None));
    let refused = |file: &[u8], manifest: Manifest| {
        adopted(&panel, file, &manifest).map(|found| found.unwrap_err().to_string())
    };
    let cases = [
        (
            Manifest { input: "z".to_owned(), ..manifest() },
            "the model's input is x: f32 [?, 2] instead of z: f32 [?, 2]",
        ),
        (
            Manifest { output: "z".to_owned(), ..manifest() },
            "the model's output is y: f32 [?, 2] instead of z: f32 [?, 2]",
        ),
        (
            Manifest { layout: Layout::Sequence, ..manifest() },
            "the model's input is x: f32 [?, 2] instead of x: f32 [?, 30, 2]",
        ),
        (
            Manifest { columns: vec!["signal".to_owned()], ..manifest() },
            "the model's input is x: f32 [?, 2] instead of x: f32 [?, 1]",
        ),
        (
            Manifest { levels: vec![], ..manifest() },
            "the model's output is y: f32 [?, 2] instead of y: f32 [?, 1] or y: f32 [?]",
        ),
        (
            Manifest { columns: vec!["mood".to_owned()], ..manifest() },
            "the model reads mood, which is no column",
        ),
        (Manifest { horizon: 21, ..manifest() }, "the setting horizon is out of its range"),
    ];
    for (manifest, expected) in cases {
        let Some(found) = refused(&file, manifest) else { return };
        assert_eq!(found, expected);
    }
    let junk = refused(b"<html>not found</html>", manifest()).unwrap();
    assert!(junk.starts_with("it is no ONNX file"), "{junk}");
    let unknown = Manifest { columns: vec!["signal".to_owned()], levels: Vec::new(), ..manifest() };
    let unknown = adopted(&panel, &of("Oracle"), &unknown).unwrap();
    assert!(matches!(unknown, Err(Error::Runtime(RuntimeError::Model(_)))), "{unknown:?}");
}

/// The square root of a signal below 0 is no number.
#[test]
fn a_number_that_is_none_fails_an_adoption_and_later_its_row_alone() {
    let mut panel = market();
    let manifest = Manifest { columns: vec!["signal".to_owned()], levels: Vec::new(), ..manifest() };
    let Some(found) = adopted(&panel, &of("Sqrt"), &manifest) else { return };
    assert!(matches!(found, Err(Error::Runtime(RuntimeError::NotFinite))), "{found:?}");
    for series in &mut panel {
        series.features.values_mut().iter_mut().step_by(3).for_each(|signal| *signal = signal.abs());
    }
    let forecaster = adopted(&panel, &of("Sqrt"), &manifest).unwrap().unwrap().forecaster;
    panel[1].features.row_mut(419)[0] = -1.0;
    let said = forecaster.forecast(&panel, &[]);
    let failed = Unforecastable::Failed("the model gave a number that is not finite".to_owned());
    assert_eq!((said[1].as_ref().unwrap_err(), said.iter().filter(|one| one.is_ok()).count()), (&failed, 3));
}

#[test]
fn nobody_trains_such_a_model_and_too_few_new_days_are_too_few() {
    let refused = train(&market(), &settings(), |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(refused, Error::Setting("kind")));
    assert!(Kind::find("own") == Some(Kind::Own) && !Kind::ALL.contains(&Kind::Own));
    let short: Vec<Series> = market().iter().map(|series| super::super::until(series, 200)).collect();
    let Some(found) = adopted(&short, &linear(SLOPE, &[-WIDE, WIDE], None), &manifest()) else { return };
    assert!(matches!(found, Err(Error::TooFewDays { found: 93, .. })), "{found:?}");
}
