//! Models against texts that people have labelled: how good they are, and how a new one is trained.

pub use super::gate::Force;
use super::{gate::admit, models::Models};
use crate::{
    fetch,
    source::file::{self, Input, Labelled},
};
use domain::sentiment::evaluation::{Dataset, Exposure, ModelVersion, NewEvaluation, Task};
use nlp::{
    CompactModel, Label, SentimentModel, clean,
    compact::{self, Evaluation, Example, evaluate},
};
use quant::correlation::pearson;
use std::{path::PathBuf, sync::Arc};
use tokio::task::spawn_blocking;

/// One text of so many is held out, to compare a new model with the present ones.
const HELD_OUT: usize = 5;
const SEED: u64 = 5;
/// Texts that are judged at a time.
const BATCH: usize = 64;

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

impl Score {
    /// For the record.
    pub fn evaluation(&self, dataset: &Dataset, exposure: Exposure) -> NewEvaluation {
        NewEvaluation {
            task: Task::Sentiment,
            of: ModelVersion { model: self.model.clone(), version: self.version.clone() },
            dataset: dataset.clone(),
            exposure,
            confusion: self.confusion,
            pearson: self.pearson,
            calibration_error: self.calibration_error,
        }
    }
}

/// What came of a training.
#[derive(Clone, Debug)]
pub struct Trained {
    pub version: String,
    pub path: PathBuf,
    /// On texts that were held out: the new model first, then the present ones.
    pub scores: Vec<Score>,
    /// The same for the record, and how the new model does on what it was trained on.
    pub evaluations: Vec<NewEvaluation>,
}

/// Labelled, cleaned texts, and how many rows were rejected.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    name: String,
    rows: Vec<Labelled>,
    pub rejected: usize,
}

impl Texts {
    /// Reads files one after the other.
    pub fn read(files: &[PathBuf]) -> anyhow::Result<Self> {
        let names = files.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy());
        let mut texts = Self { name: names.collect::<Vec<_>>().join(", "), ..Self::default() };
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

    /// What the record calls these texts.
    pub fn dataset(&self) -> Dataset {
        dataset(self.name.clone(), &self.all())
    }

    /// How good a model is on these texts.
    ///
    /// It judges a few at a time, off the async threads: soon after nobody waits any more, it ends.
    pub(super) async fn measure(self: &Arc<Self>, model: &Arc<dyn SentimentModel>) -> anyhow::Result<Score> {
        let mut judgements = Vec::with_capacity(self.rows.len());
        for start in (0..self.rows.len()).step_by(BATCH) {
            let (texts, model) = (self.clone(), model.clone());
            let some = move || {
                let some = texts.rows[start..].iter().take(BATCH);
                model.judge(&some.map(|row| row.text.as_str()).collect::<Vec<_>>())
            };
            judgements.extend(spawn_blocking(some).await??);
        }
        let rows = self.all();
        Ok(grade(model.as_ref(), &compact::compare(&judgements, &examples(&rows)), &rows))
    }

    /// How good a model is that others have trained, and then how good the `present` ones are; refused if it is worse.
    pub(super) fn admit(
        &self,
        candidate: &dyn SentimentModel,
        present: Vec<Score>,
        force: Force,
    ) -> anyhow::Result<Vec<Score>> {
        let candidate = score(candidate, &self.all())?;
        admit(&candidate, &present, force)?;
        Ok([candidate].into_iter().chain(present).collect())
    }

    fn all(&self) -> Vec<&Labelled> {
        self.rows.iter().collect()
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
    compare_on(&texts.all(), models).await
}

async fn compare_on(rows: &[&Labelled], models: &Models) -> anyhow::Result<Vec<Score>> {
    models.present().await.iter().map(|model| score(model.as_ref(), rows)).collect()
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
    scores.extend(compare_on(&held_out, models).await?);
    admit(&scores[0], &scores[1..], force)?;
    let model = CompactModel::train(&examples(&texts.all()))?;
    let on_all = score(&model, &texts.all())?;
    let path = models.compact();
    fetch::put(&path, &model.encode())?;
    let held_out = dataset(format!("{} (held out)", texts.name), &held_out);
    let evaluations = evaluations((&scores, &held_out), (&on_all, &texts.dataset()));
    Ok(Trained { version: model.version().to_owned(), path, scores, evaluations })
}

/// For the record: `scores` on held-out texts, of which the first is the candidate's, and the new model's own on all.
///
/// The present models come first: what the new one takes the place of is older. It stands on the record of held-out texts
/// with what the candidate made of them, which was trained like it, but without them.
fn evaluations(
    (scores, held_out): (&[Score], &Dataset),
    (on_all, all): (&Score, &Dataset),
) -> Vec<NewEvaluation> {
    let (candidate, present) = scores.split_first().expect("the candidate was scored");
    let new = Score { version: on_all.version.clone(), ..candidate.clone() };
    let is_other = |score: &&Score| (&score.model, &score.version) != (&new.model, &new.version);
    let others = present.iter().filter(is_other).map(|score| score.evaluation(held_out, Exposure::Unknown));
    let mut evaluations: Vec<_> = others.collect();
    evaluations.push(new.evaluation(held_out, Exposure::HeldOut));
    evaluations.push(on_all.evaluation(all, Exposure::TrainedOn));
    evaluations
}

fn dataset(name: String, rows: &[&Labelled]) -> Dataset {
    Dataset::new(name, rows.iter().map(|row| (row.text.as_str(), row.value)))
}

fn examples<'text>(rows: &[&'text Labelled]) -> Vec<Example<'text>> {
    rows.iter().map(|row| Example { text: &row.text, label: row.label }).collect()
}

fn score(model: &dyn SentimentModel, rows: &[&Labelled]) -> anyhow::Result<Score> {
    Ok(grade(model, &evaluate(model, &examples(rows))?, rows))
}

fn grade(model: &dyn SentimentModel, found: &Evaluation, rows: &[&Labelled]) -> Score {
    let pairs: Vec<(f64, f64)> =
        found.scores.iter().zip(rows).map(|(score, row)| (*score, row.value)).collect();
    let confusion = Label::ALL
        .map(|truth| Label::ALL.map(|answer| found.confusion.count(truth as usize, answer as usize)));
    Score {
        model: model.name().to_owned(),
        version: model.version().to_owned(),
        texts: rows.len(),
        accuracy: found.confusion.accuracy().unwrap_or_default(),
        macro_f1: found.confusion.macro_f1().unwrap_or_default(),
        pearson: pearson(&pairs).estimate.map(|estimate| estimate.r),
        calibration_error: found.calibration_error.unwrap_or_default(),
        confusion,
    }
}
