//! Stocks in running text.
//!
//! Three ways of naming a stock count: the cashtag `$AAPL` (`cashtag`), the bare symbol `AAPL` (`word`), and the
//! name of the company (`name`), which has aliases by rule (`alias`) and by table (`name_table`). The latter two
//! are only believed as far as the words around them (`context`) and each other (`support`) allow.
//!
//! Owns the black-list of common words, the aliases and the phrases that only look like names; the white-list of
//! listings belongs to the caller. Never tells two companies of one name apart: such a name counts for none.

mod alias;
mod cashtag;
mod context;
mod listing;
mod name;
mod name_table;
mod support;
mod white_list;
mod word;

pub use listing::Listing;
use name::{Names, Neighbours};
use name_table::NameTable;
use rustc_hash::FxHashSet;
use white_list::WhiteList;

/// How a text names a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MentionKind {
    /// `$AAPL`.
    Cashtag,
    /// `AAPL`, `NASDAQ:AAPL` or `#AAPL`.
    Symbol,
    /// `Apple`, `McDonald's` or `BofA`.
    Name,
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

/// Finds the stocks of a white-list in texts.
#[derive(Debug)]
pub struct TickerExtractor {
    white_list: WhiteList,
    names: Names,
}

impl TickerExtractor {
    /// Looks for `listings`: symbols, or symbols with the names of their companies.
    pub fn new<'listing>(listings: impl IntoIterator<Item: Into<Listing<'listing>>>) -> Self {
        let listings = listings.into_iter().map(Into::into).collect::<Vec<_>>();
        Self {
            white_list: WhiteList::new(listings.iter().map(|listing| listing.symbol)),
            names: Names::new(NameTable::new(&listings)),
        }
    }

    /// The mentions in `text`, raw or cleaned, in text order and without overlap.
    pub fn extract(&self, text: &str) -> Vec<Mention<'_>> {
        let candidates = self.names.find(text);
        let supported = candidates.iter().flat_map(name::Candidate::symbols).collect::<FxHashSet<_>>();
        let mut mentions = support::believe(text, self.scan(text), &supported);
        let explicit = mentions.iter().map(|mention| mention.symbol).collect::<FxHashSet<_>>();
        let is_among_stocks = !explicit.is_empty() || candidates.iter().any(name::Candidate::is_clear);
        let neighbours = if is_among_stocks { Neighbours::Stocks } else { Neighbours::None };
        let names =
            candidates.iter().filter_map(|name| name.judge(text, &explicit, neighbours, &self.white_list));
        mentions.extend(names);
        mentions.sort_by_key(|mention| (mention.start, mention.kind == MentionKind::Name));
        // A symbol within a name, as "3M" is both, counts once.
        let mut end = 0;
        mentions.retain(|mention| {
            let is_clear = mention.start >= end;
            end = end.max(mention.end);
            is_clear
        });
        mentions
    }

    /// All cashtags and bare symbols, doubtful ones included.
    fn scan(&self, text: &str) -> Vec<Finding<'_>> {
        let mut findings = Vec::new();
        let mut position = 0;
        while let Some(start) = next_start(text.as_bytes(), position) {
            let read = match text.as_bytes()[start] {
                b'$' => cashtag::read(text, start, &self.white_list),
                _ => word::read(text, start, &self.white_list),
            };
            findings.push(read.finding);
            position = read.end;
        }
        findings
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
    finding: Finding<'extractor>,
    end: usize,
}

/// What a place of a text says by itself.
enum Finding<'extractor> {
    Nothing,
    Sure(Mention<'extractor>),
    /// A listed symbol, which is also a letter, an abbreviation or a common word.
    Doubtful(Mention<'extractor>),
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
