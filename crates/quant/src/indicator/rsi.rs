//! The relative strength index.

use super::{Ema, Indicator};

/// The relative strength index: how much of the recent movement was upwards, 0 to 100.
///
/// `100 · gain / (gain + loss)`, which is `100 - 100 / (1 + gain / loss)`, with gains and losses from close to close
/// averaged by Wilder's smoothing; the first value comes with close `period + 1`. Prices that have not moved at all
/// give 50, the only value that mirroring the series upside down keeps.
///
/// Source: Wilder (1978), "New Concepts in Technical Trading Systems".
#[derive(Debug, Clone)]
pub struct Rsi {
    previous: f64,
    gain: Ema,
    loss: Ema,
}

impl Rsi {
    /// An index over `period` changes.
    pub fn new(period: usize) -> Self {
        Self { previous: f64::NAN, gain: Ema::wilder(period), loss: Ema::wilder(period) }
    }
}

impl Default for Rsi {
    /// Wilder's 14 periods.
    fn default() -> Self {
        Self::new(14)
    }
}

impl Indicator for Rsi {
    type Input = f64;
    type Output = f64;

    fn push(&mut self, close: f64) -> Option<f64> {
        let change = close - std::mem::replace(&mut self.previous, close);
        // An infinite change would restart only one of the two sides.
        let change = if change.is_finite() { change } else { f64::NAN };
        let (gain, loss) = (self.gain.push(up(change)), self.loss.push(up(-change)));
        let (gain, loss) = gain.zip(loss)?;
        let movement = gain + loss;
        Some(if movement > 0.0 { 100.0 * (gain / movement) } else { 50.0 })
    }
}

/// The part of a change that goes up; NaN stays NaN.
fn up(change: f64) -> f64 {
    change.clamp(0.0, f64::MAX)
}
