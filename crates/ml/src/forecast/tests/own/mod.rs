//! Models of somebody else.

mod adoption;
mod file;
mod graph;

use super::{Market, normal};
use crate::{
    forecast::{Candidate, Error, Kind, Layout, Manifest, Series, Settings, Target, Trained, adopt},
    onnx::runtime::Runtime,
};
use std::{ops::ControlFlow, path::Path};

/// ONNX Runtime, where the environment says that it is.
fn runtime() -> Option<Runtime> {
    let Ok(library) = std::env::var("BELLWETHER_TEST_ONNX_RUNTIME") else {
        println!("BELLWETHER_TEST_ONNX_RUNTIME is not set: nothing is checked");
        return None;
    };
    Some(Runtime::load(Path::new(&library)).unwrap())
}

const NAMES: [&str; 3] = ["signal", "ret_1d", "sent_mean"];

/// The last day that the models may have seen anything of.
const SEEN: i32 = 700_099;

/// The first stock's signal foretells half of what all stocks of [`Market`] do.
fn market() -> Vec<Series> {
    Market { stocks: 4, days: 420, skill: 0.7, seed: 6 }.panel()
}

/// Of a model that reads the signal and then yesterday's return, and says two levels.
fn manifest() -> Manifest {
    Manifest {
        input: "x".to_owned(),
        layout: Layout::Day,
        columns: vec!["ret_1d".to_owned(), "signal".to_owned()],
        output: "y".to_owned(),
        levels: vec![0.1, 0.9],
        target: Target::Return,
        horizon: 1,
    }
}

fn settings() -> Settings {
    let columns = NAMES.map(str::to_owned).to_vec();
    Settings { folds: 2, ..Settings::new(Kind::Own, columns, 1) }
}

fn adopted(panel: &[Series], file: &[u8], manifest: &Manifest) -> Option<Result<Trained, Error>> {
    let candidate = Candidate { file, manifest, trained_until: SEEN };
    let settings = Settings { horizon: manifest.horizon, ..settings() };
    Some(adopt(panel, &candidate, &settings, &runtime()?, |_| ControlFlow::Continue(())))
}
