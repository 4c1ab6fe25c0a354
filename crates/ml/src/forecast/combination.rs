//! How much each member of an ensemble counts for.

use super::{Combination, LEVELS};
use crate::matrix::Matrix;
use std::collections::BTreeMap;

/// How many days the trust in all members alike outweighs.
const TRUST: f64 = 10.0;

const STEPS: usize = 300;

/// What members said of the same rows, and what came.
pub(super) struct Cases<'data> {
    /// By member: a row of quantiles for each.
    said: &'data [Matrix],
    targets: &'data [f32],
    /// By row: 1 over the rows of its day, as stocks rise and fall together.
    parts: Vec<f64>,
    days: f64,
}

impl<'data> Cases<'data> {
    pub fn new(said: &'data [Matrix], targets: &'data [f32], days: &[usize]) -> Self {
        let mut counts = BTreeMap::<usize, f64>::new();
        for day in days {
            *counts.entry(*day).or_default() += 1.0;
        }
        let parts = days.iter().map(|day| 1.0 / counts[day]).collect();
        Self { said, targets, parts, days: counts.len() as f64 }
    }

    /// By member, then level: its weight; those of a level are together 1.
    pub fn weights(&self, combination: Combination) -> Matrix {
        let levels: Vec<Vec<f64>> = match combination {
            Combination::Mean => vec![self.equal(); LEVELS.len()],
            Combination::Weighted => vec![self.by_loss(); LEVELS.len()],
            Combination::Stacked => (0..LEVELS.len()).map(|place| self.stacked(place)).collect(),
        };
        let member = |member: usize| levels.iter().map(move |weights| weights[member]);
        #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
        let values = (0..self.said.len()).flat_map(member).map(|weight| weight as f32).collect();
        Matrix::new(LEVELS.len(), values).expect("whole rows")
    }

    fn equal(&self) -> Vec<f64> {
        vec![1.0 / self.said.len() as f64; self.said.len()]
    }

    /// By the inverse of the mean loss of all levels.
    ///
    /// Source: Bates and Granger (1969), "The combination of forecasts", there of squared errors.
    fn by_loss(&self) -> Vec<f64> {
        let inverse = |member: usize| {
            let alone: Vec<f64> = (0..self.said.len()).map(|at| f64::from(u8::from(at == member))).collect();
            let losses = (0..LEVELS.len()).map(|place| self.loss(place, &alone).0);
            1.0 / losses.sum::<f64>().max(1e-9)
        };
        normalised((0..self.said.len()).map(inverse).collect())
    }

    /// The weights of least loss, relative to the one of equal weights, with a penalty for every step away from these.
    ///
    /// Stacking: Breiman (1996), "Stacked regressions". The penalty is the Kullback-Leibler divergence: so many days as
    /// [`TRUST`] says must speak as clearly for others as for equal weights before they are left by much. Its minimum is
    /// found by exponentiated gradients (Kivinen and Warmuth 1997), which never leave the simplex, in ever shorter steps.
    fn stacked(&self, place: usize) -> Vec<f64> {
        let equal = self.equal();
        let usual = self.loss(place, &equal).0.max(1e-9);
        let (mut weights, mut best) = (equal.clone(), (f64::INFINITY, equal));
        for step in 0..STEPS {
            let (loss, slopes) = self.loss(place, &weights);
            let value = self.days * loss / usual + TRUST * divergence(&weights);
            if value < best.0 {
                best = (value, weights.clone());
            }
            let stride = 2.0 / (TRUST * (step as f64 + 2.0));
            let moved = weights.iter().zip(slopes).map(|(weight, slope)| {
                (weight.ln() - stride * self.days * slope / usual) / (1.0 + stride * TRUST)
            });
            weights = of_logarithms(&moved.collect::<Vec<_>>());
        }
        best.1
    }

    /// The mean pinball loss of the weighted sum at a level, and by member its slope.
    fn loss(&self, place: usize, weights: &[f64]) -> (f64, Vec<f64>) {
        let (level, mut loss, mut slopes) = (LEVELS[place], 0.0, vec![0.0; weights.len()]);
        for (row, (target, part)) in self.targets.iter().zip(&self.parts).enumerate() {
            let quantile = |said: &Matrix| f64::from(said.row(row)[place]);
            let sum: f64 = self.said.iter().zip(weights).map(|(said, weight)| weight * quantile(said)).sum();
            let error = f64::from(*target) - sum;
            let slope = if error > 0.0 { -level } else { 1.0 - level };
            loss -= part * slope * error / self.days;
            for (total, said) in slopes.iter_mut().zip(self.said) {
                *total += part * slope * quantile(said) / self.days;
            }
        }
        (loss, slopes)
    }
}

