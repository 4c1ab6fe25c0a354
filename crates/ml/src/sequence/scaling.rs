//! Inputs and targets brought to one size.

use super::examples::{Examples, Inputs};
use crate::matrix::Matrix;

/// How many standard deviations from the mean inputs count: those further away are moved there.
pub(crate) const LIMIT: f32 = 10.0;

/// What the training examples were like.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// By feature: the mean, and one over the standard deviation.
    pub means: Vec<f32>,
    pub factors: Vec<f32>,
    /// Of the targets: the mean and the standard deviation.
    pub target_mean: f32,
    pub target_scale: f32,
}

impl Scaling {
    pub(super) fn of(examples: &Examples<'_>) -> Self {
        let features = examples.inputs.features();
        let values = examples.inputs.values();
        let feature = |index: usize| moments(values[index..].iter().step_by(features));
        let moments: Vec<[f32; 2]> = (0..features).map(feature).collect();
        let [target_mean, target_scale] = self::moments(examples.targets.iter());
        Self {
            means: moments.iter().map(|[mean, _]| *mean).collect(),
            factors: moments.iter().map(|[_, deviation]| 1.0 / deviation).collect(),
            target_mean,
            target_scale,
        }
    }

    /// Whether the numbers can scale anything.
    pub(super) fn is_sound(&self) -> bool {
        let is_positive = |number: &f32| *number > 0.0 && number.is_finite();
        let all = self.means.iter().chain([&self.target_mean]);
        self.means.len() == self.factors.len()
            && all.into_iter().all(|number| number.is_finite())
            && self.factors.iter().chain([&self.target_scale]).all(is_positive)
    }

    /// Some of the sequences, standardised: a row for each day and sequence, sorted by day.
    pub(super) fn days(&self, inputs: &Inputs<'_>, sequences: &[usize]) -> Matrix {
        let mut rows = Matrix::zeros(inputs.days() * sequences.len(), inputs.features());
        for day in 0..inputs.days() {
            for (index, sequence) in sequences.iter().enumerate() {
                let scales = self.means.iter().zip(&self.factors);
                let row = rows.row_mut(day * sequences.len() + index).iter_mut();
                for ((scaled, value), (mean, factor)) in row.zip(inputs.day(*sequence, day)).zip(scales) {
                    *scaled = ((value - mean) * factor).clamp(-LIMIT, LIMIT);
                }
            }
        }
        rows
    }

    /// Some of the targets, standardised.
    pub(super) fn targets(&self, targets: &[f32], sequences: &[usize]) -> Vec<f32> {
        let (mean, scale) = (f64::from(self.target_mean), f64::from(self.target_scale));
        #[expect(clippy::cast_possible_truncation, reason = "networks are trained in single precision")]
        let target = |sequence: &usize| ((f64::from(targets[*sequence]) - mean) / scale) as f32;
        sequences.iter().map(target).collect()
    }

    /// Standardised predictions in the targets' own units.
    pub(super) fn restore(&self, mut predictions: Matrix) -> Matrix {
        for value in predictions.values_mut() {
            *value = *value * self.target_scale + self.target_mean;
        }
        predictions
    }
}

/// The mean and the standard deviation; 1 instead of that where there is none worth the name.
fn moments<'data>(values: impl Iterator<Item = &'data f32> + Clone) -> [f32; 2] {
    let count = values.clone().count() as f64;
    let mean = values.clone().map(|value| f64::from(*value)).sum::<f64>() / count;
    let variance = values.map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt();
    // Less than that is what single precision makes of equal numbers, or has no finite inverse.
    let is_some = deviation > 1e-30 && deviation > 1e-6 * mean.abs();
    #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
    [mean as f32, if is_some { deviation as f32 } else { 1.0 }]
}
