use super::reader::Reader;
use std::path::PathBuf;

/// Which texts are scored, and by what.
#[derive(Clone, Debug)]
pub struct SentimentConfig {
    /// Scores posts and comments.
    pub social: ModelName,
    /// Scores articles and headlines.
    pub news: ModelName,
    /// Scores where another model is missing or fails.
    pub fallback: ModelName,
    /// Posts of a lower quality are not scored, 0…100.
    pub least_quality: u32,
    /// Posts from this quality on are marked as good, 0…100.
    pub good_quality: u32,
    /// Where files of labelled texts lie, on which all models are measured each week.
    pub labelled_folder: PathBuf,
}

/// A model for sentiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelName {
    Vader,
    Finance,
    Compact,
    Finbert,
}

impl ModelName {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vader => "vader",
            Self::Finance => "finance",
            Self::Compact => "compact",
            Self::Finbert => "finbert",
        }
    }
}

const ALL: [(&str, ModelName); 4] = [
    ("finance", ModelName::Finance),
    ("vader", ModelName::Vader),
    ("compact", ModelName::Compact),
    ("finbert", ModelName::Finbert),
];
/// These are always there.
const BUILT_IN: [(&str, ModelName); 2] = [ALL[0], ALL[1]];

impl SentimentConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            social: reader.choice("sentiment.social", &ALL),
            news: reader.choice("sentiment.news", &ALL),
            fallback: reader.choice("sentiment.fallback", &BUILT_IN),
            least_quality: reader.number("sentiment.least_quality", 0..=100),
            good_quality: reader.number("sentiment.good_quality", 0..=100),
            labelled_folder: reader.required("sentiment.labelled_folder"),
        }
    }
}
