//! Models against texts that people have labelled: how good they are, and how a new one is trained.

use super::models::Models;
use crate::{
    fetch,
    source::file::{self, Input, Labelled},
};
use nlp::{
    CompactModel, Label, SentimentModel, clean,
    compact::{Example, evaluate},
};
use quant::correlation::pearson;
use std::{path::PathBuf, sync::Arc};

/// One text of so many is held out, to compare a new model with the present ones.
const HELD_OUT: usize = 5;
const SEED: u64 = 5;

/// How good a model is.
#[derive(Clone, Debug)]
pub struct Score {
    pub model: String,
    pub version: String,
    pub texts: usize,
    /// Shares, 0…1.
    pub accuracy: f64,
    pub macro_f1: f64,
    /// Between the scores and the labels, or the numbers that stand for them; `None` where one side is constant.
    pub pearson: Option<f64>,
    /// Expected calibration error, 0…1.
    pub calibration_error: f64,
    /// By true label, then answer: negative, neutral, positive.
    pub confusion: [[u64; 3]; 3],
}

/// What came of a training.
#[derive(Clone, Debug)]
pub struct Trained {
    pub version: String,
    pub path: PathBuf,
    /// On texts that were held out: the new model first, then the present ones.
    pub scores: Vec<Score>,
}

/// Labelled, cleaned texts, and how many rows were rejected.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    rows: Vec<Labelled>,
    pub rejected: usize,
}

impl Texts {
    /// Reads files one after the other.
    pub fn read(files: &[PathBuf]) -> anyhow::Result<Self> {
        let mut texts = Self::default();
        for path in files {
            for row in file::labelled(Input::open(path)?)? {
                match row?.parsed {
                    Ok(row) => texts.rows.push(Labelled { text: clean(&row.text).into_owned(), ..row }),
                    Err(_) => texts.rejected += 1,
                }
            }
        }
        anyhow::ensure!(!texts.rows.is_empty(), "no row has a text and a label");
        Ok(texts)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Compares all models that there are, as many rows as models.
pub async fn compare(texts: &Texts, models: &Models) -> anyhow::Result<Vec<Score>> {
    let rows: Vec<&Labelled> = texts.rows.iter().collect();
    present(models).await.iter().map(|model| score(model.as_ref(), &rows)).collect()
}

/// Trains the compact model and puts it in its place, if it is no worse than the present models on texts that none of
/// its training saw.
pub async fn train(texts: &Texts, models: &Models, force: Force) -> anyhow::Result<Trained> {
    let labels: Vec<usize> = texts.rows.iter().map(|row| row.label as usize).collect();
    let folds = ml::fold::stratified(&labels, HELD_OUT, SEED);
    let of = |held_out: bool| -> Vec<&Labelled> {
        texts
            .rows
            .iter()
            .zip(&folds)
            .filter(|(_, fold)| (**fold == 0) == held_out)
            .map(|(row, _)| row)
            .collect()
    };
    let candidate = CompactModel::train(&examples(&of(false)))?;
    let held_out = of(true);
    let mut scores = vec![score(&candidate, &held_out)?];
    for model in present(models).await {
        scores.push(score(model.as_ref(), &held_out)?);
    }
    if let Some(better) = scores[1..].iter().find(|other| other.macro_f1 > scores[0].macro_f1)
        && force == Force::No
    {
        anyhow::bail!(
            "the new model has a macro-F1 of {:.3} on texts that were held out, and `{}` one of {:.3}: it is not put in place; \
             give it more texts, or say --force",
            scores[0].macro_f1,
            better.model,
            better.macro_f1
        );
    }
    let model = CompactModel::train(&examples(&texts.rows.iter().collect::<Vec<_>>()))?;
    let path = models.compact();
    fetch::put(&path, &model.encode())?;
    Ok(Trained { version: model.version().to_owned(), path, scores })
}

/// Whether a worse model may take the place of a better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    Yes,
    No,
}

/// The models that work; of others it is said why not.
async fn present(models: &Models) -> Vec<Arc<dyn SentimentModel>> {
    let mut present = Vec::new();
    for (_, found) in models.all().await {
        match found {
            Ok(model) => present.push(model),
            Err(error) => tracing::warn!("{error:#}"),
        }
    }
    present
}

fn examples<'text>(rows: &[&'text Labelled]) -> Vec<Example<'text>> {
    rows.iter().map(|row| Example { text: &row.text, label: row.label }).collect()
}

fn score(model: &dyn SentimentModel, rows: &[&Labelled]) -> anyhow::Result<Score> {
    let found = evaluate(model, &examples(rows))?;
    let pairs: Vec<(f64, f64)> =
        found.scores.iter().zip(rows).map(|(score, row)| (*score, row.value)).collect();
    let confusion = Label::ALL
        .map(|truth| Label::ALL.map(|answer| found.confusion.count(truth as usize, answer as usize)));
    Ok(Score {
        model: model.name().to_owned(),
        version: model.version().to_owned(),
        texts: rows.len(),
        accuracy: found.confusion.accuracy().unwrap_or_default(),
        macro_f1: found.confusion.macro_f1().unwrap_or_default(),
        pearson: pearson(&pairs).estimate.map(|estimate| estimate.r),
        calibration_error: found.calibration_error.unwrap_or_default(),
        confusion,
    })
}
