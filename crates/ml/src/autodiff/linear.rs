//! Weighted sums of columns.

use super::{
    product::{View, add_product},
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;
use std::ops::Range;

/// Weights: inputs × outputs of a group, the groups one below the other; each sees its own share of the inputs alone.
#[derive(Debug)]
pub(crate) struct Linear {
    pub input: Var,
    pub weights: Var,
    pub bias: Var,
    pub groups: usize,
}

impl Tape<'_> {
    /// Sums of the columns by weights that start within ± `bound`, and a bias that starts at 0.
    pub fn linear(&mut self, name: &str, input: Var, outputs: usize, bound: f32) -> Var {
        self.sums(name, input, [outputs, 1], bound)
    }

    /// The same within each of some equal groups of columns; weights start such that gradients neither fade nor grow.
    ///
    /// Source: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    pub fn linear_by_group(&mut self, name: &str, input: Var, outputs: usize, groups: usize) -> Var {
        let ends = (self.value(input).columns() + outputs) / groups;
        self.sums(name, input, [outputs, groups], (6.0 / ends as f32).sqrt())
    }

    fn sums(&mut self, name: &str, input: Var, [outputs, groups]: [usize; 2], bound: f32) -> Var {
        let shape = [self.value(input).columns(), outputs / groups];
        let weights = self.parameter(&format!("{name}.weights"), shape, |_, stream| stream.within(bound));
        let bias = self.parameter(&format!("{name}.bias"), [1, outputs], |_, _| 0.0);
        let mut sums = repeat(self.value(bias).values(), self.value(input).rows());
        let (values, factors) = (View::of(self.value(input)), View::of(self.value(weights)));
        for (rows, group) in blocks(sums.rows(), groups) {
            let values = values.rows(rows.start, rows.len()).part(group, groups);
            let factors = factors.transposed().part(group, groups).transposed();
            let sums = &mut sums.values_mut()[rows.start * outputs + group * shape[1]..];
            add_product(values, factors, sums, outputs);
        }
        self.push(Operation::Linear(Linear { input, weights, bias, groups }), sums, &[input, weights, bias])
    }
}

impl Linear {
    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let (input, weights) = (gradients.tape.value(self.input), gradients.tape.value(self.weights));
        let (inputs, outputs) = (input.columns() / self.groups, weights.columns());
        for (rows, group) in blocks(gradient.rows(), self.groups) {
            let part = |matrix| View::of(matrix).rows(rows.start, rows.len()).part(group, self.groups);
            if let Some(sums) = gradients.of(self.weights) {
                let sums = &mut sums.values_mut()[group * inputs * outputs..];
                add_product(part(input).transposed(), part(gradient), sums, outputs);
            }
            if let Some(sums) = gradients.of(self.input) {
                let weights = View::of(weights).transposed().part(group, self.groups);
                let sums = &mut sums.values_mut()[rows.start * input.columns() + group * inputs..];
                add_product(part(gradient), weights, sums, input.columns());
            }
        }
        if let Some(sums) = gradients.of(self.bias) {
            add_rows(gradient, sums.values_mut());
        }
    }
}

/// Rows that stay in the processor's caches, each with all groups before the next.
fn blocks(rows: usize, groups: usize) -> impl Iterator<Item = (Range<usize>, usize)> {
    let block = if groups == 1 { rows } else { 192 };
    let starts = (0..rows).step_by(block);
    starts.flat_map(move |start| (0..groups).map(move |group| (start..rows.min(start + block), group)))
}

/// The same row so many times.
pub(super) fn repeat(row: &[f32], times: usize) -> Matrix {
    Matrix::new(row.len(), row.repeat(times)).expect("whole rows")
}

/// Adds all rows to one.
pub(super) fn add_rows(rows: &Matrix, sums: &mut [f32]) {
    for row in rows.iter() {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}
