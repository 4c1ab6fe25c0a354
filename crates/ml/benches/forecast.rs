//! Milliseconds for a hundred forecasts at once, of 400 days each: the aim is 100.

use ml::{
    feature::{Day, FeatureSet},
    forecast::{Kind, Series, Settings, train},
    random::Stream,
};
use std::{ops::ControlFlow, time::Instant};

const REPEATS: u32 = 10;

fn main() {
    let panel: Vec<Series> = (0..100).map(series).collect();
    for kind in Kind::ALL {
        let columns = FeatureSet::V1.names().map(str::to_owned).collect();
        let rounds = Some(if kind == Kind::Trees { 150 } else { 2 });
        let members = if kind == Kind::Ensemble { Kind::ALL[..3].to_vec() } else { Vec::new() };
        let settings = Settings { members, folds: 1, rounds, ..Settings::new(kind, columns, 1) };
        let trained = train(&panel[..20], &settings, |_| ControlFlow::Continue(())).expect("a sound panel");
        let bytes = trained.forecaster.encode().len();
        assert!(trained.forecaster.forecast(&panel, &[]).iter().all(Result::is_ok));
        let started = Instant::now();
        for _ in 0..REPEATS {
            let _ = trained.forecaster.forecast(&panel, &[]);
        }
        let each = started.elapsed() / REPEATS;
        println!("{}: {:.1} ms, a file of {bytes} bytes", kind.name(), each.as_secs_f64() * 1e3);
    }
}

fn series(seed: u64) -> Series {
    let mut stream = Stream::new(seed);
    let (mut close, mut change) = (100.0, 0.0);
    let day = |_| {
        // Each day continues the one before, so that there is something to learn.
        change = 0.04 * (stream.unit() - 0.5) + 0.5 * change;
        close *= 1.0 + change;
        Day { close, volume: Some(1e6 * (1.0 + stream.unit())), sentiment: None }
    };
    let known: Vec<Day> = (0..400).map(day).collect();
    let closes = known.iter().map(|day| day.close).collect();
    Series { days: (0..400).collect(), features: FeatureSet::V1.build(&known), closes }
}
