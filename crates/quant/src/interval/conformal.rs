//! Intervals that cover as often as they promise, whatever the model behind them.

use super::Interval;

/// How far past intervals were from what came: conformalised quantile regression.
///
/// If past and future cases are exchangeable, an interval widened by [`margin`] covers with at least the asked
/// probability, for any model and any distribution. Source: Romano, Patterson and Candès (2019), "Conformalized quantile
/// regression".
///
/// [`margin`]: Self::margin
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Ascending; negative for values inside.
    distances: Vec<f64>,
}

impl Calibration {
    /// Learns from intervals and what came; `None` without any, or if one is not finite.
    ///
    /// The cases must be none that the model was trained on. The distance is `max(low - actual, actual - high)`.
    pub fn of(cases: &[(Interval, f64)]) -> Option<Self> {
        let distances = cases.iter().map(|(interval, actual)| {
            let (below, above) = (interval.low - actual, actual - interval.high);
            (below.is_finite() && above.is_finite()).then(|| below.max(above))
        });
        let mut distances: Vec<f64> = distances.collect::<Option<_>>()?;
        distances.sort_by(f64::total_cmp);
        (!distances.is_empty()).then_some(Self { distances })
    }

    /// Puts together what [`distances`](Self::distances) gave; `None` without any, or if one is not finite.
    pub fn from_distances(mut distances: Vec<f64>) -> Option<Self> {
        let is_sound = !distances.is_empty() && distances.iter().all(|distance| distance.is_finite());
        distances.sort_by(f64::total_cmp);
        is_sound.then_some(Self { distances })
    }

    /// How far what came was outside of its interval, ascending; negative for values inside.
    pub fn distances(&self) -> &[f64] {
        &self.distances
    }

    /// At most `most` of the distances, which promise no less: a margin is that of the next larger coverage kept.
    #[must_use]
    pub fn thinned(self, most: usize) -> Self {
        let (count, kept) = (self.distances.len(), most.max(1));
        if count <= kept {
            return self;
        }
        // The rank among all that the rank among those kept stands for, never rounded down.
        let rank = |place: usize| ((count + 1) * place).div_ceil(kept + 1).min(count);
        Self { distances: (1..=kept).map(|place| self.distances[rank(place) - 1]).collect() }
    }

    /// What to widen an interval by so that it covers with probability `coverage`; negative if it is too wide.
    ///
    /// The `⌈(n + 1) · coverage⌉`-th smallest distance: the 1 is for the case to come. `None` where that is beyond the
    /// n cases, as no finite margin can promise so much after so few, and for a coverage of 0, less, or NaN.
    pub fn margin(&self, coverage: f64) -> Option<f64> {
        if coverage.is_nan() || coverage <= 0.0 {
            return None;
        }
        // A product just above a whole number is one that was rounded.
        let rank = ((self.distances.len() + 1) as f64 * coverage - 1e-9).ceil().max(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1; saturates")]
        self.distances.get(rank as usize - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calibration(actuals: impl IntoIterator<Item = f64>) -> Calibration {
        let cases: Vec<_> =
            actuals.into_iter().map(|actual| (Interval { low: -1.0, high: 1.0 }, actual)).collect();
        Calibration::of(&cases).unwrap()
    }

    #[test]
    fn the_margin_is_the_corrected_quantile() {
        // Distances -0.5, 0, 1, …, 7: of nine cases the ninth is the largest that 90 % can ask for.
        let calibration = calibration([0.5, 1.0, 2.0, -3.0, 4.0, 5.0, 6.0, -7.0, 8.0]);
        assert_eq!(calibration.margin(0.9), Some(7.0));
        assert_eq!(calibration.margin(0.8), Some(6.0));
        assert_eq!(calibration.margin(0.01), Some(-0.5));
        assert_eq!(calibration.margin(0.91), None);
    }

    #[test]
    fn nineteen_cases_are_the_least_for_95_percent_and_99_for_99() {
        let cases = |count: u32| calibration((0..count).map(f64::from));
        assert!(cases(18).margin(0.95).is_none() && cases(19).margin(0.95).is_some());
        assert!(cases(98).margin(0.99).is_none() && cases(99).margin(0.99).is_some());
    }

    #[test]
    fn what_is_kept_comes_back_and_thinning_never_promises_less() {
        let all = calibration((0..997_u32).map(|it| f64::from(it * it % 997)));
        assert_eq!(Calibration::from_distances(all.distances().to_vec()), Some(all.clone()));
        assert_eq!(Calibration::from_distances(vec![]), None);
        assert_eq!(Calibration::from_distances(vec![1.0, f64::NAN]), None);
        let few = all.clone().thinned(199);
        assert_eq!((few.distances().len(), all.clone().thinned(2000)), (199, all.clone()));
        for coverage in [0.01, 0.5, 0.9, 0.95, 0.99, 0.995] {
            let (all, few) = (all.margin(coverage).unwrap(), few.margin(coverage).unwrap());
            assert!(few >= all && few <= all + 10.0, "{coverage}: {all} {few}");
        }
    }

    #[test]
    fn nothing_learnt_and_impossible_promises_are_none() {
        assert_eq!(Calibration::of(&[]), None);
        assert_eq!(Calibration::of(&[(Interval { low: 0.0, high: 1.0 }, f64::NAN)]), None);
        for coverage in [0.0, -1.0, 1.0, 2.0, f64::NAN] {
            assert_eq!(calibration([1.0, 2.0]).margin(coverage), None);
        }
    }

    #[test]
    fn widening_never_crosses_the_ends() {
        let interval = Interval { low: 1.0, high: 3.0 };
        assert_eq!(interval.widened(0.5), Interval { low: 0.5, high: 3.5 });
        assert_eq!(interval.widened(-0.5), Interval { low: 1.5, high: 2.5 });
        assert_eq!(interval.widened(-5.0), Interval { low: 2.0, high: 2.0 });
    }

    proptest! {
        /// Leaving each case out in turn covers at least as many as promised: the theorem, with order for chance.
        #[test]
        fn any_of_exchangeable_cases_is_covered_as_promised(
            actuals in prop::collection::vec(-10.0..10.0_f64, 11..60),
            coverage in 0.05..0.9_f64,
        ) {
            let covered = (0..actuals.len()).filter(|left_out| {
                let others = actuals.iter().enumerate().filter(|(at, _)| at != left_out).map(|(_, actual)| *actual);
                let margin = calibration(others).margin(coverage).unwrap();
                Interval { low: -1.0, high: 1.0 }.widened(margin).contains(actuals[*left_out])
            });
            prop_assert!(covered.count() as f64 >= coverage * actuals.len() as f64 - 1e-6);
        }
    }
}
