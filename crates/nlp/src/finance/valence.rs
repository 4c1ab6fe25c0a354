use super::lexicon::Role;
use super::token::{End, Token};
use super::{comparison, movement};

/// What is left of a negated good: "not a buy" is worse than nothing; "not bad" is hardly good.
const NEGATED_GOOD: f64 = -0.7;
const NEGATED_BAD: f64 = -0.3;
const NEGATION_REACH: usize = 3;
const DEGREE_REACH: usize = 2;

/// What counts before and behind "but".
const BEFORE_CONTRAST: f64 = 0.6;
const BEHIND_CONTRAST: f64 = 1.3;

/// What is left of trading slang where companies are in the news: "sells a unit", "holding company".
const SLANG_IN_NEWS: f64 = 0.25;

/// A number with its own sign: "+2.4%".
const SIGNED_PERCENT: f64 = 1.5;

/// The sum of what all tokens are worth in their surroundings.
pub(super) fn sum(tokens: &[Token<'_>]) -> f64 {
    let values = values(tokens);
    let contrast = tokens.iter().position(|token| token.entry.role == Role::Contrast);
    let rated = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
    rated.map(|(position, value)| in_context(tokens, position, *value) * weight(position, contrast)).sum()
}

/// What each token is worth by itself, by what moves and by what it is compared with.
fn values(tokens: &[Token<'_>]) -> Vec<f64> {
    let mut values = own_values(tokens);
    for (position, token) in tokens.iter().enumerate() {
        let (value, target) = match (token.entry.movement, token.entry.role) {
            (Some(movement), _) => movement::rate(tokens, position, movement),
            (None, Role::Comparison) => comparison::rate(tokens, position).unwrap_or_default(),
            _ => continue,
        };
        if target.is_some() || values[position] == 0.0 {
            values[position] = value;
        }
        // What moves has no worth of its own: "losses narrowed".
        if let Some(target) = target {
            values[target] = 0.0;
        }
    }
    values
}

fn own_values(tokens: &[Token<'_>]) -> Vec<f64> {
    let is_formal = tokens.iter().any(|token| token.entry.role == Role::Formal);
    let last = tokens.len().saturating_sub(1);
    let own_value = |(position, token): (usize, &Token<'_>)| match token.number {
        Some(number) if number.is_percent => number.sign * SIGNED_PERCENT,
        _ if token.entry.is_slang && is_formal => token.entry.valence * SLANG_IN_NEWS,
        _ if token.word.starts_with(['<', '>']) && position < last => 0.0,
        _ => token.entry.valence,
    };
    tokens.iter().enumerate().map(own_value).collect()
}

fn weight(position: usize, contrast: Option<usize>) -> f64 {
    match contrast {
        Some(contrast) if position < contrast => BEFORE_CONTRAST,
        Some(_) => BEHIND_CONTRAST,
        None => 1.0,
    }
}

/// The `value` of the token at `position` after the words before it.
fn in_context(tokens: &[Token<'_>], position: usize, value: f64) -> f64 {
    let before = (0..position).rev().take(NEGATION_REACH);
    let before = before.take_while(|at| tokens[*at].end == End::Nothing).enumerate();
    let next = tokens.get(position + 1).map(|next| next.entry.role);
    let value = match (tokens[position].entry.movement, next) {
        // "Rose sharply".
        (Some(_), Some(Role::Degree(factor))) => value * factor,
        _ => value,
    };
    before.fold(value, |value, (distance, at)| match tokens[at].entry.role {
        Role::Negation if value > 0.0 => value * NEGATED_GOOD,
        Role::Negation => value * NEGATED_BAD,
        Role::Degree(factor) if distance < DEGREE_REACH => value * factor,
        _ => value,
    })
}
