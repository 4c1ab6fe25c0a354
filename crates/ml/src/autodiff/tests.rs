//! Gradients against finite differences, and steps by hand.

use super::{Parameter, Tape, Var};
use crate::{matrix::Matrix, random::Stream};

/// How far numbers are moved to see what changes.
const STEP: f32 = 1e-2;

/// Compares all gradients of a weighted sum of the output, those of its input among them, with finite differences.
#[track_caller]
fn check(days: usize, shape: [usize; 2], network: impl Fn(&mut Tape<'_>, Var) -> Var) {
    let run = |tape: &mut Tape<'_>| {
        let input = tape.parameter("input", shape, |_, stream| stream.within(1.0));
        network(tape, input)
    };
    let mut tape = Tape::inventing(days, 1);
    run(&mut tape);
    let parameters = tape.into_parameters();
    let mut tape = Tape::new(days, &parameters);
    let output = run(&mut tape);
    let mut stream = Stream::new(2);
    let weights = tape.value(output).values().iter().map(|_| stream.within(1.0)).collect();
    let weights = Matrix::new(tape.value(output).columns(), weights).unwrap();
    let sum = |parameters: &[Parameter]| {
        let mut tape = Tape::new(days, parameters);
        let output = run(&mut tape);
        let products = tape.value(output).values().iter().zip(weights.values());
        products.map(|(value, weight)| f64::from(*value) * f64::from(*weight)).sum::<f64>()
    };
    let gradients = tape.gradients(output, weights.clone());
    for (index, gradient) in gradients.iter().enumerate() {
        for (place, found) in gradient.values().iter().enumerate() {
            let moved = |by: f32| {
                let mut parameters = parameters.clone();
                parameters[index].values.values_mut()[place] += by;
                sum(&parameters)
            };
            let expected = (moved(STEP) - moved(-STEP)) / (2.0 * f64::from(STEP));
            let apart = (f64::from(*found) - expected).abs();
            let name = &parameters[index].name;
            assert!(apart < 1e-3 + 1e-2 * expected.abs(), "{name}, {place}: {found} is not {expected}");
        }
    }
}

#[test]
fn gradients_of_sums_are_right() {
    check(1, [5, 3], |tape, input| tape.linear("sums", input, 4, 1.0));
}

#[test]
fn gradients_of_sums_by_group_are_right() {
    check(1, [5, 6], |tape, input| tape.linear_by_group("sums", input, 9, 3));
    check(1, [4, 2], |tape, input| tape.linear_by_group("sums", input, 6, 2));
}

#[test]
fn gradients_of_gates_are_right() {
    check(1, [4, 6], |tape, input| {
        let gate = tape.linear("gate", input, 6, 1.0);
        let value = tape.linear("value", input, 6, 1.0);
        tape.gate("norm", input, [gate, value], 2)
    });
}

#[test]
fn gradients_of_choices_are_right() {
    check(1, [4, 6], |tape, input| {
        let merits = tape.linear("merits", input, 3, 2.0);
        let shares = tape.softmax(merits);
        tape.select(shares, input)
    });
}

#[test]
fn gradients_of_looking_back_are_right() {
    check(3, [6, 4], |tape, input| {
        let last = tape.last(input);
        let queries = tape.linear("queries", last, 6, 2.0);
        let keys = tape.linear("keys", input, 6, 2.0);
        let shares = tape.attend(queries, keys, 2);
        tape.pool(shares, input)
    });
}

#[test]
fn gradients_of_units_are_right() {
    check(1, [5, 4], |tape, input| {
        let sums = tape.linear("sums", input, 7, 2.0);
        tape.elu(sums)
    });
}

#[test]
fn gradients_of_quantiles_are_right() {
    for anchor in 0..4 {
        check(1, [3, 4], |tape, input| tape.quantiles(input, anchor));
    }
}

#[test]
fn gradients_of_memory_are_right() {
    check(4, [12, 2], |tape, input| tape.lstm("lstm", input, 5));
    check(4, [8, 2], |tape, input| {
        let states = tape.lstm("lstm", input, 3);
        tape.last(states)
    });
}

