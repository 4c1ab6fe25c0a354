//! Scores of quantile forecasts.

use super::mean;

/// The mean pinball loss of `(forecast, actual)` for the quantile at `level`, in the unit of the forecasts. Proper.
///
/// `level · (actual - forecast)` if the actual value is above, `(1 - level) · (forecast - actual)` if it is below.
/// Source: Koenker and Bassett (1978), "Regression quantiles".
pub fn pinball(forecasts: &[(f64, f64)], level: f64) -> Option<f64> {
    mean(forecasts.iter().map(|(forecast, actual)| loss(level, *forecast, *actual)))
}

/// The continuous ranked probability score of one distribution given by `(level, quantile)`, ascending. Proper.
///
/// In the unit of the forecast. Twice the integral of the pinball loss over all levels (Gneiting and Raftery 2007), of
/// which each level given stands for those nearest to it. Levels `(i - 1/2) / n` score as the ensemble of their
/// quantiles does.
pub fn crps_of_quantiles(quantiles: &[(f64, f64)], actual: f64) -> Option<f64> {
    let is_ascending = quantiles.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if quantiles.is_empty() || !is_ascending {
        return None;
    }
    let border = |at: usize| match at {
        0 => 0.0,
        at if at == quantiles.len() => 1.0,
        at => f64::midpoint(quantiles[at - 1].0, quantiles[at].0),
    };
    let parts = quantiles.iter().enumerate().map(|(at, (level, forecast))| {
        Some(2.0 * (border(at + 1) - border(at)) * loss(*level, *forecast, actual)?)
    });
    parts.sum::<Option<f64>>().filter(|score| score.is_finite())
}

fn loss(level: f64, forecast: f64, actual: f64) -> Option<f64> {
    let is_level = 0.0 < level && level < 1.0;
    let error = actual - forecast;
    (is_level && error.is_finite()).then_some(if error > 0.0 { level * error } else { (level - 1.0) * error })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use statrs::distribution::{ContinuousCDF as _, Normal};

    use super::{super::crps_of_ensemble, *};

    #[test]
    fn the_pinball_loss_weighs_the_sides_by_the_level() {
        assert!((pinball(&[(10.0, 14.0), (10.0, 8.0)], 0.75).unwrap() - 1.75).abs() < 1e-15);
        assert_eq!(pinball(&[(10.0, 14.0)], 0.5), Some(2.0));
        assert_eq!(pinball(&[(10.0, 10.0)], 0.9), Some(0.0));
    }

    #[test]
    fn many_quantiles_of_a_normal_come_near_its_closed_form() {
        let normal = Normal::standard();
        let level = |number: u32| (f64::from(number) - 0.5) / 1000.0;
        let quantiles: Vec<_> = (1..=1000).map(|it| (level(it), normal.inverse_cdf(level(it)))).collect();
        // properscoring 0.1 crps_gaussian.
        for (actual, expected) in [(0.3, 0.269_332_900_686_663_4), (2.0, 1.452_791_821_685_903_3)] {
            assert!((crps_of_quantiles(&quantiles, actual).unwrap() - expected).abs() < 2e-4);
        }
    }

    #[test]
    fn a_single_median_scores_its_absolute_error() {
        assert_eq!(crps_of_quantiles(&[(0.5, 3.0)], 5.0), Some(2.0));
    }

    #[test]
    fn no_or_impossible_forecasts_have_no_score() {
        assert_eq!((pinball(&[], 0.5), pinball(&[(1.0, f64::NAN)], 0.5)), (None, None));
        for level in [0.0, 1.0, f64::NAN] {
            assert_eq!(
                (pinball(&[(1.0, 2.0)], level), crps_of_quantiles(&[(level, 1.0)], 2.0)),
                (None, None)
            );
        }
        assert_eq!(crps_of_quantiles(&[], 1.0), None);
        assert_eq!(crps_of_quantiles(&[(0.5, 1.0), (0.1, 2.0)], 1.0), None);
    }

    proptest! {
        #[test]
        fn evenly_spaced_quantiles_score_as_an_ensemble(
            mut members in prop::collection::vec(-100.0..100.0_f64, 1..30),
            actual in -150.0..150.0_f64,
        ) {
            members.sort_by(f64::total_cmp);
            let count = members.len() as f64;
            let levels = (0..members.len()).map(|at| (at as f64 + 0.5) / count);
            let quantiles: Vec<_> = levels.zip(members.iter().copied()).collect();
            let ensemble = crps_of_ensemble(&members, actual).unwrap();
            prop_assert!((crps_of_quantiles(&quantiles, actual).unwrap() - ensemble).abs() < 1e-10);
        }
    }
}
