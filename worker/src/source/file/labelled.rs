use super::{
    Reason, Rows,
    column::{Column, Need},
    rows::{Fields, Shape},
};
use nlp::Label;

/// The labelled texts of a file.
pub type LabelledRows = Rows<LabelledShape>;

const TEXT: usize = 0;
const LABEL: usize = 1;
const SOURCE: usize = 2;

static COLUMNS: [Column; 3] = [
    Column::new(
        "text",
        &["text", "sentence", "original", "title", "headline", "tweet", "body", "content", "message"],
        Need::Required,
    ),
    Column::new(
        "label",
        &["label", "sentiment", "sentilabel", "sentimentlabel", "sentimentscore", "score"],
        Need::Required,
    ),
    Column::new("source", &["source", "platform", "origin"], Need::Optional),
];

/// From here on a number stands for a label.
const THRESHOLD: f64 = 0.05;

/// A text, and what someone says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    pub text: String,
    pub label: Label,
    /// The number where there is one, else −1, 0 or 1.
    pub value: f64,
    /// Where the text is from, in the file's own words.
    pub source: Option<String>,
}

/// Reads labelled texts.
#[derive(Debug, Default)]
pub struct LabelledShape;

impl Shape for LabelledShape {
    type Item = Labelled;

    fn columns(&self) -> &'static [Column] {
        &COLUMNS
    }

    fn parse(&mut self, fields: &Fields<'_>) -> Result<Labelled, Reason> {
        let text = fields.text(TEXT)?.ok_or(Reason::EmptyText)?.to_owned();
        let (label, value) = fields.text(LABEL)?.and_then(label).ok_or(Reason::UnknownLabel)?;
        let source = fields.text(SOURCE)?.map(str::to_owned);
        Ok(Labelled { text, label, value, source })
    }
}

fn label(word: &str) -> Option<(Label, f64)> {
    if let Ok(label) = word.parse() {
        let value = match label {
            Label::Positive => 1.0,
            Label::Neutral => 0.0,
            Label::Negative => -1.0,
        };
        return Some((label, value));
    }
    let value: f64 = word.parse().ok().filter(|value: &f64| value.is_finite())?;
    let label = match value {
        value if value >= THRESHOLD => Label::Positive,
        value if value <= -THRESHOLD => Label::Negative,
        _ => Label::Neutral,
    };
    Some((label, value))
}
