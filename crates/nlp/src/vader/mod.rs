//! VADER, the rule-based sentiment model for social media, as in vaderSentiment 3.3.2.
//!
//! A port that gives the same decimals as the Python package, quirks included: Hutto, C.J. & Gilbert, E.E.
//! (2014), "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text".
//!
//! The rules read tokens (`token`), whose roles come from one table (`lexicon`); `valence` rates each
//! token in its surroundings and `polarity` sums the ratings up.
//!
//! Never tokenises into sentences and never learns: whoever wants other words scores with another model.

mod emoji;
mod lexicon;
mod polarity;
mod token;
mod valence;

use std::sync::LazyLock;

use emoji::Emojis;
use lexicon::Lexicon;
pub(crate) use lexicon::rated_words;
pub use polarity::Polarity;
use token::Tokens;

/// The version of the Python package whose scores [`Vader`] reproduces.
pub const VERSION: &str = "3.3.2";

/// Scores texts by the VADER rules.
#[derive(Debug)]
pub struct Vader {
    lexicon: Lexicon,
    emojis: Emojis,
}

impl Vader {
    /// Parses the embedded lexicons, which takes about a millisecond; prefer [`Vader::shared`].
    pub fn new() -> Self {
        Self { lexicon: Lexicon::embedded(), emojis: Emojis::embedded() }
    }

    /// The instance that the whole process shares.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Vader> = LazyLock::new(Vader::new);
        &SHARED
    }

    /// Rates `text`, which should keep its punctuation, capitals and emoji: all three carry weight.
    pub fn score(&self, text: &str) -> Polarity {
        let text = self.emojis.describe(text);
        let tokens = Tokens::parse(&text, &self.lexicon);
        let mut valences = valence::rate(&tokens);
        polarity::shift_at_but(&tokens, &mut valences);
        Polarity::of(&valences, polarity::emphasis(&text))
    }
}

impl Default for Vader {
    fn default() -> Self {
        Self::new()
    }
}
