use rustc_hash::FxHashMap;

use super::token::is_python_space;

const TABLE: &str = include_str!("../../data/vader_lexicon.txt");

/// How much a degree adverb adds to the rating of the word that it modifies.
const BOOST: f64 = 0.293;
/// How much a dampening adverb takes from it.
pub(super) const DAMP: f64 = -0.293;

const BOOSTERS: &str = "absolutely amazingly awfully completely considerable considerably decidedly deeply \
    effing enormous enormously entirely especially exceptional exceptionally extreme extremely fabulously \
    flipping flippin frackin fracking fricking frickin frigging friggin fully fuckin fucking fuggin fugging \
    greatly hella highly hugely incredible incredibly intensely major majorly more most particularly purely \
    quite really remarkably so substantially thoroughly total totally tremendous tremendously uber \
    unbelievably unusually utter utterly very";

const DAMPENERS: &str = "almost barely hardly kinda kindof kind-of less little marginal marginally \
    occasional occasionally partly scarce scarcely slight slightly somewhat sorta sortof sort-of";

const NEGATIONS: &str = "aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't \
    daren't didn't doesn't dont hadnt hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't \
    isn't mightn't mustn't neednt needn't never none nope nor not nothing nowhere oughtnt shant shouldnt \
    uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont wouldnt won't wouldn't \
    rarely seldom despite";

/// The words and emoticons of the lexicon with their mean human rating from −4 to 4.
pub(crate) fn rated_words() -> impl Iterator<Item = (&'static str, f64)> {
    TABLE.lines().filter_map(|line| {
        let mut fields = line.trim_matches(is_python_space).split('\t');
        Some((fields.next()?, fields.next()?.parse().ok()?))
    })
}

/// The words that some rule asks for by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Name {
    #[default]
    Other,
    Ass,
    At,
    Bad,
    Beating,
    Bomb,
    Bus,
    But,
    Death,
    Die,
    Doubt,
    Enough,
    For,
    Heart,
    Just,
    Kind,
    Kiss,
    Least,
    Never,
    No,
    Nor,
    Of,
    Or,
    Right,
    Shit,
    So,
    Sort,
    Stop,
    The,
    This,
    To,
    Very,
    Without,
    Yeah,
}

const NAMES: [(&str, Name); 33] = [
    ("ass", Name::Ass),
    ("at", Name::At),
    ("bad", Name::Bad),
    ("beating", Name::Beating),
    ("bomb", Name::Bomb),
    ("bus", Name::Bus),
    ("but", Name::But),
    ("death", Name::Death),
    ("die", Name::Die),
    ("doubt", Name::Doubt),
    ("enough", Name::Enough),
    ("for", Name::For),
    ("heart", Name::Heart),
    ("just", Name::Just),
    ("kind", Name::Kind),
    ("kiss", Name::Kiss),
    ("least", Name::Least),
    ("never", Name::Never),
    ("no", Name::No),
    ("nor", Name::Nor),
    ("of", Name::Of),
    ("or", Name::Or),
    ("right", Name::Right),
    ("shit", Name::Shit),
    ("so", Name::So),
    ("sort", Name::Sort),
    ("stop", Name::Stop),
    ("the", Name::The),
    ("this", Name::This),
    ("to", Name::To),
    ("very", Name::Very),
    ("without", Name::Without),
    ("yeah", Name::Yeah),
];

/// All that the rules know about a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word {
    /// Mean human rating from −4 to 4, if the word is in the lexicon.
    pub(super) valence: Option<f64>,
    /// What the word adds to a positive word that it modifies; 0 for all but degree adverbs.
    pub(super) boost: f64,
    pub(super) negates: bool,
    pub(super) name: Name,
}

/// One table from lower-case words to their roles, so that each token is looked up once.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: FxHashMap<&'static str, Word>,
}

impl Lexicon {
    /// No word of the table is longer, in bytes.
    pub(super) const LONGEST_WORD: usize = 24;

    pub(super) fn embedded() -> Self {
        let mut words = FxHashMap::<&'static str, Word>::default();
        for (word, valence) in rated_words() {
            words.entry(word).or_default().valence = Some(valence);
        }
        for (list, boost) in [(BOOSTERS, BOOST), (DAMPENERS, DAMP)] {
            for word in list.split_whitespace() {
                words.entry(word).or_default().boost = boost;
            }
        }
        for word in NEGATIONS.split_whitespace() {
            words.entry(word).or_default().negates = true;
        }
        for (word, name) in NAMES {
            words.entry(word).or_default().name = name;
        }
        Self { words }
    }

    /// What is known of `lowercase`; an unknown word has the default role.
    pub(super) fn get(&self, lowercase: &str) -> Word {
        self.words.get(lowercase).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_no_word_is_longer_than_the_limit() {
        let lexicon = Lexicon::embedded();
        let rated = lexicon.words.values().filter(|word| word.valence.is_some()).count();
        assert_eq!(rated, 7506);
        assert!(lexicon.words.keys().all(|word| word.len() <= Lexicon::LONGEST_WORD));
    }
}
