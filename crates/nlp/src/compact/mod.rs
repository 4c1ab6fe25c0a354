//! A small model that anyone trains on texts of their own, and its file.
//!
//! Hashed words, pairs of words and parts of words beside what VADER and the finance rules found; multinomial logistic
//! regression that expects as much of each as naive Bayes makes of it; probabilities calibrated by temperature on texts
//! that were held out. The file is ONNX: any runtime runs its last step, and everything before it is here.

mod evaluation;
mod feature;
mod fingerprint;

use crate::{Judgement, Label, ModelError, SentimentModel};
pub use evaluation::{Evaluation, compare, evaluate};
use fingerprint::{fingerprint, fingerprints};
use ml::{
    bayes, calibration, fold, onnx,
    softmax::{Softmax, Training},
    sparse::Rows,
};
use sha2::{Digest as _, Sha256};

/// Changes when the same file would judge differently.
const FEATURES: &str = "2";
const FOLDS: usize = 5;
const SEED: u64 = 20_261_121;
/// Fewer texts of a label teach nothing.
pub const FEWEST_TEXTS: usize = 20;

/// A trained model.
#[derive(Clone, Debug)]
pub struct CompactModel {
    softmax: Softmax,
    /// The fingerprints of the texts that it was trained on, sorted.
    learnt: Vec<u32>,
    version: String,
}

/// A text, and what people say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example<'text> {
    pub text: &'text str,
    pub label: Label,
}

/// Why nothing can be learned, or a file is no model.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{found} texts are {label:?}: at least {FEWEST_TEXTS} of each of two labels are needed")]
    TooFew { label: Label, found: usize },
    #[error("{0}")]
    File(#[from] onnx::Error),
    #[error("it was made for other features than those of this version: train it again")]
    OtherFeatures,
    #[error("it is damaged: its numbers do not fit its columns")]
    Damaged,
}

impl CompactModel {
    /// Learns from labelled, cleaned texts; the same texts in the same order give the same model.
    pub fn train(examples: &[Example<'_>]) -> Result<Self, Error> {
        check(examples)?;
        let labels: Vec<usize> = examples.iter().map(|example| example.label as usize).collect();
        let texts: Vec<&str> = examples.iter().map(|example| example.text).collect();
        let folds = fold::stratified(&labels, FOLDS, SEED);
        let (mut logits, mut truths) = (Vec::new(), Vec::new());
        for fold in 0..FOLDS {
            let (held_out, rest): (Vec<usize>, Vec<usize>) =
                (0..texts.len()).partition(|index| folds[*index] == fold);
            let part = fit(&pick(&texts, &rest), &pick(&labels, &rest));
            logits.extend(rows(&pick(&texts, &held_out)).iter().map(|row| part.logits(row)));
            truths.extend(pick(&labels, &held_out));
        }
        let temperature = calibration::temperature(&logits, &truths);
        let softmax = fit(&texts, &labels).with_temperature(temperature);
        let learnt = fingerprints(&texts);
        let version = version(&file(&softmax, &learnt));
        Ok(Self { softmax, learnt, version })
    }

    /// The file of the model.
    pub fn encode(&self) -> Vec<u8> {
        file(&self.softmax, &self.learnt)
    }

    /// Reads the file of a model.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let file = onnx::File::decode(bytes)?;
        if file.property("kind") != Some("compact") || file.property("features") != Some(FEATURES) {
            return Err(Error::OtherFeatures);
        }
        let softmax = Softmax::try_from(&file)?;
        let learnt = file.property("learnt").and_then(fingerprint::read).ok_or(Error::Damaged)?;
        let fits = softmax.classes() == Label::ALL.len() && softmax.columns() == feature::COLUMNS;
        if fits { Ok(Self { softmax, learnt, version: version(bytes) }) } else { Err(Error::Damaged) }
    }
}

fn fit(texts: &[&str], labels: &[usize]) -> Softmax {
    let rows = rows(texts);
    let classes = Label::ALL.len();
    // A weight may be the larger the more its column says on its own; what the rules found is not counted by naive Bayes.
    let mut prior = bayes::log_count_ratios(&rows, labels, feature::HASHED as usize, classes);
    prior.resize(feature::COLUMNS * classes, 1.0);
    let penalty = PENALTY / texts.len() as f64;
    let training =
        Training { columns: feature::COLUMNS, classes, penalty, balance: BALANCE, prior: Some(&prior) };
    Softmax::train(&rows, labels, &training)
}

fn rows(texts: &[&str]) -> Rows {
    let mut rows = Rows::new();
    for text in texts {
        feature::push(&mut rows, text);
    }
    rows
}

fn file(softmax: &Softmax, learnt: &[u32]) -> Vec<u8> {
    let file = onnx::File::from(softmax).with_property("learnt", &fingerprint::write(learnt));
    file.with_property("kind", "compact").with_property("features", FEATURES).encode()
}

/// The weight of the penalty, per text.
const PENALTY: f64 = 1.0 / 3.0;
/// Rare labels weigh more than their share, though not as much as frequent ones.
const BALANCE: f64 = 0.7;

impl SentimentModel for CompactModel {
    fn name(&self) -> &'static str {
        "compact"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn judge(&self, texts: &[&str]) -> Result<Vec<Judgement>, ModelError> {
        let rows = rows(texts);
        let judge = |row| {
            let found = self.softmax.probabilities(row);
            let [negative, neutral, positive] = [found[0], found[1], found[2]];
            Judgement { score: positive - negative, negative, neutral, positive }
        };
        Ok(rows.iter().map(judge).collect())
    }

    fn knows(&self, text: &str) -> bool {
        self.learnt.binary_search(&fingerprint(text)).is_ok()
    }
}

fn check(examples: &[Example<'_>]) -> Result<(), Error> {
    let count = |label| (label, examples.iter().filter(|example| example.label == label).count());
    let mut counts = Label::ALL.map(count);
    counts.sort_by_key(|(_, found)| *found);
    let (label, found) = counts[1];
    if found < FEWEST_TEXTS { Err(Error::TooFew { label, found }) } else { Ok(()) }
}

fn pick<T: Copy>(from: &[T], indices: &[usize]) -> Vec<T> {
    indices.iter().map(|index| from[*index]).collect()
}

/// The beginning of the file's checksum.
fn version(bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let start = digest.iter().take(6).fold(0_u64, |start, byte| start << 8 | u64::from(*byte));
    format!("{start:012x}")
}
