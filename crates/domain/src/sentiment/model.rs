//! The models that score texts.

use entity::sentiment::sentiment_record::SentimentLabel;
use nlp::Vader;

/// From here on a score is not neutral: VADER's own convention.
const THRESHOLD: f64 = 0.05;

/// What a model makes of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// −1…1.
    pub score: f64,
    pub label: SentimentLabel,
    /// 0.5…1: the distance from the border between two labels, not a calibrated probability.
    pub confidence: f64,
}

/// The name of the only model, as it stands on every record.
pub const NAME: &str = "vader";
pub use nlp::vader::VERSION;

/// Scores a cleaned text with VADER.
pub fn judge(text: &str) -> Verdict {
    verdict(Vader::shared().score(text).compound)
}

fn verdict(score: f64) -> Verdict {
    let (label, confidence) = if score >= THRESHOLD {
        (SentimentLabel::Positive, f64::midpoint(1.0, score))
    } else if score <= -THRESHOLD {
        (SentimentLabel::Negative, f64::midpoint(1.0, -score))
    } else {
        (SentimentLabel::Neutral, 1.0 - score.abs() / THRESHOLD / 2.0)
    };
    Verdict { score, label, confidence }
}

#[cfg(test)]
mod tests {
    use super::{SentimentLabel, verdict};

    #[test]
    fn labels_follow_the_threshold_and_confidence_the_distance() {
        let cases = [
            (0.05, SentimentLabel::Positive, 0.525),
            (1.0, SentimentLabel::Positive, 1.0),
            (0.0, SentimentLabel::Neutral, 1.0),
            (0.025, SentimentLabel::Neutral, 0.75),
            (-0.5, SentimentLabel::Negative, 0.75),
        ];
        for (score, label, confidence) in cases {
            let found = verdict(score);
            assert_eq!(found.label, label, "{score}");
            assert!((found.confidence - confidence).abs() < 1e-12, "{score}");
        }
    }
}
