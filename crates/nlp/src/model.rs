//! What the sentiment models have in common.

use crate::{Finance, Vader, finance, vader};
use std::{fmt::Debug, str::FromStr};

/// The mood of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    Negative,
    Neutral,
    Positive,
}

impl Label {
    /// In the order in which classifiers count them.
    pub const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];
}

/// By the words that people use who label texts, in any case.
impl FromStr for Label {
    type Err = UnknownLabel;

    fn from_str(word: &str) -> Result<Self, UnknownLabel> {
        match word.to_ascii_lowercase().as_str() {
            "positive" | "pos" | "bullish" => Ok(Self::Positive),
            "neutral" | "neu" => Ok(Self::Neutral),
            "negative" | "neg" | "bearish" => Ok(Self::Negative),
            _ => Err(UnknownLabel),
        }
    }
}

/// A word that is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a label is positive, neutral or negative")]
pub struct UnknownLabel;

/// What a model makes of a text: three probabilities that sum to 1, and a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// −1…1.
    pub score: f64,
    pub negative: f64,
    pub neutral: f64,
    pub positive: f64,
}

impl Judgement {
    /// The likeliest label; neutral of equals.
    pub fn label(&self) -> Label {
        let Self { negative, neutral, positive, .. } = *self;
        if positive > negative.max(neutral) {
            Label::Positive
        } else if negative > positive.max(neutral) {
            Label::Negative
        } else {
            Label::Neutral
        }
    }

    /// The probability of [`Judgement::label`], 0…1.
    pub fn confidence(&self) -> f64 {
        self.negative.max(self.neutral).max(self.positive)
    }
}

/// Scores cleaned texts.
pub trait SentimentModel: Debug + Send + Sync {
    /// As it stands on every record: `vader`, `finance`, `compact`, `finbert`.
    fn name(&self) -> &str;

    /// Changes whenever any text may get another score.
    fn version(&self) -> &str;

    /// Judges each text; as many answers as texts, in their order.
    fn judge(&self, texts: &[&str]) -> Result<Vec<Judgement>, ModelError>;

    /// Whether it says itself that it was trained on this very text, which then proves nothing.
    fn knows(&self, _text: &str) -> bool {
        false
    }
}

/// A model that is there cannot judge.
#[derive(Debug, thiserror::Error)]
#[error("the model {model} failed: {reason}")]
pub struct ModelError {
    pub model: String,
    pub reason: String,
}

/// Judges by VADER; from ±0.05 on a text is not neutral, as its authors advise.
#[derive(Clone, Copy, Debug, Default)]
pub struct VaderModel;

const THRESHOLD: f64 = 0.05;

impl SentimentModel for VaderModel {
    fn name(&self) -> &'static str {
        "vader"
    }

    fn version(&self) -> &'static str {
        vader::VERSION
    }

    fn judge(&self, texts: &[&str]) -> Result<Vec<Judgement>, ModelError> {
        let judge = |text: &&str| by_threshold(Vader::shared().score(text).compound);
        Ok(texts.iter().map(judge).collect())
    }
}

/// The distance from the border between two labels stands in for a probability, which VADER does not have.
fn by_threshold(score: f64) -> Judgement {
    let confidence = if score.abs() >= THRESHOLD {
        f64::midpoint(1.0, score.abs())
    } else {
        1.0 - score.abs() / THRESHOLD / 2.0
    };
    let rest = (1.0 - confidence) / 2.0;
    let of = |is_label| if is_label { confidence } else { rest };
    let (positive, negative) = (of(score >= THRESHOLD), of(score <= -THRESHOLD));
    Judgement { score, negative, neutral: 1.0 - positive - negative, positive }
}

/// Judges by our finance lexicon and its rules: the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct FinanceModel;

impl SentimentModel for FinanceModel {
    fn name(&self) -> &'static str {
        "finance"
    }

    fn version(&self) -> &'static str {
        finance::VERSION
    }

    fn judge(&self, texts: &[&str]) -> Result<Vec<Judgement>, ModelError> {
        let judge = |text: &&str| {
            let found = Finance::shared().score(text);
            Judgement {
                score: found.score,
                negative: found.negative,
                neutral: found.neutral,
                positive: found.positive,
            }
        };
        Ok(texts.iter().map(judge).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Label, by_threshold};

    #[test]
    fn labels_follow_the_threshold_and_confidence_the_distance() {
        let cases = [
            (0.05, Label::Positive, 0.525),
            (1.0, Label::Positive, 1.0),
            (0.0, Label::Neutral, 1.0),
            (0.025, Label::Neutral, 0.75),
            (-0.5, Label::Negative, 0.75),
        ];
        for (score, label, confidence) in cases {
            let found = by_threshold(score);
            assert_eq!(found.label(), label, "{score}");
            assert!((found.confidence() - confidence).abs() < 1e-12, "{score}");
            assert!((found.negative + found.neutral + found.positive - 1.0).abs() < 1e-12, "{score}");
        }
    }
}
