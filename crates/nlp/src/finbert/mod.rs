//! FinBERT, and whatever else reads texts as BERT does: a tokenizer and an ONNX model from files that others trained.
//!
//! Texts are run in batches of about the same length, since a batch costs as much as its longest text times its size.

mod batch;

use crate::{Judgement, Label, ModelError, SentimentModel};
use batch::Batch;
use ml::onnx::runtime::{Port, RuntimeError, Session, Tensor};
use tokenizers::{Tokenizer, TruncationParams};

const TOKENS: &str = "input_ids";
const MASK: &str = "attention_mask";
const SEGMENTS: &str = "token_type_ids";
/// Nobody's tokens are so long on average; what is beyond would be cut off after it was read.
const LONGEST_TOKEN: usize = 20;

/// More no model of this kind insists on.
const MOST_ROWS: usize = 256;
const MOST_TOKENS: usize = 8192;

/// What of a model's files the model itself does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub version: String,
    /// What its classes mean, in their order.
    pub labels: [Label; 3],
    /// The most tokens of a text; the rest is cut off.
    pub most_tokens: usize,
}

/// A tokenizer and a model that fit each other.
#[derive(Debug)]
pub struct FinbertModel {
    tokenizer: Tokenizer,
    session: Session,
    shape: Shape,
    manifest: Manifest,
}

/// What the model's graph wants.
#[derive(Clone, Debug)]
struct Shape {
    /// `None`: as many as one likes.
    rows: Option<usize>,
    tokens: Option<usize>,
    takes_segments: bool,
    output: String,
    gives_probabilities: bool,
}

/// Why files make no model.
#[derive(Debug, thiserror::Error)]
pub enum FinbertError {
    #[error("the tokenizer cannot be read: {0}")]
    Tokenizer(String),
    #[error("the model is not one for texts as BERT reads them: {0}")]
    Graph(String),
    #[error("the model answers nonsense: {0}")]
    Answer(String),
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
}

impl FinbertModel {
    /// Joins a `tokenizer.json` and an open model.
    pub fn new(tokenizer: &[u8], session: Session, manifest: Manifest) -> Result<Self, FinbertError> {
        let unreadable = |error: tokenizers::Error| FinbertError::Tokenizer(error.to_string());
        let mut tokenizer = Tokenizer::from_bytes(tokenizer).map_err(unreadable)?;
        let shape = Shape::of(&session)?;
        let most = shape.tokens.unwrap_or(manifest.most_tokens).min(manifest.most_tokens);
        let truncation = TruncationParams { max_length: most, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(unreadable)?;
        // Each batch pads to its own length.
        tokenizer.with_padding(None);
        Ok(Self { tokenizer, session, shape, manifest })
    }

    /// Asks the model what it was made for, and refuses one whose answers are none.
    ///
    /// Succeeds with whether it likes good news better than bad: if not, its labels may be in another order.
    pub fn probe(&self) -> Result<bool, FinbertError> {
        let texts = [
            "Profits rose sharply, and the company raised its guidance.",
            "The company went bankrupt after heavy losses.",
            "The meeting is on Monday.",
            "",
        ];
        let together = self.answers(&texts)?;
        for (text, answer) in texts.iter().zip(&together) {
            let sum: f64 = answer.iter().sum();
            if !answer.iter().all(|share| share.is_finite()) || (sum - 1.0).abs() > 1e-3 {
                return Err(FinbertError::Answer(format!("for {text:?} the probabilities are {answer:?}")));
            }
            let alone = self.answers(&[text])?;
            let apart = alone[0].iter().zip(answer).map(|(alone, answer)| (alone - answer).abs());
            if apart.fold(0.0, f64::max) > 1e-2 {
                let reason = format!("{text:?} alone gives {:?}, beside others {answer:?}", alone[0]);
                return Err(FinbertError::Answer(reason));
            }
        }
        Ok(self.judgement(&together[0]).score > self.judgement(&together[1]).score)
    }

    /// The probabilities of each text, in the order of the model's classes.
    fn answers(&self, texts: &[&str]) -> Result<Vec<[f64; 3]>, FinbertError> {
        let encode = |text: &&str| {
            let encoding = self.tokenizer.encode_fast(self.beginning(text), true);
            let encoding = encoding.map_err(|error| FinbertError::Tokenizer(error.to_string()))?;
            Ok(encoding.get_ids().iter().map(|id| i64::from(*id)).collect())
        };
        let tokens: Vec<Vec<i64>> = texts.iter().map(encode).collect::<Result<_, FinbertError>>()?;
        let mut answers = vec![[0.0; 3]; texts.len()];
        for batch in Batch::all_of(&tokens, self.shape.rows, self.shape.tokens) {
            for (row, answer) in batch.rows.iter().zip(self.run(&batch)?) {
                answers[*row] = answer;
            }
        }
        Ok(answers)
    }

    /// As much of a text as could matter.
    fn beginning<'text>(&self, text: &'text str) -> &'text str {
        let end = text.floor_char_boundary(self.manifest.most_tokens.saturating_mul(LONGEST_TOKEN));
        &text[..end]
    }

    fn run(&self, batch: &Batch) -> Result<Vec<[f64; 3]>, FinbertError> {
        let shape = vec![batch.height, batch.width];
        let input = |values: &[i64]| Tensor::Integers(shape.clone(), values.to_vec());
        let mut inputs = vec![(TOKENS, input(&batch.tokens)), (MASK, input(&batch.mask))];
        if self.shape.takes_segments {
            inputs.push((SEGMENTS, input(&vec![0; batch.tokens.len()])));
        }
        let (shape, values) = self.session.run(inputs, &self.shape.output)?;
        if shape != [batch.height, 3] {
            return Err(FinbertError::Answer(format!("{shape:?} numbers for {} texts", batch.height)));
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(FinbertError::Answer("it gives what is no number".to_owned()));
        }
        let (rows, _) = values.as_chunks::<3>();
        Ok(rows.iter().map(|row| self.probabilities(row.map(f64::from))).collect())
    }

    fn probabilities(&self, row: [f64; 3]) -> [f64; 3] {
        if self.shape.gives_probabilities {
            return row;
        }
        let highest = row.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let powers = row.map(|logit| (logit - highest).exp());
        let sum: f64 = powers.iter().sum();
        powers.map(|power| power / sum)
    }

    fn judgement(&self, answer: &[f64; 3]) -> Judgement {
        let share = |wanted: Label| {
            let pairs = self.manifest.labels.iter().zip(answer);
            pairs.filter(|(label, _)| **label == wanted).map(|(_, share)| share).sum::<f64>()
        };
        let (negative, neutral, positive) =
            (share(Label::Negative), share(Label::Neutral), share(Label::Positive));
        Judgement { score: positive - negative, negative, neutral, positive }
    }
}

