//! What the trainer and the model promise.

mod explanation;
mod learning;
mod model;
mod reference;

use super::{Error, Examples, Forest, Objective, Settings, train};
use crate::{matrix::Matrix, random::splitmix_at};
use std::ops::ControlFlow;

/// Settings under which one tree can learn everything from few rows.
fn one_tree(objective: Objective) -> Settings {
    let few = Settings { rounds: 1, learning_rate: 1.0, samples: 1, ..Settings::new(objective) };
    Settings { hessian: 0.0, ..few }
}

fn grow(matrix: &Matrix, targets: &[f32], settings: &Settings) -> Forest {
    try_grow(matrix, targets, settings).unwrap()
}

fn try_grow(matrix: &Matrix, targets: &[f32], settings: &Settings) -> Result<Forest, Error> {
    train(Examples::new(matrix, targets)?, None, settings, |_| ControlFlow::Continue(()))
}

fn column(values: &[f32]) -> Matrix {
    Matrix::new(1, values.to_vec()).unwrap()
}

/// Rows from -1 to 1 of which some values are missing, and targets that four columns decide but for some noise.
fn noisy(rows: usize, seed: u64) -> (Matrix, Vec<f32>) {
    let at = |place: usize| (splitmix_at(seed, place as u64) >> 40) as f32 / 8_388_608.0 - 1.0;
    let mut values: Vec<f32> = (0..rows * 5).map(at).collect();
    let target = |(row, values): (usize, &mut [f32])| {
        let target = values[0] + 2.0 * values[1] * values[2] + f32::from(u8::from(values[3] > 0.3));
        if row % 11 == 0 {
            values[row % 5] = f32::NAN;
        }
        target + 0.3 * at(rows * 5 + row)
    };
    let targets = values.chunks_exact_mut(5).enumerate().map(target).collect();
    (Matrix::new(5, values).unwrap(), targets)
}
