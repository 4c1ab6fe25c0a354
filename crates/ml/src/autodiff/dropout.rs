//! Numbers left out by chance, so that training relies on none.

use super::tape::{Gradients, Operation, Tape, Var};
use crate::matrix::Matrix;

/// By place: 0 where the number was left out, else the factor that makes up for those that were.
#[derive(Debug)]
pub(crate) struct Dropout {
    pub input: Var,
    factors: Vec<f32>,
}

impl Tape<'_> {
    /// Leaves out a share of the numbers while the network is trained; else nothing happens.
    ///
    /// Source: Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".
    pub fn dropout(&mut self, input: Var) -> Var {
        let count = self.value(input).values().len();
        let Some((share, stream)) = &mut self.dropout else { return input };
        #[expect(clippy::cast_possible_truncation, reason = "networks are trained in single precision")]
        let factor = (1.0 / (1.0 - *share)) as f32;
        let factors: Vec<f32> =
            (0..count).map(|_| if stream.unit() < *share { 0.0 } else { factor }).collect();
        let value = self.value(input);
        let kept = value.values().iter().zip(&factors).map(|(value, factor)| value * factor).collect();
        let kept = Matrix::new(value.columns(), kept).expect("whole rows");
        self.push(Operation::Dropout(Dropout { input, factors }), kept, &[input])
    }
}

impl Dropout {
    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        if let Some(sums) = gradients.of(self.input) {
            let more =
                gradient.values().iter().zip(&self.factors).map(|(gradient, factor)| gradient * factor);
            sums.values_mut().iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
    }
}
