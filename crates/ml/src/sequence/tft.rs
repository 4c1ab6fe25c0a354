//! The Temporal Fusion Transformer, as far as what was observed goes: it chooses among features, reads the days, and looks
//! back at some.
//!
//! What the paper has for fixed properties of a series and for the known future is left out, and only the last day asks:
//! there are neither here. Equations are those of Lim, Arık, Loeff & Pfister (2021), "Temporal Fusion Transformers for
//! interpretable multi-horizon time series forecasting".

use super::network::Weights;
use crate::autodiff::{Tape, Var};

/// What is known of each sequence in the end, and what was looked at for it.
pub(super) fn summary(tape: &mut Tape<'_>, input: Var, hidden: usize, heads: usize) -> (Var, Weights) {
    let (chosen, features) = choose(tape, input, hidden);
    let states = tape.lstm("lstm", chosen, hidden);
    let states = tape.dropout(states);
    // Equation 17.
    let known = gated(tape, "memory", [chosen, states], 1);
    let last = tape.last(known);
    let (seen, days) = look_back(tape, known, last, heads);
    let seen = tape.dropout(seen);
    // Equations 20 to 22.
    let enriched = gated(tape, "attention", [last, seen], 1);
    let refined = residual(tape, "position", enriched, [hidden, hidden], 1);
    (gated(tape, "output", [last, refined], 1), Weights { features, days })
}

/// Each day's features, summed by how much each matters then; equations 6 to 8.
fn choose(tape: &mut Tape<'_>, input: Var, hidden: usize) -> (Var, Var) {
    let features = tape.value(input).columns();
    let embedded = tape.linear_by_group("embedding", input, features * hidden, features);
    let merits = residual(tape, "choice", embedded, [hidden, features], 1);
    let shares = tape.softmax(merits);
    let values = residual(tape, "features", embedded, [features * hidden; 2], features);
    (tape.select(shares, values), shares)
}

/// What the last day finds in all days; equations 13 to 16.
fn look_back(tape: &mut Tape<'_>, known: Var, last: Var, heads: usize) -> (Var, Var) {
    let hidden = tape.value(known).columns();
    let queries = tape.linear_by_group("queries", last, hidden, 1);
    let keys = tape.linear_by_group("keys", known, hidden, 1);
    let shares = tape.attend(queries, keys, heads);
    let values = tape.linear_by_group("values", known, hidden / heads, 1);
    let found = tape.pool(shares, values);
    (tape.linear_by_group("found", found, hidden, 1), shares)
}

/// The gated residual network, by groups of columns; equations 2 to 4.
fn residual(
    tape: &mut Tape<'_>,
    name: &str,
    input: Var,
    [hidden, outputs]: [usize; 2],
    groups: usize,
) -> Var {
    let inner = tape.linear_by_group(&format!("{name}.inner"), input, hidden, groups);
    let bent = tape.elu(inner);
    let outer = tape.linear_by_group(&format!("{name}.outer"), bent, hidden, groups);
    let outer = tape.dropout(outer);
    let around = if tape.value(input).columns() == outputs {
        input
    } else {
        tape.linear_by_group(&format!("{name}.around"), input, outputs, groups)
    };
    gated(tape, name, [around, outer], groups)
}

/// What went around, and as much of the other as a gate lets pass; equation 5.
fn gated(tape: &mut Tape<'_>, name: &str, [around, value]: [Var; 2], groups: usize) -> Var {
    let outputs = tape.value(around).columns();
    let gate = tape.linear_by_group(&format!("{name}.gate"), value, outputs, groups);
    let value = tape.linear_by_group(&format!("{name}.value"), value, outputs, groups);
    tape.gate(&format!("{name}.norm"), around, [gate, value], groups)
}
