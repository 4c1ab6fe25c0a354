//! Technical indicators of daily prices, one formula family per file.
//!
//! Each is a struct that takes one observation at a time, and [`over`] runs it over a series, so that a chart, a training
//! set and a live quote cannot disagree. Owns the formulas and their warm-up; never fills a gap.
//!
//! An indicator says `None` until it has seen as much as its definition asks for. A missing observation (NaN, infinite,
//! or impossible, such as a price of zero where logarithms are taken) is `None` too and starts the warm-up anew, as a
//! gap bridged silently would make two days' change look like one. A period of 0 counts as 1.

mod atr;
mod average;
mod bollinger;
mod macd;
mod obv;
mod rsi;
mod stochastic;
#[cfg(test)]
mod tests;
mod volatility;
mod window;

pub use atr::Atr;
pub use average::{Ema, Sma};
pub use bollinger::{Bands, Bollinger};
pub use macd::{Convergence, Macd};
pub use obv::{Obv, Traded};
pub use rsi::Rsi;
pub use stochastic::{Oscillation, Stochastic};
pub use volatility::Volatility;

/// A number that each observation moves on.
pub trait Indicator {
    /// What each period brings: a price, or a [`Bar`].
    type Input: Copy;
    /// What the indicator says.
    type Output;

    /// Takes the next observation and tells where the indicator stands after it; `None` while it warms up.
    fn push(&mut self, input: Self::Input) -> Option<Self::Output>;
}

/// What `indicator` says after each of `inputs`; item `i` is known once input `i` is.
pub fn over<I: Indicator>(mut indicator: I, inputs: &[I::Input]) -> Vec<Option<I::Output>> {
    inputs.iter().map(|input| indicator.push(*input)).collect()
}

/// The range and the close of one period, in one currency and on one basis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    pub high: f64,
    pub low: f64,
    pub close: f64,
}

impl Bar {
    const MISSING: Self = Self { high: f64::NAN, low: f64::NAN, close: f64::NAN };

    /// The bar, or one of NaN if a part of it is missing or its low is above its high.
    fn or_missing(self) -> Self {
        let is_finite = [self.high, self.low, self.close].into_iter().all(f64::is_finite);
        if is_finite && self.low <= self.high { self } else { Self::MISSING }
    }
}
