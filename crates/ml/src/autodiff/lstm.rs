//! Long short-term memory: a network that reads a sequence day by day.

#![expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]

use super::{
    activation::{sigmoid, tanh},
    linear::{add_rows, repeat},
    product::{View, add_product},
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;
use pulp::{Arch, NullaryFnOnce};

/// Weights: inputs and last state, one below the other, × four gates, which stand in ONNX's order: input, output, forget,
/// candidate.
#[derive(Debug)]
pub(crate) struct Lstm {
    pub input: Var,
    pub weights: Var,
    pub bias: Var,
    /// By day and sequence: the day's inputs and the state of the day before.
    joined: Matrix,
    gates: Matrix,
    /// What is remembered, and its tanh.
    cells: Matrix,
    bent: Matrix,
}

impl Tape<'_> {
    /// The states that a layer of so many cells goes through: one row for each of the input's.
    ///
    /// Weights start within ± 1 / √cells. Sources: Hochreiter & Schmidhuber (1997), "Long short-term memory"; Gers,
    /// Schmidhuber & Cummins (2000), "Learning to forget", for the forget gate; Jozefowicz, Zaremba & Sutskever (2015),
    /// "An empirical exploration of recurrent network architectures", for its bias of 1.
    pub fn lstm(&mut self, name: &str, input: Var, cells: usize) -> Var {
        let joint = self.value(input).columns() + cells;
        let bound = 1.0 / (cells as f32).sqrt();
        let weights =
            self.parameter(&format!("{name}.weights"), [joint, 4 * cells], |_, stream| stream.within(bound));
        let forget = |place: usize| if place / cells == 2 { 1.0 } else { 0.0 };
        let bias = self.parameter(&format!("{name}.bias"), [1, 4 * cells], |place, _| forget(place));
        let rows = self.value(input).rows();
        let mut lstm = Lstm {
            input,
            weights,
            bias,
            joined: Matrix::zeros(rows, joint),
            gates: repeat(self.value(bias).values(), rows),
            cells: Matrix::zeros(rows, cells),
            bent: Matrix::zeros(rows, cells),
        };
        let states = lstm.read(self.value(input), self.value(weights), self.days);
        self.push(Operation::Lstm(lstm), states, &[input, weights, bias])
    }
}

impl Lstm {
    fn read(&mut self, input: &Matrix, weights: &Matrix, days: usize) -> Matrix {
        let (cells, joint) = (self.cells.columns(), self.joined.columns());
        let batch = input.rows() / days;
        let mut states = Matrix::zeros(input.rows(), cells);
        for start in (0..input.rows()).step_by(batch) {
            for row in start..start + batch {
                let (inputs, before) = self.joined.row_mut(row).split_at_mut(joint - cells);
                inputs.copy_from_slice(input.row(row));
                if start > 0 {
                    before.copy_from_slice(states.row(row - batch));
                }
            }
            let joined = View::of(&self.joined).rows(start, batch);
            let gates = &mut self.gates.values_mut()[start * 4 * cells..];
            add_product(joined, View::of(weights), gates, 4 * cells);
            Arch::new().dispatch(Remember { lstm: self, states: &mut states, start, batch });
        }
        states
    }

    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let (tape, cells, joint) = (gradients.tape, self.cells.columns(), self.joined.columns());
        let (weights, inputs) = (View::of(tape.value(self.weights)), joint - cells);
        let batch = gradient.rows() / tape.days;
        let mut memory = Memory {
            gates: Matrix::zeros(batch, 4 * cells),
            states: Matrix::zeros(batch, cells),
            cells: Matrix::zeros(batch, cells),
        };
        for start in (0..gradient.rows()).step_by(batch).rev() {
            let today = &gradient.values()[start * cells..][..batch * cells];
            Arch::new().dispatch(Recall { lstm: self, today, memory: &mut memory, start });
            let gates = View::of(&memory.gates);
            if let Some(sums) = gradients.of(self.weights) {
                let joined = View::of(&self.joined).rows(start, batch);
                add_product(joined.transposed(), gates, sums.values_mut(), 4 * cells);
            }
            if let Some(sums) = gradients.of(self.bias) {
                add_rows(&memory.gates, sums.values_mut());
            }
            if let Some(sums) = gradients.of(self.input) {
                let sums = &mut sums.values_mut()[start * inputs..][..batch * inputs];
                add_product(gates, weights.rows(0, inputs).transposed(), sums, inputs);
            }
            let states = memory.states.values_mut();
            states.fill(0.0);
            add_product(gates, weights.rows(inputs, cells).transposed(), states, cells);
        }
    }
}

