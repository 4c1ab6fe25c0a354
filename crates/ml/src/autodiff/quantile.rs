//! Quantiles that never cross.

use super::{
    activation::{sigmoid, softplus},
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;

/// The column that is a quantile itself; the others are steps away from it.
#[derive(Debug)]
pub(crate) struct Quantiles {
    pub input: Var,
    pub anchor: usize,
}

impl Tape<'_> {
    /// Rising numbers in each row: the column `anchor` as it is, and upwards and downwards from it steps that are the
    /// [`softplus`] of the others.
    pub fn quantiles(&mut self, input: Var, anchor: usize) -> Var {
        let mut value = self.value(input).clone();
        for index in 0..value.rows() {
            let row = value.row_mut(index);
            for column in anchor + 1..row.len() {
                row[column] = row[column - 1] + softplus(row[column]);
            }
            // A step belongs to the gap above its column.
            for column in (0..anchor).rev() {
                row[column] = row[column + 1] - softplus(row[column]);
            }
        }
        self.push(Operation::Quantiles(Quantiles { input, anchor }), value, &[input])
    }
}

impl Quantiles {
    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let input = gradients.tape.value(self.input);
        let Some(sums) = gradients.of(self.input) else { return };
        for (index, gradient) in gradient.iter().enumerate() {
            let (raw, sums) = (input.row(index), sums.row_mut(index));
            // A step moves every quantile beyond it.
            let mut beyond = 0.0;
            for column in (self.anchor + 1..raw.len()).rev() {
                beyond += gradient[column];
                sums[column] += beyond * sigmoid(raw[column]);
            }
            let mut below = 0.0;
            for column in 0..self.anchor {
                below += gradient[column];
                sums[column] -= below * sigmoid(raw[column]);
            }
            sums[self.anchor] += beyond + below + gradient[self.anchor];
        }
    }
}
