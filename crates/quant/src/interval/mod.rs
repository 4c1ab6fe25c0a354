//! Ranges in which a number is said to lie, and how to keep what they promise.
//!
//! Owns intervals, their conformal calibration, also under drift, and the baselines that a model's intervals have to beat:
//! past quantiles and GARCH. Scores of intervals are in [`crate::score`].

mod adaptive;
mod conformal;
mod garch;
mod historical;
mod simplex;

pub use adaptive::AdaptiveCoverage;
pub use conformal::Calibration;
pub use garch::Garch;
pub use historical::historical;

/// A range of numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Tells whether `value` lies in it; NaN never does.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// The distance between its ends, negative if they crossed.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The interval with `margin` more on each side; a negative one takes off, at most until the middle is left.
    #[must_use]
    pub fn widened(self, margin: f64) -> Self {
        let (low, high) = (self.low - margin, self.high + margin);
        if low <= high {
            return Self { low, high };
        }
        let middle = f64::midpoint(self.low, self.high);
        Self { low: middle, high: middle }
    }
}