/// From equal weights.
fn divergence(weights: &[f64]) -> f64 {
    let count = weights.len() as f64;
    weights.iter().filter(|weight| **weight > 0.0).map(|weight| weight * (weight * count).ln()).sum()
}

/// Weights from their logarithms, but for what is the same of all; none is lost however small it is.
fn of_logarithms(logarithms: &[f64]) -> Vec<f64> {
    let largest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    normalised(logarithms.iter().map(|one| (one - largest).max(-600.0).exp()).collect())
}

fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cases, Combination, LEVELS};
    use crate::{matrix::Matrix, random::Stream};

    /// Quantiles of a normal distribution with a variance of 1 around each middle.
    fn around(middles: &[f32], widths: f32) -> Matrix {
        let scores = [-2.576, -1.96, -1.645, -0.674, 0.0, 0.674, 1.645, 1.96, 2.576_f32];
        let row = |middle: &f32| scores.map(|score| middle + widths * score);
        Matrix::new(LEVELS.len(), middles.iter().flat_map(row).collect()).unwrap()
    }

    /// Middles and what came around them, four stocks a day.
    fn market(days: usize) -> (Vec<f32>, Vec<f32>, Vec<usize>) {
        let mut stream = Stream::new(7);
        let mut normal = || (0..12).map(|_| stream.within(1.0)).sum::<f32>() / 2.0;
        let middles: Vec<f32> = (0..4 * days).map(|_| normal()).collect();
        let targets = middles.iter().map(|middle| middle + normal()).collect();
        (middles, targets, (0..4 * days).map(|row| row / 4).collect())
    }

    fn shuffled(values: &[f32]) -> Vec<f32> {
        let half = values.len() / 2;
        [&values[half..], &values[..half]].concat()
    }

    #[test]
    fn noise_counts_for_nothing_where_members_are_stacked_and_for_less_where_they_are_weighted() {
        let (middles, targets, days) = market(250);
        let said = [around(&middles, 1.0), around(&shuffled(&middles), 3.0)];
        let cases = Cases::new(&said, &targets, &days);
        let [stacked, weighted] =
            [Combination::Stacked, Combination::Weighted].map(|combination| cases.weights(combination));
        assert!(stacked.row(1)[1..8].iter().all(|weight| *weight < 0.08), "{stacked:?}");
        assert!(weighted.row(1).iter().all(|weight| *weight < 0.35), "{weighted:?}");
        assert_eq!(cases.weights(Combination::Mean).values(), [0.5; 18]);
    }

    #[test]
    fn members_that_are_alike_count_alike_and_few_days_change_little() {
        let (middles, targets, days) = market(250);
        let same = [around(&middles, 1.0), around(&middles, 1.0), around(&middles, 1.0)];
        for combination in Combination::ALL {
            let weights = Cases::new(&same, &targets, &days).weights(combination);
            assert!(weights.values().iter().all(|weight| (weight - 1.0 / 3.0).abs() < 1e-6), "{weights:?}");
        }
        let (middles, targets, days) = market(2);
        let said = [around(&middles, 1.0), around(&shuffled(&middles), 1.0)];
        let weights = Cases::new(&said, &targets, &days).weights(Combination::Stacked);
        assert!(weights.values().iter().all(|weight| (weight - 0.5).abs() < 0.15), "{weights:?}");
    }

    /// Two members that err to either side by half as much: the best of all sums, by trying a thousand of them.
    #[test]
    fn stacked_weights_are_the_best_but_for_the_penalty_and_never_worse_than_the_mean() {
        let (middles, targets, days) = market(4_000);
        let shifted = |by: f32| around(&middles.iter().map(|it| it + by).collect::<Vec<_>>(), 1.0);
        let said = [shifted(-0.5), shifted(1.0)];
        let cases = Cases::new(&said, &targets, &days);
        let weights = cases.weights(Combination::Stacked);
        for place in 0..LEVELS.len() {
            let loss = |share: f64| cases.loss(place, &[share, 1.0 - share]).0;
            let best = (0..=1_000).map(|it| loss(f64::from(it) / 1e3)).fold(f64::INFINITY, f64::min);
            let found = loss(weights.row(0)[place].into());
            assert!(found <= loss(0.5) + 1e-9 && found < best * 1.002, "{place}: {found} {best}");
            assert!((weights.row(0)[place] + weights.row(1)[place] - 1.0).abs() < 1e-6);
        }
        assert!((weights.row(0)[4] - 2.0 / 3.0).abs() < 0.03, "{weights:?}");
    }
}
