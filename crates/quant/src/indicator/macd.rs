//! Moving average convergence and divergence.

use super::{Ema, Indicator};

/// Where a fast average stands against a slow one, in the unit of the price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// The fast average less the slow one.
    pub line: f64,
    /// The line's own exponential average.
    pub signal: f64,
    /// The line less its signal.
    pub histogram: f64,
}

/// Moving average convergence and divergence.
///
/// Each of the three exponential averages starts with the simple mean of its first values: the first result comes with
/// close `slow + signal - 1`. TA-Lib starts the fast average later, together with the slow one, and agrees only once
/// the start has faded.
///
/// Source: Appel (1979), "The Moving Average Convergence Divergence Trading Method"; the histogram is Aspray's (1986).
#[derive(Debug, Clone)]
pub struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
}

impl Macd {
    /// Averages over `fast` and `slow` closes, and over `signal` of their differences.
    pub fn new(fast: usize, slow: usize, signal: usize) -> Self {
        Self { fast: Ema::new(fast), slow: Ema::new(slow), signal: Ema::new(signal) }
    }
}

impl Default for Macd {
    /// Appel's 12, 26 and 9 periods.
    fn default() -> Self {
        Self::new(12, 26, 9)
    }
}

impl Indicator for Macd {
    type Input = f64;
    type Output = Convergence;

    fn push(&mut self, close: f64) -> Option<Convergence> {
        let averages = self.fast.push(close).zip(self.slow.push(close));
        // While there is no line, NaN keeps the signal at its start.
        let line = averages.map_or(f64::NAN, |(fast, slow)| fast - slow);
        let signal = self.signal.push(line)?;
        Some(Convergence { line, signal, histogram: line - signal })
    }
}
