//! A model's file stays what it was, with more behind it.

use super::{NAMES, adopted, graph::linear, manifest, market, runtime};
use crate::{
    forecast::{
        Error, Forecaster, Kind, Manifest, Refused, Unforecastable,
        forecaster::Parts,
        model::Model,
        own::Own,
        tests::{Market, quick, trained},
        view::Columns,
    },
    onnx::{File, foreign},
};
use std::{fs, sync::Arc};

/// With what was learnt of another model: nothing needs ONNX Runtime.
fn forecaster(manifest: Manifest) -> (Vec<u8>, Forecaster) {
    let file = linear(0.01, &[0.0], None);
    let names = NAMES.map(str::to_owned);
    let parts = trained(&Market::SMALL.panel(), &quick(Kind::Trees)).forecaster.parts;
    let own = Own::new(file.clone().into(), manifest, &names).unwrap();
    let columns = Columns { readings: own.columns(&names).readings, ..parts.columns.clone() };
    let model = Model::Own(own.with_residuals([0.125; 9]));
    let parts = Parts { kind: Kind::Own, columns, model, ..Arc::unwrap_or_clone(parts) };
    (file, Forecaster::new(parts, None))
}

#[test]
fn the_file_begins_with_theirs_and_comes_back_as_it_was() {
    for levels in [vec![], vec![0.123_456_789_012_345_67, 0.9]] {
        let (file, forecaster) = forecaster(Manifest { levels, ..manifest() });
        let bytes = forecaster.encode();
        assert!(bytes.starts_with(&file) && foreign::check(&bytes).is_ok());
        let again = Forecaster::decode(&bytes).unwrap();
        assert_eq!((&again.parts, again.encode() == bytes), (&forecaster.parts, true));
        assert_eq!((again.kind(), again.columns()), (Kind::Own, &NAMES.map(str::to_owned)[..]));
        // Read by whoever knows nothing of us, it is one model with their graph.
        let merged = File::decode(&bytes).unwrap();
        assert_eq!(merged.tensor("w"), File::decode(&file).unwrap().tensor("w"));
        assert_eq!(merged.property("forecaster.kind"), Some("own"));
    }
}

#[test]
fn without_a_runtime_nothing_is_said() {
    let (_, forecaster) = forecaster(manifest());
    let expected = "the model needs ONNX Runtime, which `models runtime` installs".to_owned();
    let said = forecaster.forecast(&Market::SMALL.panel(), &[]);
    assert!(said.iter().all(|one| *one == Err(Unforecastable::Failed(expected.clone()))), "{said:?}");
}

/// What a model does not read is not looked at for drift.
#[test]
fn readings_are_raw_and_of_its_own_columns_alone() {
    let (_, forecaster) = forecaster(Manifest { columns: vec!["ret_1d".to_owned()], ..manifest() });
    let series = &Market::SMALL.panel()[0];
    let readings = forecaster.readings(series).unwrap();
    let [signal, change, _] = readings.row(200) else { panic!("three columns") };
    assert!(signal.is_nan() && (change - series.features.row(200)[1]).abs() < 1e-9);
}

#[test]
fn damage_is_refused_or_changes_nothing_that_is_kept() {
    let (_, forecaster) = forecaster(manifest());
    let bytes = forecaster.encode();
    for end in (0..bytes.len()).step_by(97) {
        assert!(Forecaster::decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len().min(3_000) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        let Ok(read) = Forecaster::decode(&bytes) else { continue };
        assert_eq!(read.encode(), bytes, "{at}");
    }
    assert!(Forecaster::decode(&[&bytes[..], &linear(0.5, &[0.0], None)].concat()).is_err());
}

#[test]
fn a_forecaster_is_nobodys_own_model() {
    let names = NAMES.map(str::to_owned);
    let bytes = trained(&Market::SMALL.panel(), &quick(Kind::Trees)).forecaster.encode();
    let refused = Own::new(bytes.into(), manifest(), &names).unwrap_err();
    assert!(matches!(refused, Error::Refused(Refused::Forecaster)), "{refused}");
}

#[test]
fn what_was_adopted_says_the_same_from_its_file() {
    let panel = market();
    let manifest = Manifest { levels: Vec::new(), ..manifest() };
    let Some(found) = adopted(&panel, &linear(0.01, &[0.0], None), &manifest) else { return };
    let forecaster = found.unwrap().forecaster;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("own.onnx");
    fs::write(&path, forecaster.encode()).unwrap();
    let again = Forecaster::decode(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(again.parts, forecaster.parts);
    let again = again.with_runtime(&runtime().unwrap(), &path).unwrap();
    let said = |forecaster: &Forecaster| format!("{:?}", forecaster.forecast(&panel, &[]));
    assert_eq!(said(&again), said(&forecaster));
    assert!(again.forecast(&panel, &[]).iter().all(Result::is_ok));
}
