//! Shares of each row, and sums by them.

use super::{
    activation::exp,
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;

/// By row a share for each group of columns.
#[derive(Debug)]
pub(crate) struct Select {
    pub shares: Var,
    pub values: Var,
}

impl Tape<'_> {
    /// Shares of each row, larger for larger numbers, together 1: eˣ over its sum.
    pub fn softmax(&mut self, input: Var) -> Var {
        let mut shares = self.value(input).clone();
        (0..shares.rows()).for_each(|row| softmax(shares.row_mut(row)));
        self.push(Operation::Softmax(input), shares, &[input])
    }

    /// The sum of equal groups of columns, each by its share.
    pub fn select(&mut self, shares: Var, values: Var) -> Var {
        let (factors, groups) = (self.value(shares), self.value(values));
        let width = groups.columns() / factors.columns();
        let mut sums = Matrix::zeros(groups.rows(), width);
        for (row, (factors, groups)) in factors.iter().zip(groups.iter()).enumerate() {
            for (factor, group) in factors.iter().zip(groups.chunks_exact(width)) {
                sums.row_mut(row).iter_mut().zip(group).for_each(|(sum, value)| *sum += factor * value);
            }
        }
        self.push(Operation::Select(Select { shares, values }), sums, &[shares, values])
    }
}

/// Turns numbers into shares.
pub(super) fn softmax(row: &mut [f32]) {
    let largest = row.iter().copied().fold(f32::MIN, f32::max);
    for value in row.iter_mut() {
        *value = exp(*value - largest);
    }
    let sum: f32 = row.iter().sum();
    for value in row {
        *value /= sum;
    }
}

/// The way back from shares, of which the gradient becomes that of the numbers.
pub(super) fn softmax_back(shares: &[f32], gradient: &mut [f32]) {
    let mean: f32 = shares.iter().zip(&*gradient).map(|(share, slope)| share * slope).sum();
    shares.iter().zip(gradient).for_each(|(share, slope)| *slope = share * (*slope - mean));
}

pub(super) fn back(input: Var, shares: &Matrix, gradient: &Matrix, gradients: &mut Gradients<'_>) {
    let Some(sums) = gradients.of(input) else { return };
    for (row, shares) in shares.iter().enumerate() {
        let mut slopes = gradient.row(row).to_vec();
        softmax_back(shares, &mut slopes);
        sums.row_mut(row).iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
    }
}

impl Select {
    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let (shares, values) = (gradients.tape.value(self.shares), gradients.tape.value(self.values));
        let width = gradient.columns();
        if let Some(sums) = gradients.of(self.values) {
            for (row, (shares, gradient)) in shares.iter().zip(gradient.iter()).enumerate() {
                for (share, sums) in shares.iter().zip(sums.row_mut(row).chunks_exact_mut(width)) {
                    sums.iter_mut().zip(gradient).for_each(|(sum, slope)| *sum += share * slope);
                }
            }
        }
        if let Some(sums) = gradients.of(self.shares) {
            for (row, (values, gradient)) in values.iter().zip(gradient.iter()).enumerate() {
                for (sum, group) in sums.row_mut(row).iter_mut().zip(values.chunks_exact(width)) {
                    *sum += group.iter().zip(gradient).map(|(value, slope)| value * slope).sum::<f32>();
                }
            }
        }
    }
}
