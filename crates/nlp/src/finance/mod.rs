//! The sentiment of texts about companies and markets: our own lexicon and rules, on top of VADER's words.
//!
//! Owns what is good and bad for an investor: words and phrases with a valence (`lexicon`); what moves and how
//! (`movement`: "costs fell"); amounts that are compared (`comparison`: "compared with a loss"); and how words
//! change each other (`valence`). Words that only sound good, as "share" and "interest", count nothing.
//!
//! Never learns: the lexicon is written by hand, and so are the constants of the link between a score and the
//! probabilities of its labels, which lie between those that fit news and those that fit posts best.

mod comparison;
mod lexicon;
mod movement;
mod number;
mod token;
mod valence;

use std::sync::LazyLock;

use lexicon::Lexicon;

/// Changes whenever any text may get another score.
pub const VERSION: &str = "1.0.0";

/// The greatest sum to expect, squared; sets how fast the score saturates.
const ALPHA: f64 = 12.0;

/// Tokens of an ordinary sentence: in a longer text a word says less about the whole, and in a headline more.
const SENTENCE: f64 = 20.0;
/// A shorter text counts as of this share of a sentence.
const SHORTEST: f64 = 0.4;

/// How fast the probability of a label grows with the score, and what a text must overcome not to be neutral.
const SLOPE: f64 = 5.0;
const POSITIVE_BARRIER: f64 = 1.3;
const NEGATIVE_BARRIER: f64 = 1.6;

/// How a text feels about its company.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FinanceScore {
    /// From −1, as bad as can be, to 1.
    pub score: f64,
    /// The probabilities of the three labels, which sum to 1.
    pub positive: f64,
    pub neutral: f64,
    pub negative: f64,
}

/// Scores texts by the finance lexicon and its rules.
#[derive(Debug)]
pub struct Finance {
    lexicon: Lexicon,
}

impl Finance {
    /// Parses the embedded lexicons, which takes about two milliseconds; prefer [`Finance::shared`].
    pub fn new() -> Self {
        Self { lexicon: Lexicon::embedded() }
    }

    /// The instance that the whole process shares.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Finance> = LazyLock::new(Finance::new);
        &SHARED
    }

    /// Rates a cleaned `text`, which should keep its punctuation and emoji.
    pub fn score(&self, text: &str) -> FinanceScore {
        let text = token::fold(text);
        let tokens = token::tokens(&text, &self.lexicon);
        let length = (tokens.len() as f64 / SENTENCE).max(SHORTEST);
        let sum = valence::sum(&tokens) / length.sqrt();
        FinanceScore::of(sum / (sum * sum + ALPHA).sqrt())
    }
}

impl Default for Finance {
    fn default() -> Self {
        Self::new()
    }
}

impl FinanceScore {
    /// Links `score` to probabilities: a multinomial logistic model of which neutral is the base.
    fn of(score: f64) -> Self {
        let positive = (SLOPE * score - POSITIVE_BARRIER).exp();
        let negative = (-SLOPE * score - NEGATIVE_BARRIER).exp();
        let total = 1.0 + positive + negative;
        Self { score, positive: positive / total, neutral: 1.0 / total, negative: negative / total }
    }
}
