//! The last few values of a series.

use std::collections::VecDeque;

/// A window over the last `period` values.
///
/// What is computed from it depends on those values alone and not, as a running sum does, on rounding long ago: a
/// series that starts later gives the same bits.
#[derive(Debug, Clone)]
pub(super) struct Window {
    period: usize,
    values: VecDeque<f64>,
}

impl Window {
    pub(super) fn new(period: usize) -> Self {
        Self { period: period.max(1), values: VecDeque::with_capacity(period.max(1)) }
    }

    /// Adds a value and gives the window, oldest first, once it is full; a value that is not finite empties it.
    pub(super) fn push(&mut self, value: f64) -> Option<&VecDeque<f64>> {
        if !value.is_finite() {
            self.values.clear();
            return None;
        }
        if self.values.len() == self.period {
            self.values.pop_front();
        }
        self.values.push_back(value);
        (self.values.len() == self.period).then_some(&self.values)
    }
}
