//! The losses, their derivatives, and the scores at which they are least.

use super::{
    forest::{Link, logistic},
    settings::Objective,
};

/// The largest target: differences of such are finite in single precision.
const LARGEST: f32 = f32::MAX / 4.0;

impl Objective {
    pub(super) fn link(self) -> Link {
        if self == Self::Probability { Link::Logistic } else { Link::Identity }
    }

    pub(super) fn accepts(self, target: f32) -> bool {
        target.abs() <= LARGEST && (self != Self::Probability || [0.0, 1.0].contains(&target))
    }

    /// The one score that is best for all: where boosting starts.
    pub(super) fn base(self, targets: &[f32]) -> f64 {
        let mean = || targets.iter().map(|target| f64::from(*target)).sum::<f64>() / targets.len() as f64;
        match self {
            Self::Mean => mean(),
            Self::Probability => {
                // A class that never comes up still may: its odds stay finite.
                let share = mean().clamp(1e-6, 1.0 - 1e-6);
                (share / (1.0 - share)).ln()
            }
            Self::Quantile(level) => {
                quantile(targets.iter().map(|target| f64::from(*target)).collect(), level)
            }
        }
    }

    /// The derivatives by each row's score.
    ///
    /// The pinball loss has no second one; 1 takes its place, as in LightGBM, and the leaves' scores are found afterwards.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "half the memory for the innermost loop; sums are double"
    )]
    pub(super) fn slopes(self, scores: &[f64], targets: &[f32], slopes: &mut [[f32; 2]]) {
        for ((score, target), slope) in scores.iter().zip(targets).zip(slopes) {
            let target = f64::from(*target);
            *slope = match self {
                Self::Mean => [(score - target) as f32, 1.0],
                Self::Probability => {
                    let probability = logistic(*score);
                    [(probability - target) as f32, (probability * (1.0 - probability)) as f32]
                }
                Self::Quantile(level) => [if *score >= target { 1.0 - level } else { -level } as f32, 1.0],
            };
        }
    }

    /// The mean loss: root mean square, logarithmic or pinball.
    pub(super) fn loss(self, scores: &[f64], targets: &[f32]) -> f64 {
        let one = |(score, target): (&f64, &f32)| {
            let error = f64::from(*target) - score;
            match self {
                Self::Mean => error * error,
                Self::Probability => {
                    score.max(0.0) + (-score.abs()).exp().ln_1p() - score * f64::from(*target)
                }
                Self::Quantile(level) => error * if error < 0.0 { level - 1.0 } else { level },
            }
        };
        let mean = scores.iter().zip(targets).map(one).sum::<f64>() / scores.len() as f64;
        if self == Self::Mean { mean.sqrt() } else { mean }
    }
}

/// The quantile of values at a level from 0 to 1, as [`quant::statistics::quantile`] has it, without sorting them all.
pub(super) fn quantile(mut values: Vec<f64>, level: f64) -> f64 {
    let position = level * (values.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to n - 1")]
    let below = position.floor() as usize;
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + (position - position.floor()) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::{Objective, quantile};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_those_of_quant(values in prop::collection::vec(-1e3..1e3_f64, 1..50), level in 0.0..=1.0_f64) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(Some(quantile(values, level)), quant::statistics::quantile(&sorted, level));
        }

        /// The slope is the derivative of the loss, and its second part that of the slope.
        #[test]
        fn slopes_are_derivatives(score in -5.0..5.0_f64, is_one in any::<bool>()) {
            let targets = [f32::from(u8::from(is_one))];
            let slope = |score: f64| {
                let mut slopes = [[0.0; 2]];
                Objective::Probability.slopes(&[score], &targets, &mut slopes);
                slopes[0].map(f64::from)
            };
            let step = 1e-3;
            let loss = |score: f64| Objective::Probability.loss(&[score], &targets);
            let first = (loss(score + step) - loss(score - step)) / (2.0 * step);
            let second = (slope(score + step)[0] - slope(score - step)[0]) / (2.0 * step);
            prop_assert!((first - slope(score)[0]).abs() < 1e-6 && (second - slope(score)[1]).abs() < 1e-3);
        }
    }

    #[test]
    fn the_base_is_the_best_constant() {
        for (objective, targets) in [
            (Objective::Mean, [1.0, 2.0, 6.0, 0.0, 0.5]),
            (Objective::Probability, [1.0, 0.0, 0.0, 1.0, 0.0]),
            (Objective::Quantile(0.75), [1.0, 2.0, 6.0, 0.0, 0.5]),
        ] {
            let loss = |score: f64| objective.loss(&[score; 5], &targets);
            let base = objective.base(&targets);
            assert!(loss(base) < loss(base + 1e-3) && loss(base) < loss(base - 1e-3), "{objective:?}");
        }
    }
}