impl SentimentModel for FinbertModel {
    fn name(&self) -> &'static str {
        "finbert"
    }

    fn version(&self) -> &str {
        &self.manifest.version
    }

    fn judge(&self, texts: &[&str]) -> Result<Vec<Judgement>, ModelError> {
        let failed =
            |error: FinbertError| ModelError { model: "finbert".to_owned(), reason: error.to_string() };
        let answers = self.answers(texts).map_err(failed)?;
        Ok(answers.iter().map(|answer| self.judgement(answer)).collect())
    }
}

impl Shape {
    fn of(session: &Session) -> Result<Self, FinbertError> {
        let graph = |reason: String| Err(FinbertError::Graph(reason));
        let find = |name: &str| session.inputs().iter().find(|input| input.name == name);
        let (Some(tokens), Some(_)) = (find(TOKENS), find(MASK)) else {
            return graph(format!("it takes {}, not {TOKENS} and {MASK}", names(session.inputs())));
        };
        if let Some(other) =
            session.inputs().iter().find(|input| ![TOKENS, MASK, SEGMENTS].contains(&&*input.name))
        {
            return graph(format!("nobody here knows what its input {} is", other.name));
        }
        let &[rows, length] = tokens.shape.as_slice() else {
            return graph(format!("its input {TOKENS} is no matrix"));
        };
        let is_sound = |length: Option<usize>, most| length.is_none_or(|length| (1..=most).contains(&length));
        if !is_sound(rows, MOST_ROWS) || !is_sound(length, MOST_TOKENS) {
            return graph(format!("its input {TOKENS} has {:?} rows and tokens", tokens.shape));
        }
        let Some(output) = session.outputs().first() else { return graph("it gives nothing".to_owned()) };
        if !matches!(output.shape.as_slice(), [_, None | Some(3)]) {
            return graph(format!("it does not give three numbers for each text, but {:?}", output.shape));
        }
        Ok(Self {
            rows,
            tokens: length,
            takes_segments: find(SEGMENTS).is_some(),
            output: output.name.clone(),
            gives_probabilities: output.name.contains("prob"),
        })
    }
}

fn names(ports: &[Port]) -> String {
    ports.iter().map(|port| port.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The labels of a model in the order of its classes, by the words that its makers use for them.
pub fn labels(words: &[String]) -> Option<[Label; 3]> {
    let found: Vec<Label> = words.iter().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let found = <[Label; 3]>::try_from(found).ok()?;
    Label::ALL.iter().all(|label| found.contains(label)).then_some(found)
}
