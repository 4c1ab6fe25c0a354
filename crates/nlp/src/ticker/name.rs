use aho_corasick::{AhoCorasick, Input, MatchKind};
use rustc_hash::FxHashSet;

use super::context::Surroundings;
use super::name_table::{Name, NameTable, Usage};
use super::white_list::WhiteList;
use super::{Mention, MentionKind};

/// For "Apple … AAPL".
const CONFIRMED_CONFIDENCE: f64 = 0.95;
const CONTEXT_CONFIDENCE: f64 = 0.8;
const BARE_CONFIDENCE: f64 = 0.6;
/// For "microsoft": people who mean the stock mostly write a capital.
const LOWERCASE_CONFIDENCE: f64 = 0.5;

/// Finds the names of companies.
#[derive(Debug)]
pub(super) struct Names {
    automaton: AhoCorasick,
    /// By pattern; `None` for phrases in which a name means something else.
    names: Vec<Option<Name>>,
}

/// A place where a name may stand for its company.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'list> {
    name: &'list Name,
    start: usize,
    end: usize,
    is_capitalised: bool,
}

/// What else a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbours {
    /// Symbols or clear names of companies.
    Stocks,
    None,
}

impl Names {
    pub(super) fn new(table: NameTable) -> Self {
        let (patterns, names) = table.into_patterns();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns)
            .expect("the names of all the world's companies take less than 2³¹ states");
        Self { automaton, names }
    }

    /// The candidates in `text`, in text order and without overlap.
    pub(super) fn find(&self, text: &str) -> Vec<Candidate<'_>> {
        let mut candidates = Vec::new();
        let mut from = 0;
        while let Some(found) = self.automaton.find(Input::new(text).range(from..)) {
            let (start, end) = (found.start(), found.end());
            if !is_whole(text, start, end) {
                // A shorter name may hide in it: at most one name's length is read again.
                from = start + 1;
                continue;
            }
            from = end;
            if let Some(name) = &self.names[found.pattern().as_usize()] {
                let is_capitalised = is_capitalised(&text[start..end]);
                candidates.push(Candidate { name, start, end, is_capitalised });
            }
        }
        candidates
    }
}

impl<'list> Candidate<'list> {
    /// The symbols that the name may stand for, all of one company.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &'list str> + use<'list> {
        let is_name = self.is_capitalised || self.name.usage == Usage::Distinctive;
        self.name.symbols.iter().filter(move |_| is_name).map(AsRef::as_ref)
    }

    /// Whether the name by itself tells that a company is meant.
    pub(super) fn is_clear(&self) -> bool {
        self.name.usage == Usage::Distinctive || self.name.usage == Usage::Plain && self.is_capitalised
    }

    /// The mention, if the company is likely meant; `explicit` are the symbols that the text names as such.
    pub(super) fn judge(
        &self,
        text: &str,
        explicit: &FxHashSet<&str>,
        neighbours: Neighbours,
        list: &WhiteList,
    ) -> Option<Mention<'list>> {
        // Of several classes of shares the one that the writer has in mind.
        let confirmed = self.symbols().find(|symbol| explicit.contains(symbol));
        let symbol = confirmed.or_else(|| self.symbols().next())?;
        let confidence = match confirmed {
            Some(_) => CONFIRMED_CONFIDENCE,
            None => self.confidence(text, neighbours, list)?,
        };
        let (start, end) = (self.start, self.end);
        Some(Mention { symbol, start, end, kind: MentionKind::Name, confidence })
    }

    fn confidence(&self, text: &str, neighbours: Neighbours, list: &WhiteList) -> Option<f64> {
        let surroundings = Surroundings::around(text, &(self.start..self.end), list);
        let is_about_markets = neighbours == Neighbours::Stocks || surroundings.is_about_markets();
        match (self.name.usage, self.is_capitalised) {
            (Usage::Ordinary, true) => is_about_markets.then_some(BARE_CONFIDENCE),
            (_, true) if is_about_markets => Some(CONTEXT_CONFIDENCE),
            (_, true) => Some(BARE_CONFIDENCE),
            (_, false) => Some(LOWERCASE_CONFIDENCE),
        }
    }
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joins = |character: char| character.is_alphanumeric() || matches!(character, '_' | '@' | '$');
    let is_decimal = text[start..].starts_with(|first: char| first.is_ascii_digit())
        && text[..start].ends_with(['.', ',']);
    // "Google+" is another thing, and so is the end of "$32.3M".
    !is_decimal
        && !text[..start].ends_with(joins)
        && !text[end..].starts_with(joins)
        && !text[end..].starts_with('+')
}

/// Whether each word begins with a capital or is too short to have one: "Bank of America".
fn is_capitalised(name: &str) -> bool {
    name.split([' ', '-'])
        .all(|word| matches!(word, "of" | "and") || word.starts_with(|first: char| !first.is_lowercase()))
        || name.chars().any(char::is_uppercase) && !name.contains(' ')
}
