//! Stock symbols in running text.
//!
//! Two ways of naming a stock count: the cashtag `$AAPL` (`cashtag`), and the bare symbol `AAPL`
//! (`word`), which is only believed as far as the words around it (`context`) allow.
//!
//! Owns the black-list of common words; the white-list of symbols belongs to the caller. Never maps company
//! names to symbols.

mod cashtag;
mod context;
mod white_list;
mod word;

use white_list::WhiteList;

/// How a text names a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MentionKind {
    /// `$AAPL`.
    Cashtag,
    /// `AAPL`, `NASDAQ:AAPL` or `#AAPL`.
    Symbol,
}

/// A place where a text names a stock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mention<'extractor> {
    /// The symbol as the white-list spells it.
    pub symbol: &'extractor str,
    /// First byte of the mention, its `$` included.
    pub start: usize,
    /// First byte behind the mention.
    pub end: usize,
    /// How the stock is named.
    pub kind: MentionKind,
    /// From 0 to 1: how sure it is that the stock is meant. A rank, not a measured probability.
    pub confidence: f64,
}

/// Finds the symbols of a white-list in texts.
#[derive(Debug)]
pub struct TickerExtractor {
    white_list: WhiteList,
}

impl TickerExtractor {
    /// Looks for `symbols`, which are upper-case as in `BRK.B`.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(symbols: I) -> Self {
        Self { white_list: WhiteList::new(symbols) }
    }

    /// The mentions in `text`, raw or cleaned, in text order and without overlap.
    pub fn extract(&self, text: &str) -> Vec<Mention<'_>> {
        let mut mentions = Vec::new();
        let mut position = 0;
        while let Some(start) = next_start(text.as_bytes(), position) {
            let found = match text.as_bytes()[start] {
                b'$' => cashtag::read(text, start, &self.white_list),
                _ => word::read(text, start, &self.white_list),
            };
            mentions.extend(found.mention);
            position = found.end;
        }
        mentions
    }

    /// The symbols that `text` mentions, sorted and unique.
    pub fn symbols(&self, text: &str) -> Vec<&str> {
        let mut symbols = self.extract(text).iter().map(|mention| mention.symbol).collect::<Vec<_>>();
        symbols.sort_unstable();
        symbols.dedup();
        symbols
    }
}

/// What was read at one place of a text, and where to read on: always further than where it began.
struct Reading<'extractor> {
    mention: Option<Mention<'extractor>>,
    end: usize,
}

/// The next dollar sign or upper-case letter that begins a word.
fn next_start(bytes: &[u8], from: usize) -> Option<usize> {
    let begins = |position: &usize| match bytes[*position] {
        b'$' => true,
        b'A'..=b'Z' => *position == 0 || !is_word(bytes[*position - 1]),
        _ => false,
    };
    (from..bytes.len()).find(begins)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// Whether a symbol can stand beside `character`. Letter-like signs make it art: `W€$T`, `$T∆RTER`, `A$AP`.
fn is_boundary(character: char) -> bool {
    let is_letter_like = matches!(character, '$' | '¢'..='¥' | '₠'..='⃏' | '∀'..='⋿');
    !is_letter_like && !character.is_alphanumeric()
}
