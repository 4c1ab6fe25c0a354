//! What passes a gate is added to what went around it, and the sum brought to one size.

#![expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]

use super::{
    activation::sigmoid,
    linear::add_rows,
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;
use pulp::{Arch, NullaryFnOnce};

/// Added to variances, so that none is 0.
pub(crate) const LEAST: f32 = 1e-5;

/// The gain and the bias belong to columns; sums are standardised within each of some equal groups of columns.
#[derive(Debug)]
pub(crate) struct Gate {
    pub around: Var,
    pub control: Var,
    pub value: Var,
    pub gain: Var,
    pub bias: Var,
    pub groups: usize,
    /// How far the gate was open, the standardised sums, and by row and group one over the standard deviation.
    open: Matrix,
    standard: Matrix,
    factors: Matrix,
}

impl Tape<'_> {
    /// Standardises `around` + σ(`control`) · `value` in each row, then stretches and moves it.
    ///
    /// Sources: Dauphin et al. (2017), "Language modeling with gated convolutional networks", for the gate; Ba, Kiros &
    /// Hinton (2016), "Layer normalization".
    pub fn gate(&mut self, name: &str, around: Var, [control, value]: [Var; 2], groups: usize) -> Var {
        let (rows, columns) = (self.value(around).rows(), self.value(around).columns());
        let gain = self.parameter(&format!("{name}.gain"), [1, columns], |_, _| 1.0);
        let bias = self.parameter(&format!("{name}.bias"), [1, columns], |_, _| 0.0);
        let mut open = self.value(control).clone();
        let mut standard = self.value(around).clone();
        let mut factors = Matrix::zeros(rows, groups);
        Arch::new().dispatch(Standardise {
            value: self.value(value).values(),
            open: open.values_mut(),
            standard: standard.values_mut(),
            factors: factors.values_mut(),
            width: columns / groups,
        });
        let mut found = standard.clone();
        let (gains, biases) = (self.value(gain).values(), self.value(bias).values());
        for row in found.values_mut().chunks_exact_mut(columns) {
            for ((value, gain), bias) in row.iter_mut().zip(gains).zip(biases) {
                *value = *value * gain + bias;
            }
        }
        let from = [around, control, value, gain, bias];
        let gate = Gate { around, control, value, gain, bias, groups, open, standard, factors };
        self.push(Operation::Gate(gate), found, &from)
    }
}

struct Standardise<'data> {
    value: &'data [f32],
    open: &'data mut [f32],
    standard: &'data mut [f32],
    factors: &'data mut [f32],
    width: usize,
}

impl NullaryFnOnce for Standardise<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for ((open, standard), value) in self.open.iter_mut().zip(&mut *self.standard).zip(self.value) {
            *open = sigmoid(*open);
            *standard += *open * value;
        }
        for (group, factor) in self.standard.chunks_exact_mut(self.width).zip(self.factors) {
            let mean = sum(group, |value| value) / self.width as f32;
            for value in group.iter_mut() {
                *value -= mean;
            }
            let variance = sum(group, |value| value * value) / self.width as f32;
            *factor = 1.0 / (variance + LEAST).sqrt();
            for value in group {
                *value *= *factor;
            }
        }
    }
}

/// The sum over a group, in eight parts that can be added at a time.
#[inline(always)]
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, value)| *sum += of(*value));
    }
    sums.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}

impl Gate {
    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let gain = gradients.tape.value(self.gain).values();
        let value = gradients.tape.value(self.value).values();
        let mut of_sum = gradient.clone();
        if let Some(sums) = gradients.of(self.bias) {
            add_rows(gradient, sums.values_mut());
        }
        if let Some(sums) = gradients.of(self.gain) {
            for (row, gradient) in self.standard.iter().zip(gradient.iter()) {
                let products = row.iter().zip(gradient).map(|(standard, gradient)| standard * gradient);
                sums.values_mut().iter_mut().zip(products).for_each(|(sum, product)| *sum += product);
            }
        }
        let (standard, factors) = (self.standard.values(), self.factors.values());
        Arch::new().dispatch(Undo { of_sum: of_sum.values_mut(), gain, standard, factors });
        let of_sum = of_sum.values();
        if let Some(sums) = gradients.of(self.around) {
            sums.values_mut().iter_mut().zip(of_sum).for_each(|(sum, more)| *sum += more);
        }
        if let Some(sums) = gradients.of(self.value) {
            let more = of_sum.iter().zip(self.open.values()).map(|(of_sum, open)| of_sum * open);
            sums.values_mut().iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        if let Some(sums) = gradients.of(self.control) {
            let slopes =
                self.open.values().iter().zip(value).map(|(open, value)| open * (1.0 - open) * value);
            let more = of_sum.iter().zip(slopes).map(|(of_sum, slope)| of_sum * slope);
            sums.values_mut().iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
    }
}

/// From the gradients of what left to those of the sums before they were standardised.
struct Undo<'data> {
    of_sum: &'data mut [f32],
    gain: &'data [f32],
    standard: &'data [f32],
    factors: &'data [f32],
}

impl NullaryFnOnce for Undo<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let width = self.of_sum.len() / self.factors.len();
        for row in self.of_sum.chunks_exact_mut(self.gain.len()) {
            row.iter_mut().zip(self.gain).for_each(|(slope, gain)| *slope *= gain);
        }
        let groups = self.of_sum.chunks_exact_mut(width).zip(self.standard.chunks_exact(width));
        for ((slopes, standard), factor) in groups.zip(self.factors) {
            let mean = sum(slopes, |slope| slope) / width as f32;
            let products = slopes.iter().zip(standard).map(|(slope, standard)| slope * standard);
            let tilt = products.sum::<f32>() / width as f32;
            for (slope, standard) in slopes.iter_mut().zip(standard) {
                *slope = factor * (*slope - mean - standard * tilt);
            }
        }
    }
}
