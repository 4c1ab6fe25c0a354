//! Which parts of a text are about which of its stocks: "Love Apple but Tesla is going to crash".
//!
//! Owns where a text changes its subject (`joint`). A part that names no stock goes on about the one before; a
//! list of stocks shares what is said of it. Never resolves pronouns and never parses grammar.

mod joint;

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::ticker::Mention;

/// What a text says about one stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope<'symbol> {
    pub symbol: &'symbol str,
    /// Bytes of the parts, in text order and without overlap; at least one.
    pub parts: Vec<Range<usize>>,
}

/// The scopes of the distinct symbols among `mentions`, in the order of their first mention.
///
/// `mentions` must come from [`TickerExtractor::extract`](crate::TickerExtractor::extract) for the same `text`.
pub fn scopes<'symbol>(text: &str, mentions: &[Mention<'symbol>]) -> Vec<Scope<'symbol>> {
    let mut scopes = Scopes::of(mentions);
    if scopes.list.len() == 1 {
        scopes.list[0].parts.push(0..text.len());
        return scopes.list;
    }
    for clause in clauses(text, mentions) {
        // Only the first clause can have no mention: it introduces all.
        let about = if clause.mentions.is_empty() { mentions } else { &mentions[clause.mentions] };
        for mention in about.iter().filter(|_| !clause.range.is_empty()) {
            scopes.add(mention.symbol, &clause.range);
        }
    }
    scopes.list
}

impl Scope<'_> {
    /// The parts of `text` in one piece.
    pub fn read<'text>(&self, text: &'text str) -> Cow<'text, str> {
        match self.parts.as_slice() {
            [part] => Cow::Borrowed(text[part.clone()].trim()),
            parts => {
                Cow::Owned(parts.iter().map(|part| text[part.clone()].trim()).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

struct Scopes<'symbol> {
    list: Vec<Scope<'symbol>>,
    positions: FxHashMap<&'symbol str, usize>,
}

impl<'symbol> Scopes<'symbol> {
    fn of(mentions: &[Mention<'symbol>]) -> Self {
        let mut scopes = Self { list: Vec::new(), positions: FxHashMap::default() };
        for symbol in mentions.iter().map(|mention| mention.symbol) {
            scopes.positions.entry(symbol).or_insert_with(|| {
                scopes.list.push(Scope { symbol, parts: Vec::new() });
                scopes.list.len() - 1
            });
        }
        scopes
    }

    fn add(&mut self, symbol: &str, range: &Range<usize>) {
        let Some(&position) = self.positions.get(symbol) else { return };
        let parts = &mut self.list[position].parts;
        match parts.last_mut() {
            // The same clause again, or the next one.
            Some(last) if last.end >= range.start => last.end = range.end,
            _ => parts.push(range.clone()),
        }
    }
}

/// A part of the text, and which of the mentions stand in it.
struct Clause {
    range: Range<usize>,
    mentions: Range<usize>,
}

/// Splits `text` between its mentions; every clause but the first has at least one.
fn clauses(text: &str, mentions: &[Mention<'_>]) -> Vec<Clause> {
    let mut clauses = vec![Clause { range: 0..0, mentions: 0..0 }];
    let mut end = 0;
    for (position, mention) in mentions.iter().enumerate() {
        let gap = end..mention.start;
        let is_new_subject = position > 0 && mentions[position - 1].symbol != mention.symbol;
        let split = match position {
            0 => joint::last_hard(&text[gap.clone()]),
            _ if is_new_subject => joint::between(&text[gap.clone()]),
            _ => None,
        };
        if let (Some(split), Some(clause)) = (split, clauses.last_mut()) {
            clause.range.end = gap.start + split;
            clauses.push(Clause { range: gap.start + split..0, mentions: position..position });
        }
        if let Some(clause) = clauses.last_mut() {
            clause.mentions.end = position + 1;
        }
        end = mention.end;
    }
    if let Some(clause) = clauses.last_mut() {
        clause.range.end = text.len();
    }
    clauses
}
