//! Forecasts of returns: what a stock will have gained or lost after so many trading days, and how sure that is.
//!
//! Owns the target, the models of a panel of stocks, their calibration, their file and their honest evaluation. A model
//! learns the return over the horizon divided by a volatility that is known on the day, so that one model serves calm and
//! wild stocks alike; what it says is multiplied back. Never fetches a price and never knows a date: days are numbers.
//!
//! One thread, seeded: the same panel and settings give the same bytes.

mod answer;
mod baseline;
mod calibration;
mod combination;
mod ensemble;
mod evaluation;
mod file;
mod fitting;
mod forecaster;
mod learning;
mod model;
mod outlook;
mod own;
mod panel;
mod progress;
mod promise;
mod reading;
mod report;
mod scale;
mod scoring;
mod settings;
mod strategy;
#[cfg(test)]
mod tests;
mod training;
mod tuning;
mod view;

use crate::{matrix::Matrix, onnx, onnx::runtime::RuntimeError};
pub use answer::{Adaptive, Asked, Forecast, Unforecastable};
pub use forecaster::Forecaster;
pub use own::{Candidate, Manifest, Refused, Target, adopt};
pub use progress::{Progress, Stage};
pub use report::{Advantage, Fold, Importance, Member, Reference, Regime, Report, Scores, Share, Span};
pub use settings::{Combination, Kind, Settings};
pub use training::{Test, Trained, train};
pub use view::Layout;

/// The levels of the quantiles that are forecast, rising: the ends of 99, 95, 90 and 50 %, and the median.
pub const LEVELS: [f64; 9] = [0.005, 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975, 0.995];

/// A stock, day by day.
#[derive(Clone, Debug)]
pub struct Series {
    /// Rising numbers of days, such as days from the Common Era; the same for the same trading day in every series.
    pub days: Vec<i32>,
    /// A row for each day, known after its close; NaN where a number is missing.
    pub features: Matrix,
    /// By day: the close, adjusted for splits and dividends. NaN where it is missing.
    pub closes: Vec<f64>,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the setting {0} is out of its range")]
    Setting(&'static str),
    #[error("there is no series")]
    Empty,
    #[error("series {series} has {found} columns instead of {expected}")]
    Columns { series: usize, expected: usize, found: usize },
    #[error("series {series} has {days} days, {rows} rows and {closes} closes")]
    Lengths { series: usize, days: usize, rows: usize, closes: usize },
    #[error("the days of series {0} do not rise")]
    Days(usize),
    #[error("there are {found} days to learn from, and {needed} are needed")]
    TooFewDays { found: usize, needed: usize },
    #[error("there are {found} rows to learn from or to calibrate on, and {needed} are needed")]
    TooFewRows { found: usize, needed: usize },
    #[error("no price moved")]
    Still,
    #[error("training was stopped")]
    Stopped,
    #[error("trees cannot be grown: {0}")]
    Trees(#[from] crate::tree::Error),
    #[error("a network cannot be trained: {0}")]
    Network(#[from] crate::sequence::Error),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    File(#[from] onnx::Error),
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
}
