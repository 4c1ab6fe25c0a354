//! Long short-term memory alone.

use crate::autodiff::{Tape, Var};

/// The name of the layer.
pub(super) const NAME: &str = "lstm";

/// What is remembered after the last day.
pub(super) fn summary(tape: &mut Tape<'_>, input: Var, hidden: usize) -> Var {
    let states = tape.lstm(NAME, input, hidden);
    let last = tape.last(states);
    tape.dropout(last)
}
