//! The average true range.

use super::{Bar, Ema, Indicator};

/// The average true range: how far prices go in a period, gaps between periods included, in the unit of the price.
///
/// The true range is the largest of `high - low`, `|high - previous close|` and `|low - previous close|`; the first
/// bar, which has no previous close, counts with `high - low`. It is averaged by Wilder's smoothing, and the first value
/// comes with bar `period`. TA-Lib leaves the first bar out instead.
///
/// Source: Wilder (1978), "New Concepts in Technical Trading Systems".
#[derive(Debug, Clone)]
pub struct Atr {
    previous_close: f64,
    average: Ema,
}

impl Atr {
    /// An average over `period` bars.
    pub fn new(period: usize) -> Self {
        Self { previous_close: f64::NAN, average: Ema::wilder(period) }
    }
}

impl Default for Atr {
    /// Wilder's 14 periods.
    fn default() -> Self {
        Self::new(14)
    }
}

impl Indicator for Atr {
    type Input = Bar;
    type Output = f64;

    fn push(&mut self, bar: Bar) -> Option<f64> {
        let Bar { high, low, close } = bar.or_missing();
        let before = std::mem::replace(&mut self.previous_close, close);
        // `max` passes over the NaN of a missing previous close; a missing bar has NaN everywhere.
        let true_range = (high - low).max((high - before).abs()).max((low - before).abs());
        self.average.push(true_range)
    }
}
