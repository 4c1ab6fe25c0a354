use super::movement::back;
use super::number::Number;
use super::token::{End, Token};

/// How far what is compared may stand from the word that compares, in tokens.
const REACH_BACK: usize = 14;
const REACH_AHEAD: usize = 8;
/// "Compared with a pre-tax loss".
const LOSS_REACH: usize = 3;

const WORTH: f64 = 2.0;
/// A profit after a loss, or a loss after a profit.
const TURNED: f64 = 2.5;

/// What the comparison at `position` is worth, and the position of what was before, if that is known: "profit
/// was EUR 5 mn, compared with EUR 3 mn", "… compared with a loss".
pub(super) fn rate(tokens: &[Token<'_>], position: usize) -> Option<(f64, Option<usize>)> {
    let (now, worth) = before(tokens, position)?;
    let then = behind(tokens, position).take(LOSS_REACH).find(|at| tokens[*at].entry.worth != 0.0);
    if let Some(then) = then
        && tokens[then].entry.worth * worth < 0.0
    {
        return Some((TURNED * worth, Some(then)));
    }
    let then = behind(tokens, position).find(|at| amount(tokens, *at).is_some())?;
    // Other words hardly come between "from" and what was before.
    if tokens[position].word == "from" && then > position + 2 {
        return None;
    }
    let (now, then) = (amount(tokens, now?)?, amount(tokens, then)?);
    (now.is_percent == then.is_percent).then_some((compare(now.value, then.value) * WORTH * worth, None))
}

/// The position of the amount that is compared, and the worth of what it is an amount of.
fn before(tokens: &[Token<'_>], position: usize) -> Option<(Option<usize>, f64)> {
    let mut now = None;
    for at in back(tokens, position, REACH_BACK) {
        let entry = tokens[at].entry;
        // A movement has said it already: "rose to 5 from 3".
        if entry.movement.is_some() {
            return None;
        }
        if entry.worth != 0.0 {
            return Some((now, entry.worth));
        }
        now = now.or_else(|| amount(tokens, at).map(|_| at));
    }
    None
}

fn behind(tokens: &[Token<'_>], position: usize) -> impl Iterator<Item = usize> {
    let reached = (position + 1..tokens.len()).take(REACH_AHEAD);
    let sentence = reached.clone().take_while(|at| tokens[*at].end != End::Sentence).count();
    reached.take(sentence + 1)
}

fn amount(tokens: &[Token<'_>], position: usize) -> Option<Number> {
    tokens[position].number.filter(|number| !number.is_year())
}

fn compare(now: f64, then: f64) -> f64 {
    f64::from(i8::from(now > then) - i8::from(now < then))
}
