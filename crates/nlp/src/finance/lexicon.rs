use rustc_hash::FxHashMap;

use crate::vader;

/// What is left of a rating by VADER, which was made for reviews and chats.
const VADER_SHARE: f64 = 0.4;

/// How something moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Movement {
    /// Above 0 for up, below 0 for down; 1.5 for a leap.
    pub(super) strength: f64,
    pub(super) moves: Moves,
}

/// Where to look for what moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moves {
    /// "Sales rose".
    Subject,
    /// "Cut costs".
    Object,
}

/// All that the rules know about a word, phrase or emoji.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    /// From −4 to 4; 0 for all that is neither good nor bad by itself.
    pub(super) valence: f64,
    pub(super) movement: Option<Movement>,
    /// 1 for what is good to have more of, −1 for what is bad, 0 for all else.
    pub(super) worth: f64,
    pub(super) role: Role,
    /// Whether the valence is that of slang, as in "long" and "holding".
    pub(super) is_slang: bool,
    /// How many words the longest phrase has that begins with this word; 0 if none does.
    pub(super) longest_phrase: usize,
}

/// What a word does to others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Role {
    #[default]
    None,
    Comparison,
    Negation,
    /// The factor for what follows.
    Degree(f64),
    Contrast,
    /// Marks the news of companies.
    Formal,
}

/// One table from words, phrases and emoji in lower case to what the rules know about them.
#[derive(Debug)]
pub(super) struct Lexicon {
    entries: FxHashMap<&'static str, Entry>,
}

impl Lexicon {
    pub(super) fn embedded() -> Self {
        let mut lexicon = Self { entries: FxHashMap::default() };
        for (word, valence) in vader::rated_words() {
            lexicon.entry(word).valence = valence * VADER_SHARE;
        }
        for word in lines(include_str!("../../data/finance_neutral.txt")).flat_map(str::split_whitespace) {
            lexicon.entry(word).valence = 0.0;
        }
        for (head, name) in rows(include_str!("../../data/finance_lexicon.txt")) {
            let (is_slang, head) = head.strip_prefix("trade ").map_or((false, head), |head| (true, head));
            let entry = lexicon.entry(name);
            entry.valence = head.parse().expect("a valence is a number");
            entry.is_slang = is_slang;
        }
        for (kind, name) in rows(include_str!("../../data/finance_movement.txt")) {
            lexicon.add(kind, name);
        }
        lexicon.link_phrases();
        lexicon
    }

    /// What is known of a word or phrase in lower case.
    pub(super) fn get(&self, name: &str) -> Option<Entry> {
        self.entries.get(name).copied()
    }

    fn entry(&mut self, name: &'static str) -> &mut Entry {
        self.entries.entry(name).or_default()
    }

    /// Adds an entry of the table of movements.
    fn add(&mut self, kind: &str, name: &'static str) {
        let entry = self.entry(name);
        match kind {
            "good" => entry.worth = 1.0,
            "bad" => entry.worth = -1.0,
            "comparison" => entry.role = Role::Comparison,
            "negation" => (entry.role, entry.valence) = (Role::Negation, 0.0),
            "much" => (entry.role, entry.valence) = (Role::Degree(1.3), 0.0),
            "little" => (entry.role, entry.valence) = (Role::Degree(0.7), 0.0),
            "contrast" => entry.role = Role::Contrast,
            "formal" => entry.role = Role::Formal,
            "plain" => *entry = Entry { longest_phrase: entry.longest_phrase, ..Entry::default() },
            _ => entry.movement = Some(Movement::parse(kind)),
        }
    }

    fn link_phrases(&mut self) {
        let phrases = self.entries.keys().filter(|name| name.contains(' ')).copied().collect::<Vec<_>>();
        for phrase in phrases {
            if let Some((first, rest)) = phrase.split_once(' ') {
                let length = rest.split(' ').count() + 1;
                let entry = self.entry(first);
                entry.longest_phrase = entry.longest_phrase.max(length);
            }
        }
    }
}

impl Movement {
    /// Parses `up 1` or `act down 1.5`.
    fn parse(kind: &str) -> Self {
        let (moves, rest) = match kind.strip_prefix("act ") {
            Some(rest) => (Moves::Object, rest),
            None => (Moves::Subject, kind),
        };
        let (direction, strength) = rest.split_once(' ').expect("a movement has a strength");
        let strength = strength.parse::<f64>().expect("a strength is a number");
        Self { strength: if direction == "up" { strength } else { -strength }, moves }
    }
}

/// The entries of a table together with what stands at the head of their line.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = lines(table).filter_map(|line| line.split_once(": "));
    rows.flat_map(|(head, names)| names.split(", ").map(move |name| (head, name)))
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}
