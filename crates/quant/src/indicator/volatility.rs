//! Realised volatility.

use super::{Indicator, window::Window};
use crate::{returns, statistics::Moments};

/// Close-to-close volatility: the sample standard deviation of the last `period` log returns.
///
/// Per period of the series, over `period - 1`, so that one return has none; the first value comes with price
/// `period + 1`. A price that is not positive counts as missing. Source: Hull, "Options, Futures, and Other
/// Derivatives", estimating volatility from historical data.
#[derive(Debug, Clone)]
pub struct Volatility {
    previous: f64,
    returns: Window,
    scale: f64,
}

impl Volatility {
    /// The volatility of `period` returns.
    pub fn new(period: usize) -> Self {
        Self { previous: f64::NAN, returns: Window::new(period), scale: 1.0 }
    }

    /// The same for a year of `periods` returns, 252 for daily ones: `√periods` times as much, as if they were
    /// independent.
    #[must_use]
    pub fn annualised(self, periods: f64) -> Self {
        Self { scale: periods.sqrt(), ..self }
    }
}

impl Indicator for Volatility {
    type Input = f64;
    type Output = f64;

    fn push(&mut self, price: f64) -> Option<f64> {
        let before = std::mem::replace(&mut self.previous, price);
        let change = returns::log_change(before, price).unwrap_or(f64::NAN);
        let moments: Moments = self.returns.push(change)?.iter().copied().collect();
        Some(moments.standard_deviation()? * self.scale)
    }
}
