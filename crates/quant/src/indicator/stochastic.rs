//! The stochastic oscillator.

use super::{Bar, Indicator, Sma, window::Window};

/// Where the close stands within the recent range, in percent of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Oscillation {
    /// %K, 0 at the lowest low and 100 at the highest high.
    pub position: f64,
    /// %D, the simple moving average of %K.
    pub signal: f64,
}

/// The stochastic oscillator, fast: %K is not smoothed.
///
/// `%K = 100 · (close - lowest low) / (highest high - lowest low)` over `period` bars, and %D its mean over `signal`;
/// the first value comes with bar `period + signal - 1`. A range without width gives a %K of 50, its middle.
///
/// Source: Lane (1984), "Lane's Stochastics".
#[derive(Debug, Clone)]
pub struct Stochastic {
    highs: Window,
    lows: Window,
    signal: Sma,
}

impl Stochastic {
    /// An oscillator over `period` bars, averaged over `signal`.
    pub fn new(period: usize, signal: usize) -> Self {
        Self { highs: Window::new(period), lows: Window::new(period), signal: Sma::new(signal) }
    }

    fn position(&mut self, bar: Bar) -> Option<f64> {
        let (highs, lows) = self.highs.push(bar.high).zip(self.lows.push(bar.low))?;
        let highest = highs.iter().copied().fold(f64::MIN, f64::max);
        let lowest = lows.iter().copied().fold(f64::MAX, f64::min);
        let range = highest - lowest;
        let position = if range > 0.0 { 100.0 * ((bar.close - lowest) / range) } else { 50.0 };
        // Adjusted closes may lie beyond the range by their rounding.
        Some(position.clamp(0.0, 100.0))
    }
}

impl Default for Stochastic {
    /// Lane's 14 and 3 periods.
    fn default() -> Self {
        Self::new(14, 3)
    }
}

impl Indicator for Stochastic {
    type Input = Bar;
    type Output = Oscillation;

    fn push(&mut self, bar: Bar) -> Option<Oscillation> {
        // While there is no %K, NaN keeps %D at its start.
        let position = self.position(bar.or_missing()).unwrap_or(f64::NAN);
        let signal = self.signal.push(position)?;
        Some(Oscillation { position, signal })
    }
}
