use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::context::Surroundings;
use super::white_list::WhiteList;
use super::{Finding, Mention, MentionKind, Reading, is_boundary, is_word};

/// For `NYSE: T`.
const QUALIFIED_CONFIDENCE: f64 = 0.95;
const CONTEXT_CONFIDENCE: f64 = 0.85;
const BARE_CONFIDENCE: f64 = 0.65;
/// For what needs more than its surroundings: `T` where AT&T is named, too.
const DOUBTFUL_CONFIDENCE: f64 = 0.8;

const EXCHANGES: [&str; 5] = ["NASDAQ", "NYSE", "NYSEARCA", "AMEX", "NYSEAMERICAN"];

/// Words that writers put in capitals without meaning a stock, though some are symbols too.
static COMMON_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/common_words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Whether the upper-case `word` is on the black-list.
pub(super) fn is_common(word: &str) -> bool {
    COMMON_WORDS.contains(word)
}

/// Reads the upper-case word at `start`, which is a mention if it is listed and its surroundings agree.
pub(super) fn read<'list>(text: &str, start: usize, list: &'list WhiteList) -> Reading<'list> {
    let end = start + text[start..].bytes().take_while(|byte| is_word(*byte)).count();
    let nothing = Reading { finding: Finding::Nothing, end };
    if !may_precede(text[..start].chars().next_back()) {
        return nothing;
    }
    let Some(symbol) = listed_at(text, start, end, list) else { return nothing };
    let end = start + symbol.len();
    let mention = |confidence| Mention { symbol, start, end, kind: MentionKind::Symbol, confidence };
    let finding = match confidence(text, symbol, start, list) {
        Some(confidence) => Finding::Sure(mention(confidence)),
        None => Finding::Doubtful(mention(DOUBTFUL_CONFIDENCE)),
    };
    Reading { finding, end }
}

/// The listed symbol that stands at `start` as a word of its own, its class included.
fn listed_at<'list>(text: &str, start: usize, end: usize, list: &'list WhiteList) -> Option<&'list str> {
    let behind = &text[end..];
    if let Some(class) = behind.strip_prefix(['.', '-'])
        && class.starts_with(char::is_alphanumeric)
    {
        let end = end + 1 + class.bytes().take_while(|byte| is_word(*byte)).count();
        return list.find(&text[start..end]).filter(|_| !text[end..].starts_with(char::is_alphanumeric));
    }
    let joins = |character: char| !is_boundary(character) || matches!(character, '&' | '@' | '#' | '/');
    if behind.starts_with(joins) { None } else { list.find(&text[start..end]) }
}

fn may_precede(character: Option<char>) -> bool {
    let joins = |character: char| !is_boundary(character) || "_@&./-'’".contains(character);
    !character.is_some_and(joins)
}

/// How sure it is that the word `symbol` at `start` is the stock, if it is likely.
fn confidence(text: &str, symbol: &str, start: usize, list: &WhiteList) -> Option<f64> {
    if is_qualified(&text[..start]) {
        return Some(QUALIFIED_CONFIDENCE);
    }
    if symbol.len() == 1 || is_common(symbol) {
        return None;
    }
    let surroundings = Surroundings::around(text, &(start..start + symbol.len()), list);
    let doubts = usize::from(symbol.len() == 2) + surroundings.doubts();
    // A context word outweighs one doubt; a market word outweighs any but that of cashtags.
    match (surroundings.has_context(), doubts) {
        (true, 0) => Some(CONTEXT_CONFIDENCE),
        (true, 1) | (false, 0) => Some(BARE_CONFIDENCE),
        (false, 1) if surroundings.is_about_markets() && !surroundings.has_cashtags() => {
            Some(BARE_CONFIDENCE)
        }
        _ => None,
    }
}

/// Whether an exchange stands before the word: `NYSE: `.
fn is_qualified(before: &str) -> bool {
    let exchange = before.trim_end_matches(' ').strip_suffix(':');
    exchange.is_some_and(|exchange| {
        EXCHANGES.iter().any(|name| {
            let tail = exchange.len().checked_sub(name.len()).and_then(|from| exchange.get(from..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::COMMON_WORDS;

    #[test]
    fn common_words_are_upper_case_and_many() {
        assert!(COMMON_WORDS.len() >= 60);
        assert!(COMMON_WORDS.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_uppercase())));
    }
}
