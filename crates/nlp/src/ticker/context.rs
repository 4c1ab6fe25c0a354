use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::white_list::WhiteList;
use super::word::is_common;

/// How far the surroundings of a word reach to either side, in characters.
const REACH: usize = 50;

/// The words that show that a text is about stocks.
const CONTEXT_WORDS: [&str; 27] = [
    "bearish",
    "bought",
    "bullish",
    "buy",
    "buying",
    "call",
    "calls",
    "dividend",
    "downgrade",
    "earnings",
    "holding",
    "nasdaq",
    "nyse",
    "puts",
    "sell",
    "selling",
    "share",
    "shareholders",
    "shares",
    "shorting",
    "sold",
    "stock",
    "stocks",
    "ticker",
    "tickers",
    "trading",
    "upgrade",
];

/// Words that go with stocks and with other things: they support what has other support.
static MARKET_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/market_words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).chain(CONTEXT_WORDS).collect()
});
/// No market word is longer, in bytes.
const LONGEST_WORD: usize = 16;

/// What the words around a symbol tell about it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Surroundings {
    context_words: usize,
    market_words: usize,
    uppercase_words: usize,
    other_words: usize,
    cashtags: usize,
}

impl Surroundings {
    /// Reads the surroundings of the word at `range`.
    pub(super) fn around(text: &str, range: &Range<usize>, list: &WhiteList) -> Self {
        let before = &text[..range.start];
        let after = &text[range.end..];
        let from = before.char_indices().rev().take(REACH).last().map_or(range.start, |(at, _)| at);
        let to = after.char_indices().nth(REACH).map_or(after.len(), |(at, _)| at);
        let mut surroundings = Self::default();
        for side in [&text[from..range.start], &after[..to]] {
            let words = side.split(|character: char| !character.is_alphanumeric() && character != '\'');
            words.for_each(|word| surroundings.count(word, list));
            surroundings.cashtags +=
                side.split('$').skip(1).filter(|tag| tag.starts_with(char::is_alphabetic)).count();
        }
        surroundings
    }

    pub(super) fn has_context(&self) -> bool {
        self.context_words > 0
    }

    pub(super) fn is_about_markets(&self) -> bool {
        self.market_words > 0
    }

    pub(super) fn has_cashtags(&self) -> bool {
        self.cashtags > 0
    }

    /// How many things speak against a word in capitals being a symbol.
    ///
    /// Where most words are in capitals, these no longer mark a symbol; where the writer uses cashtags, a word
    /// without `$` is meant as something else.
    pub(super) fn doubts(&self) -> usize {
        usize::from(self.uppercase_words > self.other_words) + usize::from(self.cashtags > 0)
    }

    fn count(&mut self, word: &str, list: &WhiteList) {
        let mut buffer = [0; LONGEST_WORD];
        if let Some(lowercase) = lowercase(word, &mut buffer)
            && MARKET_WORDS.contains(lowercase)
        {
            self.market_words += 1;
            self.context_words += usize::from(CONTEXT_WORDS.contains(&lowercase));
        }
        let lowercase = word.chars().any(char::is_lowercase);
        if lowercase {
            self.other_words += 1;
        } else if word.chars().filter(|character| character.is_uppercase()).nth(1).is_some()
            // A symbol among symbols says nothing about shouting: "TSLA NVDA AMD".
            && (is_common(word) || list.find(word).is_none())
        {
            self.uppercase_words += 1;
        }
    }
}

/// A copy on the stack: most words are looked up and not found.
fn lowercase<'buffer>(word: &str, buffer: &'buffer mut [u8; LONGEST_WORD]) -> Option<&'buffer str> {
    let copy = buffer.get_mut(..word.len())?;
    copy.copy_from_slice(word.as_bytes());
    copy.make_ascii_lowercase();
    std::str::from_utf8(copy).ok()
}

#[cfg(test)]
mod tests {
    use super::{CONTEXT_WORDS, LONGEST_WORD, MARKET_WORDS};

    #[test]
    fn context_words_are_sorted_and_unique() {
        assert!(CONTEXT_WORDS.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn no_market_word_is_longer_than_the_limit() {
        assert!(MARKET_WORDS.iter().all(|word| word.len() <= LONGEST_WORD));
    }
}
