//! What is asked of a forecaster, and what it answers.

use quant::{
    interval::{AdaptiveCoverage, Interval},
    score::Proportion,
};

/// The coverages that intervals are asked for: more than they promise where they missed too often, see
/// [`Adaptive`].
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

/// What to ask for a stock, given how its intervals did so far; whoever serves forecasts keeps one for each stock.
///
/// A miss of the 99 % interval is five times as rare as one of the 95 % interval and would otherwise move it five times as
/// far, in terms of the misses that it may have. Forecasts of several days overlap: one event is a miss of all of them, so
/// that each counts less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    coverage_95: AdaptiveCoverage,
    coverage_99: AdaptiveCoverage,
}

impl Adaptive {
    /// For forecasts of every day over a horizon of so many, before anything came.
    pub fn new(horizon: usize) -> Self {
        Self::after(horizon, [Proportion::default(); 2])
    }

    /// After forecasts whose 95 % and 99 % intervals covered so often.
    pub fn after(horizon: usize, [inner, outer]: [Proportion; 2]) -> Self {
        let rate = AdaptiveCoverage::RATE / horizon.max(1) as f64;
        Self {
            coverage_95: AdaptiveCoverage::after(0.95, rate, inner),
            coverage_99: AdaptiveCoverage::after(0.99, rate / 5.0, outer),
        }
    }

    pub fn asked(&self) -> Asked {
        Asked { p95: self.coverage_95.asked(), p99: self.coverage_99.asked() }
    }

    /// Learns from the 95 % and the 99 % interval of a forecast and the return that came, in the order of days.
    pub fn push(&mut self, [inner, outer]: [Interval; 2], actual: f64) {
        self.coverage_95.push(inner, actual);
        self.coverage_99.push(outer, actual);
    }
}

/// What a stock's return over the horizon will be; returns are simple ones, such as 0.01.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Level and return, neither falling; the outer ones are the ends of the intervals.
    pub quantiles: Vec<(f64, f64)>,
    pub median: f64,
    /// Calibrated: covers as often as was asked. Asked for 1 or more it reaches twice as far beyond the model's own as
    /// anything did on the days that calibrated it, and never below -1.
    pub interval_95: Interval,
    pub interval_99: Interval,
    /// The calibrated probability of a return above 0.
    pub probability_up: f64,
    /// The expected standard deviation of the return over the horizon.
    pub volatility: f64,
    /// By column, of the median. Trees: Shapley values in units of the return; TFT: shares of attention; others: none.
    pub contributions: Vec<f32>,
}

/// Why nothing is said of a stock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unforecastable {
    #[error("there are {found} days with a close, and {needed} without a gap are needed")]
    TooShort { found: usize, needed: usize },
    #[error("the price did not move")]
    Constant,
    #[error("more than half of the newest features are missing")]
    Missing,
    #[error("there are {found} columns instead of {expected}")]
    Columns { expected: usize, found: usize },
    #[error("the newest close, or a feature of that day, is not a number")]
    NotFinite,
    #[error("days, features and closes do not fit each other")]
    Lengths,
    #[error("the model failed: {0}")]
    Failed(String),
}