#[test]
fn gradients_pass_what_was_not_left_out() {
    check(1, [6, 4], |tape, input| {
        tape.drop_out(0.4, 3);
        let sums = tape.linear("sums", input, 5, 1.0);
        tape.dropout(sums)
    });
}

#[test]
fn dropout_leaves_out_its_share_and_keeps_the_mean() {
    let mut tape = Tape::inventing(1, 0);
    tape.drop_out(0.25, 1);
    let input = tape.input(Matrix::new(100, vec![1.0; 10_000]).unwrap());
    let output = tape.dropout(input);
    let values = tape.value(output).values();
    let left_out = values.iter().filter(|value| **value == 0.0).count();
    let mean = values.iter().sum::<f32>() / 10_000.0;
    assert!((2_300..2_700).contains(&left_out) && (mean - 1.0).abs() < 0.04, "{left_out}, {mean}");
}

#[test]
fn a_gate_that_is_shut_passes_nothing_and_rows_come_out_at_one_size() {
    let mut tape = Tape::inventing(1, 0);
    let row = |values: &[f32]| Matrix::new(values.len(), values.to_vec()).unwrap();
    let around = tape.input(row(&[1.0, 3.0, 10.0, 10.0]));
    let gate = tape.input(row(&[-80.0; 4]));
    let value = tape.input(row(&[5.0, -5.0, 5.0, -5.0]));
    let output = tape.gate("norm", around, [gate, value], 2);
    for (found, expected) in tape.value(output).values().iter().zip([-1.0, 1.0, 0.0, 0.0]) {
        assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
    }
}

/// Of two sequences the first asks for what its second day has, and the second for nothing in particular.
#[test]
fn attention_goes_to_the_days_that_answer() {
    let mut tape = Tape::inventing(2, 0);
    let queries = tape.input(Matrix::new(2, vec![9.0, 9.0, 0.0, 0.0]).unwrap());
    let keys = tape.input(Matrix::new(2, vec![0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]).unwrap());
    let shares = tape.attend(queries, keys, 2);
    let low = 1.0 / (1.0 + 9.0_f32.exp());
    for (found, expected) in tape.value(shares).values().iter().zip([low, 0.5, 1.0 - low, 0.5]) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }
}

#[test]
fn quantiles_are_steps_from_the_anchor() {
    let mut tape = Tape::inventing(1, 0);
    let input = tape.input(Matrix::new(4, vec![0.0, 5.0, 0.0, 0.0]).unwrap());
    let output = tape.quantiles(input, 1);
    let step = std::f32::consts::LN_2;
    for (found, expected) in
        tape.value(output).values().iter().zip([5.0 - step, 5.0, 5.0 + step, 5.0 + 2.0 * step])
    {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }
}

/// One cell and one input, computed by hand from the definition.
#[test]
fn a_cell_remembers_as_defined() {
    let days = [0.5_f32, -1.0];
    let parameter = |name: &str, columns, values: &[f32]| Parameter {
        name: name.to_owned(),
        values: Matrix::new(columns, values.to_vec()).unwrap(),
    };
    let parameters = [
        parameter("lstm.weights", 4, &[0.1, 0.2, 0.3, 0.4, -0.5, 0.6, -0.7, 0.8]),
        parameter("lstm.bias", 4, &[0.01, 0.02, 1.0, 0.04]),
    ];
    let mut tape = Tape::new(2, &parameters);
    let input = tape.input(Matrix::new(1, days.to_vec()).unwrap());
    let states = tape.lstm("lstm", input, 1);
    let (mut state, mut cell) = (0.0_f64, 0.0_f64);
    for (day, found) in days.iter().zip(tape.value(states).values()) {
        let gate = |column: usize| {
            let [weights, bias] = [&parameters[0].values, &parameters[1].values];
            let [input, before, bias] =
                [weights.row(0)[column], weights.row(1)[column], bias.row(0)[column]].map(f64::from);
            input * f64::from(*day) + before * state + bias
        };
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let [input, output, forget] = [0, 1, 2].map(|column| sigmoid(gate(column)));
        cell = forget * cell + input * gate(3).tanh();
        state = output * cell.tanh();
        assert!((f64::from(*found) - state).abs() < 1e-6, "{found} is not {state}");
    }
}
