//! Scores of interval forecasts.

use super::{Proportion, mean};
use crate::interval::Interval;

/// How many of the actual values fell into their intervals, ends included.
///
/// Compare with the promised level by [`Proportion::interval`]: 91 of 100 does not yet contradict 95 %.
pub fn coverage(forecasts: &[(Interval, f64)]) -> Option<Proportion> {
    let hits = forecasts.iter().map(|(interval, actual)| {
        let is_sound = interval.width().is_finite() && actual.is_finite();
        is_sound.then(|| interval.contains(*actual))
    });
    let hits: Vec<bool> = hits.collect::<Option<_>>()?;
    (!hits.is_empty()).then(|| Proportion::of(hits))
}

/// The mean interval score of intervals that promise a coverage of `level`, 0 to 1 exclusive. Proper.
///
/// The width, and `2 / (1 - level)` times the distance of an actual value outside; in the unit of the forecasts. Source:
/// Winkler (1972), "A decision-theoretic approach to interval estimation"; Gneiting and Raftery (2007), equation 43.
pub fn winkler(forecasts: &[(Interval, f64)], level: f64) -> Option<f64> {
    if !(0.0 < level && level < 1.0) {
        return None;
    }
    mean(forecasts.iter().map(|(interval, actual)| {
        let (below, above) = (interval.low - actual, actual - interval.high);
        let is_sound = below.is_finite() && above.is_finite();
        is_sound.then(|| interval.width() + 2.0 / (1.0 - level) * (below.max(0.0) + above.max(0.0)))
    }))
}

#[cfg(test)]
mod tests {
    use super::{super::pinball, *};

    fn of(low: f64, high: f64, actual: f64) -> (Interval, f64) {
        (Interval { low, high }, actual)
    }

    #[test]
    fn ends_are_covered() {
        let forecasts = [of(1.0, 2.0, 1.0), of(1.0, 2.0, 2.0), of(1.0, 2.0, 2.1), of(1.0, 2.0, 0.0)];
        assert_eq!(coverage(&forecasts), Some(Proportion { hits: 2, total: 4 }));
    }

    #[test]
    fn a_miss_costs_its_distance_times_what_was_promised() {
        let close = |forecast, expected: f64| {
            assert!((winkler(&[forecast], 0.9).unwrap() - expected).abs() < 1e-12);
        };
        close(of(1.0, 3.0, 2.0), 2.0);
        close(of(1.0, 3.0, 3.5), 2.0 + 20.0 * 0.5);
        close(of(1.0, 3.0, 0.9), 2.0 + 20.0 * 0.1);
    }

    #[test]
    fn the_interval_score_is_the_pinball_losses_of_its_ends() {
        // Gneiting and Raftery (2007): twice their sum over the miscoverage.
        for actual in [-1.0, 1.5, 7.0] {
            let ends = pinball(&[(1.0, actual)], 0.025).unwrap() + pinball(&[(3.0, actual)], 0.975).unwrap();
            assert!((winkler(&[of(1.0, 3.0, actual)], 0.95).unwrap() - 2.0 * ends / 0.05).abs() < 1e-10);
        }
    }

    #[test]
    fn nothing_and_the_impossible_have_no_score() {
        assert_eq!((coverage(&[]), winkler(&[], 0.9)), (None, None));
        let bad = [of(1.0, f64::NAN, 1.0)];
        assert_eq!((coverage(&bad), winkler(&bad, 0.9)), (None, None));
        assert_eq!(
            (winkler(&[of(1.0, 2.0, 1.0)], 1.0), winkler(&[of(1.0, 2.0, 1.0)], f64::NAN)),
            (None, None)
        );
    }
}
