//! Moving averages: simple, exponential and Wilder's.

use super::{Indicator, window::Window};
use crate::statistics::Moments;

/// The simple moving average: the mean of the last `period` values.
#[derive(Debug, Clone)]
pub struct Sma {
    window: Window,
}

impl Sma {
    /// An average over `period` values.
    pub fn new(period: usize) -> Self {
        Self { window: Window::new(period) }
    }
}

impl Indicator for Sma {
    type Input = f64;
    type Output = f64;

    fn push(&mut self, value: f64) -> Option<f64> {
        let window = self.window.push(value)?;
        window.iter().copied().collect::<Moments>().mean().filter(|mean| mean.is_finite())
    }
}

/// An exponential moving average: each value moves it by a fixed share of the distance.
///
/// `average += weight · (value - average)`. The first average is the simple mean of the first `period` values, as with
/// Wilder (1978) and Appel; so the start of the series fades but never quite leaves.
#[derive(Debug, Clone)]
pub struct Ema {
    period: usize,
    weight: f64,
    /// The values before the first average.
    seed: Moments,
    average: Option<f64>,
}

impl Ema {
    /// The usual average, with a weight of `2 / (period + 1)`.
    pub fn new(period: usize) -> Self {
        Self::weighing(period, 2.0 / (period.max(1) as f64 + 1.0))
    }

    /// Wilder's smoothing, with a weight of `1 / period`.
    ///
    /// Source: Wilder (1978), "New Concepts in Technical Trading Systems".
    pub fn wilder(period: usize) -> Self {
        Self::weighing(period, 1.0 / period.max(1) as f64)
    }

    fn weighing(period: usize, weight: f64) -> Self {
        Self { period: period.max(1), weight, seed: Moments::default(), average: None }
    }

    fn first(&mut self, value: f64) -> Option<f64> {
        self.seed.push(value);
        if self.seed.count() == self.period as u64 { self.seed.mean() } else { None }
    }
}

impl Indicator for Ema {
    type Input = f64;
    type Output = f64;

    fn push(&mut self, value: f64) -> Option<f64> {
        let next = match self.average {
            Some(average) => Some(average + self.weight * (value - average)),
            None => self.first(value),
        };
        if !value.is_finite() || next.is_some_and(|next| !next.is_finite()) {
            *self = Self::weighing(self.period, self.weight);
            return None;
        }
        self.average = next;
        next
    }
}
