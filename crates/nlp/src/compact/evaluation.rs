//! How good a model is on labelled texts.

use super::Example;
use crate::{Judgement, Label, ModelError, SentimentModel};
use ml::metric::{Confusion, calibration_error};

/// Texts that are judged at a time.
const BATCH: usize = 256;

/// What a model makes of labelled texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub confusion: Confusion,
    /// Whether the texts have the label neutral; if not, the sign of the score decides.
    pub has_neutral: bool,
    /// Expected calibration error, 0…1; `None` without texts.
    pub calibration_error: Option<f64>,
    /// The scores, in the order of the texts.
    pub scores: Vec<f64>,
}

/// Judges `examples` and compares.
pub fn evaluate(model: &dyn SentimentModel, examples: &[Example<'_>]) -> Result<Evaluation, ModelError> {
    let mut judgements = Vec::with_capacity(examples.len());
    for batch in examples.chunks(BATCH) {
        judgements.extend(model.judge(&batch.iter().map(|example| example.text).collect::<Vec<_>>())?);
    }
    Ok(compare(&judgements, examples))
}

/// Compares judgements with what people say.
pub fn compare(judgements: &[Judgement], examples: &[Example<'_>]) -> Evaluation {
    let has_neutral = examples.iter().any(|example| example.label == Label::Neutral);
    let mut confusion = Confusion::new(Label::ALL.len());
    let mut answers = Vec::with_capacity(examples.len());
    for (judgement, example) in judgements.iter().zip(examples) {
        let (answer, confidence) = answer(judgement, has_neutral);
        confusion.add(example.label as usize, answer as usize);
        answers.push((confidence, answer == example.label));
    }
    Evaluation {
        confusion,
        has_neutral,
        calibration_error: calibration_error(answers),
        scores: judgements.iter().map(|judgement| judgement.score).collect(),
    }
}

/// The likeliest of the labels that there are, and how sure the model is among these.
fn answer(judgement: &Judgement, has_neutral: bool) -> (Label, f64) {
    if has_neutral {
        return (judgement.label(), judgement.confidence());
    }
    let Judgement { score, positive, negative, .. } = *judgement;
    let label = if score > 0.0 {
        Label::Positive
    } else if score < 0.0 {
        Label::Negative
    } else {
        Label::Neutral
    };
    (label, positive.max(negative) / (positive + negative).max(f64::MIN_POSITIVE))
}
