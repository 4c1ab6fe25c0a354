//! Whether a feature still looks as it did when the model learnt from it.

use crate::statistics;
use statrs::function::gamma::checked_gamma_ur;

/// How far a sample has moved from the one it is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// The population stability index; by custom above 0.1 is a shift and above 0.25 a large one.
    pub index: f64,
    /// The probability of an index at least as large between samples of one distribution.
    ///
    /// The custom ignores the number of values: 50 against 50 in ten bins exceed 0.25 three times in four.
    pub p_value: f64,
}

/// The population stability index of `now` against `reference`, over `bins` groups equally full of the reference.
///
/// `Σ (q - p) · ln(q / p)` over the shares of both samples. Reference values that repeat may leave fewer bins; a bin
/// empty in one sample counts as half a value. Without a shift the index is `(1/n + 1/m)` times a chi-squared variable
/// with `bins - 1` degrees of freedom. `None` where a sample is empty or not finite, or there are fewer than two bins.
///
/// Source: Siddiqi (2006), "Credit Risk Scorecards"; Yurdakul and Naranjo (2020), "Statistical properties of the
/// population stability index".
pub fn population_stability(reference: &[f64], now: &[f64], bins: usize) -> Option<Stability> {
    if now.is_empty() || !reference.iter().chain(now).all(|value| value.is_finite()) {
        return None;
    }
    let borders = borders(reference, bins)?;
    let (before, after) = (shares(reference, &borders), shares(now, &borders));
    let parts = before.iter().zip(&after).map(|(before, after)| (after - before) * (after / before).ln());
    let index = parts.sum::<f64>().max(0.0);
    let spread = 1.0 / reference.len() as f64 + 1.0 / now.len() as f64;
    // statrs has the tail for positive values only.
    let half = (index / spread / 2.0).max(f64::MIN_POSITIVE);
    let p_value = checked_gamma_ur(borders.len() as f64 / 2.0, half).ok()?;
    Some(Stability { index, p_value: p_value.clamp(0.0, 1.0) })
}

/// The inner borders of the bins, ascending and distinct; `None` if there is none.
fn borders(reference: &[f64], bins: usize) -> Option<Vec<f64>> {
    let mut sorted = reference.to_vec();
    sorted.sort_by(f64::total_cmp);
    let inner = (1..bins).map(|bin| statistics::quantile(&sorted, bin as f64 / bins as f64));
    let mut borders: Vec<f64> = inner.collect::<Option<_>>()?;
    borders.dedup();
    // Nothing of the reference lies above its largest value.
    borders.retain(|border| sorted.last().is_some_and(|largest| border < largest));
    (!borders.is_empty()).then_some(borders)
}

/// The share of values in each bin; a value on a border belongs below it.
fn shares(values: &[f64], borders: &[f64]) -> Vec<f64> {
    let mut counts = vec![0.0_f64; borders.len() + 1];
    for value in values {
        counts[borders.partition_point(|border| border < value)] += 1.0;
    }
    counts.into_iter().map(|count| count.max(0.5) / values.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_index_by_its_definition() {
        let reference: Vec<f64> = (0..100).map(f64::from).collect();
        let counts = [(10.0, 16), (30.0, 24), (60.0, 36), (90.0, 24)];
        let now: Vec<f64> =
            counts.into_iter().flat_map(|(value, count)| std::iter::repeat_n(value, count)).collect();
        // Σ (q - p) ln(q / p) with p of a quarter each, in numpy 2.4.6; chi2.sf of scipy 1.17.1.
        let stability = population_stability(&reference, &now, 4).unwrap();
        assert!((stability.index - 0.081_093_021_621_632_87).abs() < 1e-14, "{stability:?}");
        assert!((stability.p_value - 0.255_622_950_745_256_3).abs() < 1e-12, "{stability:?}");
    }

    #[test]
    fn a_sample_against_itself_has_not_moved() {
        let sample: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(population_stability(&sample, &sample, 10), Some(Stability { index: 0.0, p_value: 1.0 }));
    }

    #[test]
    fn the_same_index_means_more_in_a_larger_sample() {
        let sample = |count: u32, shift: f64| -> Vec<f64> {
            (0..count).map(|it| f64::from(it % 20) + shift).collect()
        };
        let [few, many] = [20, 2000]
            .map(|count| population_stability(&sample(count, 0.0), &sample(count, 2.0), 5).unwrap());
        assert!(few.p_value > 0.5 && many.p_value < 1e-9, "{few:?} {many:?}");
    }

    #[test]
    fn an_empty_bin_is_not_infinitely_far() {
        let reference: Vec<f64> = (0..100).map(f64::from).collect();
        let stability = population_stability(&reference, &[200.0; 100], 10).unwrap();
        assert!(stability.index > 4.0 && stability.index.is_finite() && stability.p_value < 1e-9);
    }

    #[test]
    fn a_feature_that_is_mostly_zero_has_fewer_bins() {
        let reference: Vec<f64> = (0..100).map(|it| f64::from(i32::max(it - 80, 0))).collect();
        assert!(population_stability(&reference, &reference, 10).is_some_and(|it| it.index == 0.0));
        assert_eq!(population_stability(&[3.0; 9], &[3.0; 9], 10), None);
    }

    #[test]
    fn what_cannot_be_compared_is_none() {
        assert_eq!(
            (population_stability(&[], &[1.0], 4), population_stability(&[1.0, 2.0], &[], 4)),
            (None, None)
        );
        assert_eq!(population_stability(&[1.0, f64::NAN], &[1.0], 4), None);
        assert_eq!(
            (population_stability(&[1.0, 2.0], &[1.0], 0), population_stability(&[1.0, 2.0], &[1.0], 1)),
            (None, None)
        );
    }

    proptest! {
        #[test]
        fn the_index_is_never_negative_and_blind_to_units(
            (reference, now) in (prop::collection::vec(-9.0..9.0_f64, 2..60), prop::collection::vec(-9.0..9.0_f64, 1..60)),
        ) {
            let doubled = |values: &[f64]| values.iter().map(|value| value * 2.0).collect::<Vec<_>>();
            let stability = population_stability(&reference, &now, 5);
            prop_assert_eq!(population_stability(&doubled(&reference), &doubled(&now), 5), stability);
            prop_assert!(stability.is_none_or(|it| it.index >= 0.0 && (0.0..=1.0).contains(&it.p_value)));
        }
    }
}
