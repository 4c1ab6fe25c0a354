//! Mean and spread of a sample, in one pass and mergeable.
//!
//! Everywhere here NaN and infinities are ignored, as if they were not in the sample.

/// The 97.5 % quantile of the standard normal distribution.
pub(crate) const NORMAL_97_5: f64 = 1.959_963_984_540_054;

/// Arithmetic mean; `None` without a finite value.
pub fn mean(values: &[f64]) -> Option<f64> {
    values.iter().copied().collect::<Moments>().mean()
}

/// Sample standard deviation with `n - 1` degrees of freedom; `None` for fewer than two finite values.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    values.iter().copied().collect::<Moments>().standard_deviation()
}

/// The quantile of `sorted` values at a `level` from 0 to 1; `None` without values or outside those levels.
///
/// Linear between the neighbours of position `level · (n - 1)`: type 7 of Hyndman and Fan (1996), "Sample quantiles in
/// statistical packages", as numpy and R have it.
pub fn quantile(sorted: &[f64], level: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&level) {
        return None;
    }
    let position = level * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (position.floor(), position.ceil());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to n - 1")]
    let (low, high) = (sorted[below as usize], sorted[above as usize]);
    Some(low + (position - below) * (high - low))
}

/// Tells whether all values are equal.
#[expect(
    clippy::float_cmp,
    reason = "a margin would call small spreads constant; a sum of squares may be rounding"
)]
pub(crate) fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

/// Count, mean and summed squared deviations of a sample, kept without its values.
///
/// Source: Welford (1962), "Note on a method for calculating corrected sums of squares and products"; merging by Chan,
/// Golub and LeVeque (1979), "Updating formulae and a pairwise algorithm for computing sample variances".
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    m2: f64,
}

impl Moments {
    /// Adds one value; NaN and infinities are ignored.
    pub fn push(&mut self, value: f64) {
        if value.is_finite() {
            self.count += 1;
            let delta = value - self.mean;
            self.mean += delta / self.count as f64;
            self.m2 += delta * (value - self.mean);
        }
    }

    /// The moments of both samples together.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if self.count == 0 {
            return other;
        }
        if other.count == 0 {
            return self;
        }
        let count = self.count + other.count;
        let share = other.count as f64 / count as f64;
        let delta = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + delta * share,
            m2: self.m2 + other.m2 + delta * delta * share * self.count as f64,
        }
    }

    /// The moments behind a database's `count`, `sum` and sum of squares; empty if a sum is not finite.
    ///
    /// Loses digits where the mean is large against the spread (half of them at a ratio of 10⁴), so prefer [`push`]
    /// where the values are at hand; rounding never makes the spread negative.
    ///
    /// [`push`]: Self::push
    #[must_use]
    pub fn from_sums(count: u64, sum: f64, sum_of_squares: f64) -> Self {
        if count == 0 || !sum.is_finite() || !sum_of_squares.is_finite() {
            return Self::default();
        }
        let mean = sum / count as f64;
        Self { count, mean, m2: mean.mul_add(-sum, sum_of_squares).max(0.0) }
    }

    /// The number of finite values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The arithmetic mean; `None` for an empty sample.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The sum of squared deviations from the mean; 0 for an empty sample.
    pub fn m2(&self) -> f64 {
        self.m2
    }

    /// The sample variance, over `n - 1`; `None` for fewer than two values.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.m2 / (self.count - 1) as f64)
    }

    /// The sample standard deviation, over `n - 1`; `None` for fewer than two values.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }
}

