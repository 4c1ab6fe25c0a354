//! Exponential linear units.

#![expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]

use super::{
    activation::exp,
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;
use pulp::{Arch, NullaryFnOnce};

impl Tape<'_> {
    /// Each number itself where it is above 0, else eˣ − 1.
    ///
    /// Source: Clevert, Unterthiner & Hochreiter (2016), "Fast and accurate deep network learning by exponential linear
    /// units".
    pub fn elu(&mut self, input: Var) -> Var {
        let mut bent = self.value(input).clone();
        Arch::new().dispatch(Bend(bent.values_mut()));
        self.push(Operation::Elu(input), bent, &[input])
    }
}

struct Bend<'data>(&'data mut [f32]);

impl NullaryFnOnce for Bend<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for value in self.0 {
            let below = exp(*value) - 1.0;
            *value = if *value > 0.0 { *value } else { below };
        }
    }
}

pub(super) fn back(input: Var, bent: &Matrix, gradient: &Matrix, gradients: &mut Gradients<'_>) {
    let Some(sums) = gradients.of(input) else { return };
    let slopes = bent.values().iter().zip(gradient.values());
    for (sum, (bent, gradient)) in sums.values_mut().iter_mut().zip(slopes) {
        *sum += gradient * if *bent > 0.0 { 1.0 } else { bent + 1.0 };
    }
}
