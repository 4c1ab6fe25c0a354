//! On-balance volume.

use super::Indicator;

/// A close and the volume that was traded up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traded {
    pub close: f64,
    /// In shares or contracts; not negative.
    pub volume: f64,
}

/// On-balance volume: the volume of the days that closed higher, less that of those that closed lower.
///
/// The first day counts 0, as does one that closed where the day before did. Only its course means something, not its
/// level, hence a missing day says `None` but does not take the sum back to 0: it adds nothing, and neither does the day
/// after, whose direction is unknown.
///
/// Source: Granville (1963), "New Key to Stock Market Profits".
#[derive(Debug, Clone, Default)]
pub struct Obv {
    previous: Option<f64>,
    total: f64,
}

impl Indicator for Obv {
    type Input = Traded;
    type Output = f64;

    fn push(&mut self, day: Traded) -> Option<f64> {
        let is_missing = !day.close.is_finite() || !day.volume.is_finite() || day.volume < 0.0;
        let close = (!is_missing).then_some(day.close);
        let before = std::mem::replace(&mut self.previous, close);
        let close = close?;
        match before.and_then(|before| close.partial_cmp(&before)) {
            Some(std::cmp::Ordering::Greater) => self.total += day.volume,
            Some(std::cmp::Ordering::Less) => self.total -= day.volume,
            _ => (),
        }
        Some(self.total).filter(|total| total.is_finite())
    }
}
