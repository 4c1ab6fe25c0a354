//! The same again: from the same data, from the file, and from another program.

use super::{Market, forecasters, quick, trained, until};
use crate::{
    forecast::{Asked, Forecast, Forecaster, Kind, Report},
    onnx::runtime::Runtime,
};
use std::path::Path;

#[test]
fn the_same_panel_and_seed_give_the_same_bytes_and_another_seed_others() {
    let panel = Market::SMALL.panel();
    for kind in Kind::ALL {
        let bytes = |seed| {
            let settings = crate::forecast::Settings { seed, trials: 2, ..quick(kind) };
            trained(&panel, &settings).forecaster.encode()
        };
        assert_eq!(bytes(1), bytes(1), "{kind:?}");
        assert_ne!(bytes(1), bytes(2), "{kind:?}");
    }
}

#[test]
fn forecasters_are_shared_between_threads() {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Forecaster>();
}

#[test]
fn a_file_says_what_its_forecaster_said() {
    let (panel, forecasters) = forecasters();
    for forecaster in forecasters {
        let bytes = forecaster.encode();
        let again = Forecaster::decode(&bytes).unwrap();
        assert_eq!((&again.parts, again.encode() == bytes), (&forecaster.parts, true));
        let asked = Asked { p95: 0.96, p99: 0.985 };
        let text =
            |forecaster: &Forecaster| format!("{:?}", forecaster.forecast(&panel, &vec![asked; panel.len()]));
        assert_eq!(text(&again), text(&forecaster));
        assert!(again.forecast(&panel, &vec![asked; panel.len()]).iter().all(Result::is_ok));
        assert_eq!(again.columns(), ["signal", "ret_1d", "sent_mean"]);
        assert_eq!((again.kind(), again.horizon(), again.levels().len()), (forecaster.kind(), 1, 9));
    }
}

#[test]
fn what_is_none_of_ours_is_refused() {
    let (_, forecasters) = forecasters();
    assert!(Forecaster::decode(b"<html>not found</html>").is_err());
    let empty = Forecaster::decode(&[]).unwrap_err().to_string();
    assert!(empty.ends_with("it is of no forecaster, or of another version"), "{empty}");
    for forecaster in forecasters {
        let bytes = forecaster.encode();
        for end in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
            assert!(Forecaster::decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        let file = || crate::onnx::File::decode(&bytes).unwrap();
        let changes = [
            file().with_property("forecaster.kind", "oracle"),
            file().with_property("forecaster.columns", "signal"),
            file().with_property("forecaster.horizon", "0"),
            file().with_property("forecaster", "2"),
        ];
        for change in changes {
            assert!(Forecaster::decode(&change.encode()).is_err());
        }
    }
}

/// The numbers of a forecast that a runtime has a part in.
fn numbers(said: &Forecast) -> Vec<f64> {
    let ends = [said.interval_95, said.interval_99].into_iter().flat_map(|it| [it.low, it.high]);
    let quantiles = said.quantiles.iter().map(|(_, quantile)| *quantile);
    quantiles.chain(ends).chain([said.median, said.probability_up, said.volatility]).collect()
}

#[test]
fn onnx_runtime_forecasts_the_same() {
    let Ok(library) = std::env::var("BELLWETHER_TEST_ONNX_RUNTIME") else {
        println!("BELLWETHER_TEST_ONNX_RUNTIME is not set: nothing is checked");
        return;
    };
    let runtime = Runtime::load(Path::new(&library)).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let (panel, forecasters) = forecasters();
    let days: Vec<_> = (100..260).step_by(7).map(|days| until(&panel[0], days)).collect();
    for forecaster in forecasters {
        let file = folder.path().join("forecaster.onnx");
        std::fs::write(&file, forecaster.encode()).unwrap();
        let served = forecaster.clone().with_runtime(&runtime, &file).unwrap();
        let [own, others] = [&forecaster, &served].map(|forecaster| forecaster.forecast(&days, &[]));
        for (own, other) in own.into_iter().zip(others) {
            let (own, other) = (own.unwrap(), other.unwrap());
            for (own, other) in numbers(&own).into_iter().zip(numbers(&other)) {
                assert!((own - other).abs() < 1e-5, "{own} is not {other}");
            }
        }
    }
}

#[test]
fn a_report_is_stored_and_read_back() {
    let settings = crate::forecast::Settings { trials: 3, ..quick(Kind::Trees) };
    let report = trained(&Market::SMALL.panel(), &settings).report;
    let text = serde_json::to_string(&report).unwrap();
    // The last digit of a number may differ in JSON.
    let again: Report = serde_json::from_str(&text).unwrap();
    assert_eq!((&again.folds, again.days, again.trials), (&report.folds, report.days, report.trials));
    assert!((again.scores[0].mae / report.scores[0].mae - 1.0).abs() < 1e-12);
    // Three in the fold and three for the model that is kept.
    assert_eq!((report.trials, report.stocks, report.rows), (6, 3, 3 * 199));
    let names: Vec<&str> = report.scores.iter().map(|scores| scores.name.as_str()).collect();
    assert_eq!(names, ["trees", "naive", "drift"]);
    let shares: f64 = report.importance.iter().map(|importance| importance.share).sum();
    assert!((shares - 1.0).abs() < 1e-6, "{:?}", report.importance);
    assert_eq!(report.dead().collect::<Vec<_>>(), ["sent_mean"]);
    assert_eq!((report.references[0].deciles.len(), report.references[2].missing), (9, 1.0));
}
