//! What forecasts promise.

mod causality;
mod ensemble;
mod input;
mod own;
mod reproduction;
mod skill;

use super::{Forecaster, Kind, Series, Settings, Trained, train};
use crate::{matrix::Matrix, random::Stream};
use std::ops::ControlFlow;

/// Stocks whose first feature foretells a part of the next day's return, 0 for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Market {
    pub stocks: usize,
    pub days: usize,
    pub skill: f64,
    pub seed: u64,
}

impl Market {
    pub const SMALL: Self = Self { stocks: 3, days: 260, skill: 0.5, seed: 1 };

    /// Columns: the signal, the same day's return, and one that is never known.
    pub fn panel(&self) -> Vec<Series> {
        (0..self.stocks)
            .map(|stock| self.series(&mut Stream::new(self.seed * 1_000 + stock as u64)))
            .collect()
    }

    fn series(&self, stream: &mut Stream) -> Series {
        let (mut closes, mut values, mut close, mut signal) = (Vec::new(), Vec::new(), 100.0, 0.0);
        for day in 0..self.days {
            // Calm and wild weeks.
            let volatility = if day / 20 % 2 == 0 { 0.01 } else { 0.02 };
            let change = volatility * (self.skill * signal + normal(stream));
            close *= 1.0 + change;
            signal = normal(stream);
            closes.push(close);
            values.extend([signal, change, f64::NAN].map(narrow));
        }
        let days = (0..self.days).map(|day| i32::try_from(day).unwrap() + 700_000).collect();
        Series { days, features: Matrix::new(3, values).unwrap(), closes }
    }
}

/// About normal, with a variance of 1.
pub(super) fn normal(stream: &mut Stream) -> f64 {
    (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0
}

#[expect(clippy::cast_possible_truncation, reason = "features are in single precision")]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}

const EVERYBODY: [Kind; 3] = [Kind::Trees, Kind::Lstm, Kind::Tft];

/// Settings under which little is learnt quickly.
pub(super) fn quick(kind: Kind) -> Settings {
    let columns = ["signal", "ret_1d", "sent_mean"].map(str::to_owned).to_vec();
    let rounds = Some(if kind == Kind::Trees { 20 } else { 2 });
    let members = if kind == Kind::Ensemble { EVERYBODY.to_vec() } else { Vec::new() };
    Settings { members, folds: 1, rounds, ..Settings::new(kind, columns, 1) }
}

pub(super) fn trained(panel: &[Series], settings: &Settings) -> Trained {
    train(panel, settings, |_| ControlFlow::Continue(())).unwrap()
}

/// A forecaster of each kind, with what it was trained on.
pub(super) fn forecasters() -> (Vec<Series>, [Forecaster; 4]) {
    let panel = Market::SMALL.panel();
    let forecasters = Kind::ALL.map(|kind| trained(&panel, &quick(kind)).forecaster);
    (panel, forecasters)
}

/// The first days of a series.
pub(super) fn until(series: &Series, days: usize) -> Series {
    let columns = series.features.columns();
    Series {
        days: series.days[..days].to_vec(),
        features: Matrix::new(columns, series.features.values()[..days * columns].to_vec()).unwrap(),
        closes: series.closes[..days].to_vec(),
    }
}
