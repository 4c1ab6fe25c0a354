//! The last day of each sequence.

use super::tape::{Gradients, Operation, Tape, Var};
use crate::matrix::Matrix;

impl Tape<'_> {
    /// The rows of the last day.
    pub fn last(&mut self, input: Var) -> Var {
        let days = self.value(input);
        let start = days.values().len() / self.days * (self.days - 1);
        let last = Matrix::new(days.columns(), days.values()[start..].to_vec()).expect("whole rows");
        self.push(Operation::Last(input), last, &[input])
    }
}

pub(super) fn back(input: Var, gradient: &Matrix, gradients: &mut Gradients<'_>) {
    if let Some(days) = gradients.of(input) {
        let start = days.values().len() - gradient.values().len();
        let last = days.values_mut()[start..].iter_mut();
        last.zip(gradient.values()).for_each(|(sum, more)| *sum += more);
    }
}
