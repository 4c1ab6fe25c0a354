use super::lexicon::{Movement, Moves};
use super::token::{End, Token};

/// How far a movement may stand from what moves, in tokens.
const REACH_BACK: usize = 10;
const REACH_AHEAD: usize = 6;
/// "Higher operating costs".
const ADJECTIVE_REACH: usize = 2;
/// Numbers come soon: "up 5 %".
const NUMBER_REACH: usize = 3;

/// What a movement is worth by what moves.
const KNOWN: f64 = 2.0;
const NUMBERED: f64 = 1.5;
const UNKNOWN: f64 = 0.4;

/// What the movement at `position` is worth, and the position of what moves, if that is known.
pub(super) fn rate(tokens: &[Token<'_>], position: usize, movement: Movement) -> (f64, Option<usize>) {
    if let Some(target) = target(tokens, position, movement.moves) {
        return (movement.strength * tokens[target].entry.worth * KNOWN, Some(target));
    }
    let near = ahead(tokens, position, NUMBER_REACH);
    let is_numbered =
        near.into_iter().any(|near| tokens[near].number.is_some_and(|number| !number.is_year()));
    (movement.strength * if is_numbered { NUMBERED } else { UNKNOWN }, None)
}

fn target(tokens: &[Token<'_>], position: usize, moves: Moves) -> Option<usize> {
    let is_item = |at: &usize| tokens[*at].entry.worth != 0.0;
    let next = tokens.get(position + 1).map_or("", |token| token.word);
    let find_ahead = |reach| ahead(tokens, position, reach).find(is_item);
    let before = || back(tokens, position, REACH_BACK).find(is_item);
    match moves {
        Moves::Object => find_ahead(REACH_AHEAD).or_else(before),
        // "An increase in costs".
        Moves::Subject if matches!(next, "in" | "of") => find_ahead(REACH_AHEAD).or_else(before),
        Moves::Subject => {
            let adjacent = back(tokens, position, 1).find(is_item);
            adjacent
                .or_else(|| find_ahead(ADJECTIVE_REACH))
                .or_else(before)
                .or_else(|| find_ahead(REACH_AHEAD))
        }
    }
}

/// The positions behind `position` up to the next punctuation.
fn ahead(tokens: &[Token<'_>], position: usize, reach: usize) -> impl Iterator<Item = usize> {
    let reached = (position..tokens.len()).take(reach + 1);
    let clause = reached.clone().take_while(|at| tokens[*at].end == End::Nothing).count();
    reached.take(clause + 1).skip(1)
}

/// The positions before `position` back to the start of the sentence.
pub(super) fn back(tokens: &[Token<'_>], position: usize, reach: usize) -> impl Iterator<Item = usize> {
    (0..position).rev().take(reach).take_while(|at| tokens[*at].end != End::Sentence)
}
