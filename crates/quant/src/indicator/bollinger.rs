//! Bollinger bands.

use super::{Indicator, window::Window};
use crate::statistics::Moments;

/// A moving average and the bands around it, in the unit of the price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    pub upper: f64,
    /// The simple moving average.
    pub middle: f64,
    pub lower: f64,
}

impl Bands {
    /// The distance between the bands as a share of the middle, Bollinger's BandWidth; `None` if the middle is 0.
    pub fn width(&self) -> Option<f64> {
        Some((self.upper - self.lower) / self.middle).filter(|width| width.is_finite())
    }
}

/// Bollinger bands: the simple moving average and `deviations` standard deviations to each side.
///
/// The standard deviation is the population's, over `n`, as Bollinger has it.
///
/// Source: Bollinger (2001), "Bollinger on Bollinger Bands".
#[derive(Debug, Clone)]
pub struct Bollinger {
    window: Window,
    deviations: f64,
}

impl Bollinger {
    /// Bands over `period` closes.
    pub fn new(period: usize, deviations: f64) -> Self {
        Self { window: Window::new(period), deviations }
    }
}

impl Default for Bollinger {
    /// Bollinger's 20 periods and 2 standard deviations.
    fn default() -> Self {
        Self::new(20, 2.0)
    }
}

impl Indicator for Bollinger {
    type Input = f64;
    type Output = Bands;

    fn push(&mut self, close: f64) -> Option<Bands> {
        let moments: Moments = self.window.push(close)?.iter().copied().collect();
        let middle = moments.mean()?;
        let margin = self.deviations * (moments.m2() / moments.count() as f64).sqrt();
        let bands = Bands { upper: middle + margin, middle, lower: middle - margin };
        (bands.upper.is_finite() && bands.lower.is_finite()).then_some(bands)
    }
}
