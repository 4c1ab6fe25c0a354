//! Mean and spread of values that do not all count the same.

use crate::statistics::NORMAL_97_5;

/// Sums of a weighted sample, kept without its values.
///
/// Weights are reliabilities: only their ratios matter. Source: Kish (1965), "Survey Sampling", for the effective size.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WeightedMoments {
    count: u64,
    weight: f64,
    square_of_weight: f64,
    sum: f64,
    sum_of_squares: f64,
}

impl WeightedMoments {
    /// From the sums of w, w², wx and wx².
    pub fn from_sums(count: u64, [weight, square_of_weight, sum, sum_of_squares]: [f64; 4]) -> Self {
        Self { count, weight, square_of_weight, sum, sum_of_squares }
    }

    /// Adds one value; NaN, infinities and weights of zero or less are ignored.
    pub fn push(&mut self, value: f64, weight: f64) {
        if value.is_finite() && weight.is_finite() && weight > 0.0 {
            let one = [weight, weight * weight, weight * value, weight * value * value];
            *self = self.merge(Self::from_sums(1, one));
        }
    }

    /// The sums of both samples together.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            weight: self.weight + other.weight,
            square_of_weight: self.square_of_weight + other.square_of_weight,
            sum: self.sum + other.sum,
            sum_of_squares: self.sum_of_squares + other.sum_of_squares,
        }
    }

    pub fn count(self) -> u64 {
        self.count
    }

    /// The sum of the weights.
    pub fn weight(self) -> f64 {
        self.weight
    }

    /// The weighted mean; `None` without any weight.
    pub fn mean(self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }

    /// How many values of equal weight would be as telling, (Σw)² / Σw²; 0 without any.
    pub fn effective_count(self) -> f64 {
        if self.square_of_weight > 0.0 { self.weight * self.weight / self.square_of_weight } else { 0.0 }
    }

    /// The 95 % confidence interval of the mean, low and high, by the normal distribution; `None` unless more than one
    /// value counts.
    pub fn interval(self) -> Option<(f64, f64)> {
        let (mean, n) = (self.mean()?, self.effective_count());
        if n <= 1.0 + 1e-9 {
            return None;
        }
        let variance = (self.sum_of_squares / self.weight - mean * mean).max(0.0) * n / (n - 1.0);
        let margin = NORMAL_97_5 * (variance / n).sqrt();
        Some((mean - margin, mean + margin))
    }
}

#[cfg(test)]
mod tests {
    use super::WeightedMoments;
    use crate::statistics::Moments;
    use proptest::prelude::*;

    fn of(values: &[(f64, f64)]) -> WeightedMoments {
        let mut moments = WeightedMoments::default();
        for (value, weight) in values {
            moments.push(*value, *weight);
        }
        moments
    }

    #[test]
    fn a_weight_of_two_counts_twice() {
        let moments = of(&[(1.0, 2.0), (4.0, 1.0)]);
        assert!((moments.mean().unwrap() - 2.0).abs() < 1e-12);
        assert!((moments.effective_count() - 9.0 / 5.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_one_value_have_no_interval() {
        assert_eq!((of(&[]).mean(), of(&[]).interval()), (None, None));
        assert_eq!(of(&[(0.5, 0.3)]).interval(), None);
        assert_eq!(of(&[(f64::NAN, 1.0), (1.0, 0.0), (1.0, f64::INFINITY)]).mean(), None);
    }

    #[test]
    fn a_constant_has_an_interval_without_width() {
        let (low, high) = of(&[(0.5, 1.0), (0.5, 0.25)]).interval().unwrap();
        assert!((low - 0.5).abs() < 1e-9 && (high - 0.5).abs() < 1e-9);
    }

    proptest! {
        /// With equal weights they are the ordinary mean and its standard error.
        #[test]
        fn equal_weights_change_nothing(values in prop::collection::vec(-1.0..1.0_f64, 2..50), weight in 0.1..3.0_f64) {
            let weighted = of(&values.iter().map(|value| (*value, weight)).collect::<Vec<_>>());
            let plain: Moments = values.iter().copied().collect();
            prop_assert!((weighted.mean().unwrap() - plain.mean().unwrap()).abs() < 1e-9);
            prop_assert!((weighted.effective_count() - values.len() as f64).abs() < 1e-6);
            let margin = 1.959_963_984_540_054 * plain.standard_deviation().unwrap() / (values.len() as f64).sqrt();
            let (low, high) = weighted.interval().unwrap();
            prop_assert!((high - low - 2.0 * margin).abs() < 1e-6);
        }
    }
}
