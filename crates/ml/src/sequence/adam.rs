//! Steps down a slope.

use super::Settings;
use crate::{autodiff::Parameter, matrix::Matrix};

/// How much of the means of gradients, and of their squares, the next step keeps.
const KEPT: [f32; 2] = [0.9, 0.999];
const LEAST: f32 = 1e-8;

/// Steps as long as gradients have been steady.
///
/// Source: Kingma & Ba (2015), "Adam: a method for stochastic optimization", with its constants; Pascanu, Mikolov & Bengio
/// (2013), "On the difficulty of training recurrent neural networks", for long gradients being shortened.
pub(super) struct Adam {
    learning_rate: f32,
    clip: f32,
    /// By parameter: the means of gradients and of their squares.
    means: Vec<[Vec<f32>; 2]>,
    /// What is missing of those means because they started at nothing.
    missing: [f32; 2],
}

impl Adam {
    pub fn new(parameters: &[Parameter], settings: &Settings) -> Self {
        let none = |parameter: &Parameter| {
            let none = vec![0.0; parameter.values.values().len()];
            [none.clone(), none]
        };
        #[expect(clippy::cast_possible_truncation, reason = "networks are trained in single precision")]
        let [learning_rate, clip] = [settings.learning_rate, settings.clip].map(|number| number as f32);
        Self { learning_rate, clip, means: parameters.iter().map(none).collect(), missing: [1.0; 2] }
    }

    /// Changes the parameters; not at all where a gradient is beyond what numbers can hold.
    pub fn step(&mut self, parameters: &mut [Parameter], gradients: &[Matrix]) {
        let squares = |gradient: &Matrix| gradient.values().iter().map(|slope| slope * slope).sum::<f32>();
        let length = gradients.iter().map(squares).sum::<f32>().sqrt();
        if !length.is_finite() {
            return;
        }
        let share = if length > self.clip { self.clip / length } else { 1.0 };
        self.missing = [self.missing[0] * KEPT[0], self.missing[1] * KEPT[1]];
        let [first, second] = self.missing.map(|missing| 1.0 - missing);
        let rate = self.learning_rate / first;
        for ((parameter, gradient), [means, squares]) in
            parameters.iter_mut().zip(gradients).zip(&mut self.means)
        {
            let numbers = parameter.values.values_mut().iter_mut().zip(gradient.values());
            for (((number, slope), mean), square) in numbers.zip(means).zip(squares) {
                let slope = slope * share;
                *mean += (1.0 - KEPT[0]) * (slope - *mean);
                *square += (1.0 - KEPT[1]) * (slope * slope - *square);
                *number -= rate * *mean / ((*square / second).sqrt() + LEAST);
            }
        }
    }
}