/// One day forward, once the sums of its gates are known.
struct Remember<'step> {
    lstm: &'step mut Lstm,
    states: &'step mut Matrix,
    start: usize,
    batch: usize,
}

impl NullaryFnOnce for Remember<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lstm, states, start, batch } = self;
        let width = lstm.cells.columns();
        for row in start..start + batch {
            let [input, output, forget, candidate] = quarters_mut(lstm.gates.row_mut(row));
            let (before, cells) = lstm.cells.values_mut()[..(row + 1) * width].split_at_mut(row * width);
            let before = if start == 0 { None } else { Some(&before[(row - batch) * width..][..width]) };
            let (cells, bent, states) = (&mut cells[..width], lstm.bent.row_mut(row), states.row_mut(row));
            for place in 0..width {
                input[place] = sigmoid(input[place]);
                candidate[place] = tanh(candidate[place]);
                cells[place] = input[place] * candidate[place];
            }
            for place in 0..width {
                forget[place] = sigmoid(forget[place]);
                output[place] = sigmoid(output[place]);
            }
            if let Some(before) = before {
                for place in 0..width {
                    cells[place] += forget[place] * before[place];
                }
            }
            for place in 0..width {
                bent[place] = tanh(cells[place]);
                states[place] = output[place] * bent[place];
            }
        }
    }
}

/// The gradients that one day hands to the day before, and those of its gates' sums.
struct Memory {
    gates: Matrix,
    states: Matrix,
    cells: Matrix,
}

/// One day back.
struct Recall<'step> {
    lstm: &'step Lstm,
    /// The gradients of the day's states, as far as others than the next day ask for them.
    today: &'step [f32],
    memory: &'step mut Memory,
    start: usize,
}

impl NullaryFnOnce for Recall<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lstm, today, memory, start } = self;
        let width = lstm.cells.columns();
        for (index, today) in today.chunks_exact(width).enumerate() {
            let row = start + index;
            let [input, output, forget, candidate] = quarters(lstm.gates.row(row));
            let sums = quarters_mut(memory.gates.row_mut(index));
            let [of_input, of_output, of_forget, of_candidate] = sums;
            let (bent, states) = (&lstm.bent.row(row)[..width], &memory.states.row(index)[..width]);
            let of_cells = &mut memory.cells.row_mut(index)[..width];
            for place in 0..width {
                let state = today[place] + states[place];
                of_output[place] = state * bent[place] * output[place] * (1.0 - output[place]);
                of_cells[place] += state * output[place] * (1.0 - bent[place] * bent[place]);
            }
            for place in 0..width {
                let [cell, input, candidate] = [of_cells[place], input[place], candidate[place]];
                of_input[place] = cell * candidate * input * (1.0 - input);
                of_candidate[place] = cell * input * (1.0 - candidate * candidate);
            }
            let before = row.checked_sub(memory.states.rows()).map(|row| &lstm.cells.row(row)[..width]);
            for place in 0..width {
                let [cell, forget] = [of_cells[place], forget[place]];
                // Before the first day there is nothing to forget.
                of_forget[place] =
                    before.map_or(0.0, |before| cell * before[place] * forget * (1.0 - forget));
                of_cells[place] = cell * forget;
            }
        }
    }
}

#[inline(always)]
fn quarters(row: &[f32]) -> [&[f32]; 4] {
    let width = row.len() / 4;
    [0, 1, 2, 3].map(|quarter| &row[quarter * width..][..width])
}

#[inline(always)]
fn quarters_mut(row: &mut [f32]) -> [&mut [f32]; 4] {
    let half = row.len() / 2;
    let (first, second) = row.split_at_mut(half);
    let ((one, two), (three, four)) = (first.split_at_mut(half / 2), second.split_at_mut(half / 2));
    [one, two, three, four]
}
