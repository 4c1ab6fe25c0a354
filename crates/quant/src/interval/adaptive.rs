//! Coverage that is kept although the world changes.

use super::Interval;
use crate::score::Proportion;

/// Adaptive conformal inference: asks for more after a miss and for less after a hit.
///
/// `asked += rate · (target - covered)`, with 1 for a hit. Over n forecasts the share of hits is within
/// `(max(target, 1 - target) + rate) / (rate · n)` of the target, whatever the series does, as long as asking for 1 or
/// more gives an interval that cannot miss. Source: Gibbs and Candès (2021), "Adaptive conformal inference under
/// distribution shift", in coverages instead of miscoverages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptiveCoverage {
    target: f64,
    rate: f64,
    asked: f64,
}

impl AdaptiveCoverage {
    /// The rate of the paper's examples: slow enough to leave a calm series alone.
    pub const RATE: f64 = 0.005;

    /// Starts by asking for its `target`; a larger `rate` follows faster and wavers more.
    pub fn new(target: f64, rate: f64) -> Self {
        Self { target, rate, asked: target }
    }

    /// After forecasts of which so many covered what came: their order does not matter.
    pub fn after(target: f64, rate: f64, covered: Proportion) -> Self {
        let Proportion { hits, total } = covered;
        Self { target, rate, asked: target + rate * (target * total as f64 - hits as f64) }
    }

    /// The coverage to ask [`Calibration::margin`] for now.
    ///
    /// At 1 or above nothing short of the whole line will do, at 0 or below nothing at all has to be covered.
    ///
    /// [`Calibration::margin`]: super::Calibration::margin
    pub fn asked(&self) -> f64 {
        self.asked
    }

    /// Learns from the interval that was forecast, and what came; nothing from NaN.
    pub fn push(&mut self, forecast: Interval, actual: f64) {
        if !actual.is_nan() {
            let covered = f64::from(u8::from(forecast.contains(actual)));
            self.asked += self.rate * (self.target - covered);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::Calibration, *};

    const NOWHERE: Interval = Interval { low: f64::INFINITY, high: f64::NEG_INFINITY };
    const EVERYWHERE: Interval = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };

    #[test]
    fn a_miss_asks_for_more_and_a_hit_for_less() {
        let mut coverage = AdaptiveCoverage::new(0.9, 0.1);
        coverage.push(Interval { low: 0.0, high: 1.0 }, 2.0);
        assert!((coverage.asked() - 0.99).abs() < 1e-15);
        coverage.push(Interval { low: 0.0, high: 1.0 }, 1.0);
        assert!((coverage.asked() - 0.98).abs() < 1e-15);
        coverage.push(Interval { low: 0.0, high: 1.0 }, f64::NAN);
        assert!((coverage.asked() - 0.98).abs() < 1e-15);
    }

    #[test]
    fn what_came_one_by_one_came_to_the_same_altogether() {
        let mut coverage = AdaptiveCoverage::new(0.95, 0.005);
        for number in 0..50_u32 {
            coverage.push(Interval { low: 0.0, high: 1.0 }, if number % 7 == 0 { 2.0 } else { 0.5 });
        }
        let after = AdaptiveCoverage::after(0.95, 0.005, Proportion { hits: 42, total: 50 });
        assert!((after.asked() - coverage.asked()).abs() < 1e-12);
    }

    /// The share of hits over `actuals`, each forecast from the calm half of the series alone.
    fn share_of_hits(actuals: &[f64], rate: f64) -> f64 {
        let calm: Vec<_> =
            (0..200).map(|it| (Interval { low: 0.0, high: 0.0 }, f64::from(it) / 200.0)).collect();
        let calibration = Calibration::of(&calm).unwrap();
        let mut coverage = AdaptiveCoverage::new(0.9, rate);
        let hits = actuals.iter().filter(|actual| {
            let beyond = if coverage.asked() > 0.0 { EVERYWHERE } else { NOWHERE };
            let margin = calibration.margin(coverage.asked());
            let interval = margin.map_or(beyond, |margin| Interval { low: -margin, high: margin });
            coverage.push(interval, **actual);
            interval.contains(**actual)
        });
        hits.count() as f64 / actuals.len() as f64
    }

    proptest! {
        /// Proposition 4.1 of the paper, with values that grow far beyond all that was learnt from.
        #[test]
        fn coverage_is_kept_within_its_bound_whatever_comes(
            noise in prop::collection::vec(0.0..1.0_f64, 1..800),
            (growth, rate) in (0.0..0.01_f64, 0.005..0.2_f64),
        ) {
            let actuals: Vec<f64> =
                noise.iter().enumerate().map(|(at, noise)| noise * (1.0 + growth * at as f64)).collect();
            let bound = (0.9 + rate) / (rate * actuals.len() as f64);
            prop_assert!((share_of_hits(&actuals, rate) - 0.9).abs() <= bound + 1e-12);
        }
    }
}
