//! Ranges in which a number is said to lie.

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
}
