//! Whether one forecaster is better than another, or was lucky.

use super::mean;
use statrs::function::beta::checked_beta_reg;

/// How two forecasters compare on the same cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The mean loss of the first less that of the second: negative if the first is better.
    pub mean_difference: f64,
    /// The difference in its standard errors, corrected for small samples.
    pub statistic: f64,
    /// The probability of a difference at least as large between equally good forecasters; two-sided.
    pub p_value: f64,
}

/// The Diebold-Mariano test on `(loss of the first, loss of the second)`, in order of time.
///
/// `horizon` is how many steps ahead the forecasts looked: their errors overlap, so that many less one autocovariances
/// enter the standard error. The statistic is scaled by `√((n + 1 - 2h + h(h-1)/n) / n)` and held against Student's t
/// at `n - 1` degrees of freedom. `None` for a horizon of 0 or not below the number of cases, and where the variance of
/// the difference comes out as zero or, as it can for longer horizons, negative.
///
/// Source: Diebold and Mariano (1995), "Comparing predictive accuracy"; Harvey, Leybourne and Newbold (1997), "Testing
/// the equality of prediction mean squared errors".
pub fn diebold_mariano(losses: &[(f64, f64)], horizon: usize) -> Option<Comparison> {
    let count = losses.len();
    if horizon == 0 || horizon >= count {
        return None;
    }
    let differences: Vec<f64> = losses.iter().map(|(one, other)| one - other).collect();
    let mean_difference = mean(differences.iter().copied().map(Some))?;
    let (n, steps) = (count as f64, horizon as f64);
    let correction = ((n + 1.0 - 2.0 * steps + steps * (steps - 1.0) / n) / n).sqrt();
    let variance = long_run_variance(&differences, mean_difference, horizon) / n;
    let statistic = mean_difference / variance.sqrt() * correction;
    let freedom = n - 1.0;
    let tail = checked_beta_reg(freedom / 2.0, 0.5, freedom / (freedom + statistic * statistic)).ok()?;
    statistic.is_finite().then_some(Comparison { mean_difference, statistic, p_value: tail.clamp(0.0, 1.0) })
}

/// The variance and twice the autocovariances up to `horizon - 1`, all over `n`; 0 where only rounding varies.
fn long_run_variance(differences: &[f64], mean: f64, horizon: usize) -> f64 {
    if crate::statistics::is_constant(differences) {
        return 0.0;
    }
    let covariance = |lag: usize| {
        let pairs = differences.iter().zip(&differences[lag..]);
        pairs.map(|(now, later)| (now - mean) * (later - mean)).sum::<f64>() / differences.len() as f64
    };
    covariance(0) + 2.0 * (1..horizon).map(covariance).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFFERENCES: [f64; 16] =
        [0.3, 0.5, -0.2, 0.1, 0.4, 0.6, 0.2, -0.1, -0.3, 0.2, 0.5, 0.7, 0.3, 0.1, -0.2, 0.2];

    fn losses() -> Vec<(f64, f64)> {
        DIFFERENCES.iter().map(|difference| (1.0 + difference, 1.0)).collect()
    }

    #[track_caller]
    fn check(horizon: usize, statistic: f64, p_value: f64) {
        let comparison = diebold_mariano(&losses(), horizon).unwrap();
        assert!((comparison.statistic - statistic).abs() < 1e-12, "{comparison:?}");
        assert!((comparison.p_value / p_value - 1.0).abs() < 1e-10, "{comparison:?}");
        assert!((comparison.mean_difference - DIFFERENCES.iter().sum::<f64>() / 16.0).abs() < 1e-14);
    }

    #[test]
    fn statistics_of_the_corrected_test() {
        // The definition in numpy 2.4.6 with scipy 1.17.1 t.cdf; one step ahead it is scipy's ttest_1samp.
        check(1, 2.771_250_755_080_047_6, 0.014_262_853_143_236_914);
        check(2, 2.057_949_673_257_680_5, 0.057_408_827_190_770_02);
        check(3, 2.692_565_422_083_260_4, 0.016_705_926_452_267_025);
    }

    #[test]
    fn swapping_the_forecasters_swaps_the_sign() {
        let swapped: Vec<_> = losses().into_iter().map(|(one, other)| (other, one)).collect();
        let (one, other) = (diebold_mariano(&losses(), 2).unwrap(), diebold_mariano(&swapped, 2).unwrap());
        assert!(
            (one.statistic + other.statistic).abs() < 1e-12 && (one.p_value - other.p_value).abs() < 1e-12
        );
    }

    #[test]
    fn what_cannot_be_tested_is_none() {
        assert_eq!((diebold_mariano(&losses(), 0), diebold_mariano(&losses(), 16)), (None, None));
        assert_eq!((diebold_mariano(&[], 1), diebold_mariano(&[(1.0, 2.0)], 1)), (None, None));
        assert_eq!(diebold_mariano(&[(0.3, 0.1); 9], 1), None);
        assert_eq!(diebold_mariano(&[(1.0, 2.0), (f64::NAN, 1.0), (1.0, 1.0)], 1), None);
        // Differences that alternate have a negative autocovariance larger than half of their variance.
        let alternating: Vec<_> = (0..12_u8).map(|it| (f64::from(it % 2), 0.4)).collect();
        assert_eq!(diebold_mariano(&alternating, 2), None);
    }
}
