use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::Listing;
use super::alias::derive;
use super::word::is_common;

/// A single word with fewer letters is taken for an ordinary one.
const SHORT: usize = 4;

/// Names that are ordinary words as well.
static ORDINARY_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    lines(include_str!("../../data/ordinary_words.txt")).flat_map(str::split_whitespace).collect()
});

/// How a name must be written to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// In any case: "microsoft".
    Distinctive,
    /// With capitals: "Illumina".
    Plain,
    /// With capitals, in a text about markets: "Target".
    Ordinary,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) struct Name {
    /// The symbols of one company, the preferred one first.
    pub(super) symbols: Vec<Box<str>>,
    pub(super) usage: Usage,
}

/// The names of the listed companies in lower case, and the phrases that only look like them.
#[derive(Debug)]
pub(super) struct NameTable {
    names: BTreeMap<String, Option<Name>>,
}

impl NameTable {
    pub(super) fn new(listings: &[Listing<'_>]) -> Self {
        let mut table = Self { names: BTreeMap::new() };
        let symbols = listings.iter().map(|listing| listing.symbol).collect::<FxHashSet<_>>();
        for phrase in lines(include_str!("../../data/not_names.txt")) {
            table.names.insert(phrase.to_owned(), None);
        }
        for line in lines(include_str!("../../data/aliases.txt")) {
            table.add_line(line, &symbols);
        }
        let curated = table.names.keys().cloned().collect();
        let mut sorted = listings.iter().collect::<Vec<_>>();
        // Of several classes of shares the shortest symbol is the usual one: FOX before FOXA.
        sorted.sort_by_key(|listing| (listing.symbol.len(), listing.symbol));
        for listing in sorted {
            for alias in listing.name.into_iter().flat_map(derive) {
                table.add_derived(&alias, listing.symbol, &curated);
            }
        }
        table
    }

    /// The patterns to search for, and what each stands for.
    pub(super) fn into_patterns(self) -> (Vec<String>, Vec<Option<Name>>) {
        // A name of two companies is a name of none.
        self.names
            .into_iter()
            .filter(|(_, name)| name.as_ref().is_none_or(|name| !name.symbols.is_empty()))
            .unzip()
    }

    /// Adds a line of the table of aliases, `SYMBOL …: alias, ^alias, ~alias …`, as far as its symbols are listed.
    fn add_line(&mut self, line: &str, listed: &FxHashSet<&str>) {
        let Some((symbols, aliases)) = line.split_once(':') else { return };
        let symbols = symbols.split_whitespace().filter(|symbol| listed.contains(symbol));
        let symbols = symbols.map(Box::from).collect::<Vec<_>>();
        if symbols.is_empty() {
            return;
        }
        for alias in aliases.split(',').map(str::trim) {
            let (usage, alias) = match alias.split_at_checked(1) {
                Some(("~", alias)) => (Usage::Ordinary, alias),
                Some(("^", alias)) => (Usage::Plain, alias),
                _ => (Usage::Distinctive, alias),
            };
            for spelling in
                [alias.replace('\'', "’"), alias.replace('\'', "")].into_iter().chain([alias.to_owned()])
            {
                let name = Name { symbols: symbols.clone(), usage };
                self.names.insert(spelling.to_lowercase(), Some(name));
            }
        }
    }

    fn add_derived(&mut self, alias: &str, symbol: &str, curated: &FxHashSet<String>) {
        let key = alias.to_lowercase();
        if curated.contains(&key) {
            return;
        }
        let usage = if is_ordinary(&key) { Usage::Ordinary } else { Usage::Plain };
        let name = self.names.entry(key).or_insert(None);
        match name {
            None => *name = Some(Name { symbols: vec![symbol.into()], usage }),
            Some(name) if name.symbols.first().is_some_and(|first| is_sibling(first, symbol)) => {
                name.symbols.push(symbol.into());
            }
            Some(name) => name.symbols.clear(),
        }
    }
}

/// Whether both are classes of shares of one company, as far as symbols tell: UA and UAA.
fn is_sibling(left: &str, right: &str) -> bool {
    left.get(..2).is_some_and(|prefix| right.starts_with(prefix))
}

fn is_ordinary(name: &str) -> bool {
    !name.contains([' ', '&'])
        && (name.len() < SHORT || ORDINARY_WORDS.contains(name) || is_common(&name.to_uppercase()))
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}