impl Extend<f64> for Moments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        moments.extend(values);
        moments
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected_mean: f64, expected_deviation: f64, tolerance: f64) {
        let mean = mean(values).expect("values");
        let deviation = standard_deviation(values).expect("two values");
        assert!((mean / expected_mean - 1.0).abs() < 1e-15, "mean {mean}");
        assert!((deviation / expected_deviation - 1.0).abs() < tolerance, "standard deviation {deviation}");
    }

    /// A NIST series: one `middle` value, then 500 times `low` and `high`.
    fn alternating(middle: f64, low: f64, high: f64) -> Vec<f64> {
        let pairs = std::iter::repeat_n([low, high], 500).flatten();
        std::iter::once(middle).chain(pairs).collect()
    }

    #[test]
    fn nist_reference_datasets() {
        // NIST Statistical Reference Datasets, univariate summary statistics: NumAcc1 to NumAcc4, certified values. In
        // the last two the inputs' own rounding limits the deviation to about nine and eight digits.
        check(&[10_000_001.0, 10_000_003.0, 10_000_002.0], 10_000_002.0, 1.0, 1e-15);
        check(&alternating(1.2, 1.1, 1.3), 1.2, 0.1, 1e-13);
        check(&alternating(1_000_000.2, 1_000_000.1, 1_000_000.3), 1_000_000.2, 0.1, 1e-8);
        check(&alternating(10_000_000.2, 10_000_000.1, 10_000_000.3), 10_000_000.2, 0.1, 1e-7);
    }

    #[test]
    fn too_few_points_have_no_statistics() {
        assert_eq!((mean(&[]), standard_deviation(&[])), (None, None));
        assert_eq!((mean(&[4.0]), standard_deviation(&[4.0])), (Some(4.0), None));
        assert_eq!(standard_deviation(&[4.0, 4.0, 4.0]), Some(0.0));
    }

    #[test]
    fn quantiles_lie_between_the_values() {
        // numpy 2.4.6 quantile.
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (level, expected) in [(0.0, 1.0), (0.1, 1.3), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((quantile(&sorted, level).expect("values") - expected).abs() < 1e-14);
        }
        assert_eq!(
            (quantile(&[], 0.5), quantile(&sorted, 1.1), quantile(&[3.0], 0.7)),
            (None, None, Some(3.0))
        );
    }

    #[test]
    fn values_that_are_not_finite_are_ignored() {
        let moments: Moments = [1.0, f64::NAN, 3.0, f64::INFINITY, f64::NEG_INFINITY].into_iter().collect();
        assert_eq!((moments.count(), moments.mean(), moments.variance()), (2, Some(2.0), Some(2.0)));
    }

    #[test]
    fn sums_give_the_moments_of_their_values() {
        assert_eq!(Moments::from_sums(3, 6.0, 14.0), [1.0, 2.0, 3.0].into_iter().collect());
        assert_eq!(Moments::from_sums(0, 6.0, 14.0), Moments::default());
        assert_eq!(Moments::from_sums(3, f64::NAN, 14.0), Moments::default());
        assert_eq!(Moments::from_sums(2, 2.0, 1.999_999).variance(), Some(0.0));
    }

    #[test]
    fn merging_with_an_empty_sample_changes_nothing() {
        let moments: Moments = [1.0, 5.0].into_iter().collect();
        assert_eq!(moments.merge(Moments::default()), moments);
        assert_eq!(Moments::default().merge(moments), moments);
    }

    fn is_close(one: Moments, other: Moments) -> bool {
        one.count == other.count
            && (one.mean - other.mean).abs() < 1e-9
            && (one.m2 - other.m2).abs() < 1e-9 * (1.0 + one.m2)
    }

    proptest! {
        #[test]
        fn merged_parts_equal_the_whole(
            values in prop::collection::vec(-1e3..1e3_f64, 0..100),
            cut in any::<prop::sample::Index>(),
        ) {
            let (left, right) = values.split_at(cut.index(values.len() + 1));
            let [left, right, whole] = [left, right, &values].map(|part| part.iter().copied().collect::<Moments>());
            prop_assert!(is_close(left.merge(right), whole));
            prop_assert!(is_close(right.merge(left), whole));
        }

        #[test]
        fn sums_equal_the_values(values in prop::collection::vec(-1e3..1e3_f64, 0..100)) {
            let squares = values.iter().map(|value| value * value).sum();
            let from_sums = Moments::from_sums(values.len() as u64, values.iter().sum(), squares);
            prop_assert!(is_close(from_sums, values.iter().copied().collect()));
        }

        #[test]
        fn shifting_moves_the_mean_and_scaling_stretches_the_deviation(
            values in prop::collection::vec(-1e3..1e3_f64, 2..100),
            (scale, shift) in (-10.0..10.0_f64, -1e3..1e3_f64),
        ) {
            let moved: Vec<f64> = values.iter().map(|value| scale * value + shift).collect();
            let [before, after] = [&values, &moved].map(|part| part.iter().copied().collect::<Moments>());
            prop_assert!((after.mean - (scale * before.mean + shift)).abs() < 1e-9);
            prop_assert!((after.m2.sqrt() - scale.abs() * before.m2.sqrt()).abs() < 1e-8);
        }
    }
}
