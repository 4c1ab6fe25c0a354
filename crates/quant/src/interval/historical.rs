//! Past quantiles.

use super::Interval;
use crate::statistics::quantile;

/// The range of the middle `coverage` of past `returns`: what a forecaster without a model would say.
///
/// Ends at the quantiles `(1 ∓ coverage) / 2`, by [`quantile`]. For a rolling interval, pass the last ones, such as 250.
/// `None` without returns, if one is not finite, or if `coverage` is not between 0 and 1.
pub fn historical(returns: &[f64], coverage: f64) -> Option<Interval> {
    if !returns.iter().all(|change| change.is_finite()) {
        return None;
    }
    let mut sorted = returns.to_vec();
    sorted.sort_by(f64::total_cmp);
    let [low, high] = [-coverage, coverage].map(|side| quantile(&sorted, f64::midpoint(1.0, side)));
    low.zip(high).filter(|_| coverage >= 0.0).map(|(low, high)| Interval { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_hundred_and_one() {
        let returns: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let interval = historical(&returns, 0.9).unwrap();
        assert!((interval.low - 5.0).abs() < 1e-9 && (interval.high - 95.0).abs() < 1e-9);
        assert_eq!(historical(&returns, 1.0), Some(Interval { low: 0.0, high: 100.0 }));
        assert_eq!(historical(&returns, 0.0), Some(Interval { low: 50.0, high: 50.0 }));
    }

    #[test]
    fn nothing_known_and_nothing_sensible_are_none() {
        assert_eq!((historical(&[], 0.9), historical(&[1.0, f64::NAN], 0.9)), (None, None));
        for coverage in [-0.1, 1.1, f64::NAN] {
            assert_eq!(historical(&[1.0, 2.0], coverage), None);
        }
    }
}
