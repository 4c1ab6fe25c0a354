//! What the compact model sees of a text: words, pairs of words and parts of words, hashed; and what the rules found.

use crate::{Finance, Vader};
use ml::{random::finalize, sparse::Rows};

/// Columns of what is hashed, a power of two: ten thousand texts still leave most to one word or part alone.
pub(super) const HASHED: u32 = 1 << 19;
/// Columns behind them for what the rules found.
const DENSE: u32 = 9;
pub(super) const COLUMNS: usize = (HASHED + DENSE) as usize;

/// Longer texts are judged by their beginning.
const MOST_CHARACTERS: usize = 4000;
const SHORTEST_PART: usize = 2;
const LONGEST_PART: usize = 5;

/// The length of a text's words and pairs; beside it, that of their parts, which say the same again with less certainty,
/// and what the rules found, which is at most 1 each.
const WORDS: f32 = 1.0;
const PARTS: f32 = 0.5;
const RULES: f32 = 0.6;

/// Kinds of columns, so that the word `up` and the part `up` are not one.
const WORD: u64 = 1;
const PAIR: u64 = 2;
const PART: u64 = 3;

/// Adds the row of a cleaned `text`.
pub(super) fn push(rows: &mut Rows, text: &str) {
    let mut entries: Vec<(u32, f32)> = Vec::new();
    for (columns, length) in columns(text).into_iter().zip([WORDS, PARTS]) {
        let start = entries.len();
        // In the order of their columns, which sums should not depend on.
        for same in columns.chunk_by(|left, right| left == right) {
            entries.push((same[0], 1.0 + (same.len() as f32).ln()));
        }
        scale(&mut entries[start..], length);
    }
    entries.extend(rules(text));
    rows.push(entries);
}

/// Makes the root of the sum of squares `length`.
fn scale(entries: &mut [(u32, f32)], length: f32) {
    let found = entries.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    // Without entries there is nothing to divide.
    for (_, value) in entries {
        *value *= length / found;
    }
}

/// The columns of the words and pairs of words, and of the parts of words, each sorted and as often as it stands there.
fn columns(text: &str) -> [Vec<u32>; 2] {
    let (mut words, mut parts) = (Vec::new(), Vec::new());
    let mut before = 0_u64;
    let text = fold(text);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let hash = word.bytes().fold(START, step);
        words.push(column(WORD, hash));
        words.push(column(PAIR, finalize(before).wrapping_add(hash)));
        before = hash;
        add_parts(&mut parts, word);
    }
    words.sort_unstable();
    parts.sort_unstable();
    [words, parts]
}

fn column(kind: u64, hash: u64) -> u32 {
    let mask = u64::from(HASHED) - 1;
    u32::try_from(finalize(hash ^ finalize(kind)) & mask).expect("a masked number is small")
}

/// The parts of a word with a space to either side, two to five characters each.
fn add_parts(parts: &mut Vec<u32>, word: &str) {
    let starts = [None].into_iter().chain(word.char_indices().map(|(at, _)| Some(at)));
    for start in starts {
        let (mut hash, mut rest) = match start {
            None => (step(START, b' '), word),
            Some(at) => (START, &word[at..]),
        };
        let mut length = usize::from(start.is_none());
        while length < LONGEST_PART {
            let Some(character) = rest.chars().next() else {
                // The space behind the word.
                if length + 1 >= SHORTEST_PART {
                    parts.push(column(PART, step(hash, b' ')));
                }
                break;
            };
            let (first, behind) = rest.split_at(character.len_utf8());
            (hash, rest) = (first.bytes().fold(hash, step), behind);
            length += 1;
            if length >= SHORTEST_PART {
                parts.push(column(PART, hash));
            }
        }
    }
}

/// Lower case; numbers are one word, cashtags another; signs stand alone.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().take(MOST_CHARACTERS).peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        if character == '$' && next.is_some_and(char::is_alphabetic) {
            while characters.next_if(|next| next.is_alphanumeric()).is_some() {}
            folded.push_str(" $x ");
        } else if character.is_numeric() {
            while characters.next_if(|next| next.is_numeric() || matches!(next, '.' | ',')).is_some() {}
            folded.push_str(" 0 ");
        } else if character.is_alphabetic() || matches!(character, '\'' | '’') {
            folded.extend(character.to_lowercase());
        } else if character.is_whitespace() {
            folded.push(' ');
        } else {
            folded.push(' ');
            folded.push(character);
            folded.push(' ');
        }
    }
    folded
}

/// What VADER and the finance rules make of the text, as columns behind the hashed ones.
#[expect(clippy::cast_possible_truncation, reason = "numbers between -1 and 1")]
fn rules(text: &str) -> impl Iterator<Item = (u32, f32)> {
    let (finance, vader) = (Finance::shared().score(text), Vader::shared().score(text));
    let certain = |probability: f64| (probability.max(1e-3) / (1.0 - probability).max(1e-3)).ln() / 4.0;
    let found = [
        finance.score,
        certain(finance.positive),
        certain(finance.neutral),
        certain(finance.negative),
        finance.score.abs(),
        vader.compound,
        vader.positive,
        vader.neutral,
        vader.negative,
    ];
    (HASHED..).zip(found).map(|(column, value)| (column, value as f32 * RULES))
}

/// FNV-1a, which is the same everywhere and goes on byte by byte; mixed once more before use.
const START: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}
