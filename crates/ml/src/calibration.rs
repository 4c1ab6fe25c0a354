//! Probabilities that mean what they say.

use crate::softmax::{logarithm, to_probabilities};

const LEAST: f64 = 0.05;
const MOST: f64 = 20.0;
/// Each step narrows the search to 0.618 of what it was.
const STEPS: usize = 60;

/// The temperature by which to divide logits so that their probabilities fit the labels best, by likelihood; 1 without
/// any rows.
///
/// The rows must not be those that the model was trained on. Source: Guo et al. (2017), "On Calibration of Modern Neural
/// Networks".
pub fn temperature(logits: &[Vec<f32>], labels: &[usize]) -> f32 {
    if logits.is_empty() {
        return 1.0;
    }
    let loss = |temperature: f64| -> f64 {
        let one = |(row, label): (&Vec<f32>, &usize)| {
            let mut values: Vec<f64> = row.iter().map(|logit| f64::from(*logit) / temperature).collect();
            to_probabilities(&mut values);
            -logarithm(values[*label])
        };
        logits.iter().zip(labels).map(one).sum()
    };
    // Convex in the inverse, so there is one valley; its logarithm covers orders of magnitude evenly.
    #[expect(clippy::cast_possible_truncation, reason = "between 0.05 and 20")]
    let found = golden_section((LEAST.ln(), MOST.ln()), |log| loss(log.exp())).exp() as f32;
    found
}

/// The least of a function with one valley.
fn golden_section((mut low, mut high): (f64, f64), function: impl Fn(f64) -> f64) -> f64 {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_left, mut at_right) = (function(left), function(right));
    for _ in 0..STEPS {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = function(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = function(right);
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::temperature;

    /// Of a hundred rows that all say 4:0, eighty are right: logit 4 should have been ln 4.
    #[test]
    fn overconfidence_is_cooled_to_the_share_that_is_right() {
        let logits = vec![vec![4.0, 0.0]; 100];
        let labels: Vec<usize> = (0..100).map(|index| usize::from(index >= 80)).collect();
        let expected = 4.0 / 4.0_f32.ln();
        assert!((temperature(&logits, &labels) - expected).abs() < 1e-3);
    }

    #[test]
    fn nothing_to_learn_from_leaves_it_as_it_is() {
        assert!((temperature(&[], &[]) - 1.0).abs() < f32::EPSILON);
    }
}
