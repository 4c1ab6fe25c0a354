//! Models against texts that people have labelled: how good they are, and how a new one is trained.

pub use super::gate::Force;
use super::{
    gate::{Contest, admit},
    models::Models,
};
use crate::{
    fetch,
    source::file::{self, Input, Labelled},
};
use domain::sentiment::evaluation::{Dataset, Exposure, ModelVersion, NewEvaluation, Task};
use nlp::{
    CompactModel, Judgement, Label, SentimentModel, clean,
    compact::{self, Evaluation, Example},
};
use quant::correlation::pearson;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    slice,
    sync::Arc,
};
use tokio::task::spawn_blocking;
use tracing::warn;

/// One text of so many is held out, to compare a new model with the present ones.
const HELD_OUT: usize = 5;
const SEED: u64 = 5;
/// More sources than that are no sources, but something else in a column of that name.
const MOST_SOURCES: usize = 20;
/// Fewer texts that a model was not trained on, of more, tell too little about it.
const FEWEST_NEW: usize = 50;
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
    pub exposure: Exposure,
}

impl Score {
    /// For the record.
    pub fn evaluation(&self, dataset: &Dataset) -> NewEvaluation {
        NewEvaluation {
            task: Task::Sentiment,
            of: ModelVersion { model: self.model.clone(), version: self.version.clone() },
            dataset: dataset.clone(),
            exposure: self.exposure,
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

    /// Reads the files in a folder of labelled texts, as one; `None` if there are none. What can't be read is left out, with
    /// a word.
    pub fn read_folder(folder: &Path) -> anyhow::Result<Option<Self>> {
        let mut all: Option<Self> = None;
        for file in files(folder)? {
            match Self::read(slice::from_ref(&file)) {
                Ok(texts) => {
                    all = Some(match all {
                        Some(all) => all.and(texts),
                        None => texts,
                    });
                }
                Err(error) => leave_out(&file, &error),
            }
        }
        Ok(all)
    }

    fn and(mut self, other: Self) -> Self {
        self.name = format!("{}, {}", self.name, other.name);
        self.rows.extend(other.rows);
        self.rejected += other.rejected;
        self
    }

    /// All texts, then those of each source, if the file tells several.
    pub fn by_source(self) -> Vec<Self> {
        let mut sources: BTreeMap<String, Vec<Labelled>> = BTreeMap::new();
        for row in &self.rows {
            if let Some(source) = &row.source {
                sources.entry(source.clone()).or_default().push(row.clone());
            }
        }
        if !(2..=MOST_SOURCES).contains(&sources.len()) {
            return vec![self];
        }
        let name = self.name.clone();
        let parts = sources.into_iter().map(|(source, rows)| Self {
            name: format!("{name}: {source}"),
            rows,
            rejected: 0,
        });
        [self].into_iter().chain(parts).collect()
    }

    /// What the record calls these texts.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the record calls these texts, and by which it knows them again.
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
        present: &[Arc<dyn SentimentModel>],
        force: Force,
    ) -> anyhow::Result<Vec<Score>> {
        compete(candidate, present, (&self.all(), force))
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

/// Says that a file of labelled texts can't be read; names it once.
pub(super) fn leave_out(file: &Path, error: &anyhow::Error) {
    let (file, error) = (file.display().to_string(), format!("{error:#}"));
    let problem = if error.contains(&file) { error } else { format!("{file}: {error}") };
    warn!("Labelled texts are left out: {problem}");
}

/// The files right in `folder`, by name, without hidden ones; none if it is not there.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| Ok(entry?.path())).collect();
    let is_hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let mut files: Vec<PathBuf> =
        paths?.into_iter().filter(|path| path.is_file() && !is_hidden(path)).collect();
    files.sort();
    Ok(files)
}

/// Compares all models that there are, as many rows as models.
pub async fn compare(texts: &Texts, models: &Models) -> anyhow::Result<Vec<Score>> {
    let rows = texts.all();
    models.present().await.iter().map(|model| score(model.as_ref(), &rows)).collect()
}

/// A model, and what it makes of labelled texts.
struct Judged<'a> {
    model: &'a dyn SentimentModel,
    rows: &'a [&'a Labelled],
    judgements: Vec<Judgement>,
}

impl<'a> Judged<'a> {
    fn new(model: &'a dyn SentimentModel, rows: &'a [&'a Labelled]) -> anyhow::Result<Self> {
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        Ok(Self { model, rows, judgements: model.judge(&texts)? })
    }

    fn score(&self) -> Score {
        self.score_of(&(0..self.rows.len()).collect::<Vec<_>>())
    }

    /// On some of the texts.
    fn score_of(&self, places: &[usize]) -> Score {
        let rows: Vec<&Labelled> = places.iter().map(|place| self.rows[*place]).collect();
        let judgements: Vec<Judgement> = places.iter().map(|place| self.judgements[*place]).collect();
        grade(self.model, &compact::compare(&judgements, &examples(&rows)), &rows)
    }
}

/// How good the candidate is on all texts, and then how good the present models are; refused if it is worse.
fn compete(
    candidate: &dyn SentimentModel,
    present: &[Arc<dyn SentimentModel>],
    (rows, force): (&[&Labelled], Force),
) -> anyhow::Result<Vec<Score>> {
    let models = [candidate].into_iter().chain(present.iter().map(Arc::as_ref));
    let judged: Vec<Judged<'_>> =
        models.map(|model| Judged::new(model, rows)).collect::<anyhow::Result<_>>()?;
    admit(&contests(&judged), force)?;
    Ok(judged.iter().map(Judged::score).collect())
}

/// The first of `judged` beside each other, on the texts of which neither was trained; without a model that has too few of
/// those.
fn contests(judged: &[Judged<'_>]) -> Vec<Contest> {
    let Some((candidate, present)) = judged.split_first() else { return Vec::new() };
    let contest = |present: &Judged<'_>| {
        let is_new = |row: &Labelled| !candidate.model.knows(&row.text) && !present.model.knows(&row.text);
        let new: Vec<usize> = (0..present.rows.len()).filter(|place| is_new(present.rows[*place])).collect();
        // Where nothing is known, few texts are all there are.
        let is_enough = new.len() == present.rows.len() || new.len() >= FEWEST_NEW;
        is_enough.then(|| Contest { present: present.score_of(&new), candidate: candidate.score_of(&new) })
    };
    present.iter().filter_map(contest).collect()
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
    let (held_out, present) = (of(true), models.present().await);
    let scores = compete(&candidate, &present, (&held_out, force))?;
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
    let new = Score { version: on_all.version.clone(), exposure: Exposure::HeldOut, ..candidate.clone() };
    let is_other = |score: &&Score| (&score.model, &score.version) != (&new.model, &new.version);
    let others = present.iter().filter(is_other).map(|score| score.evaluation(held_out));
    let mut evaluations: Vec<_> = others.collect();
    evaluations.push(new.evaluation(held_out));
    evaluations.push(on_all.evaluation(all));
    evaluations
}

/// Whether a model says that it was trained on more of the texts than chance would have it.
fn exposure(model: &dyn SentimentModel, rows: &[&Labelled]) -> Exposure {
    let known = rows.iter().filter(|row| model.knows(&row.text)).count();
    if 10 * known > rows.len() { Exposure::TrainedOn } else { Exposure::Unknown }
}

fn dataset(name: String, rows: &[&Labelled]) -> Dataset {
    Dataset::new(name, rows.iter().map(|row| (row.text.as_str(), row.value)))
}

fn examples<'text>(rows: &[&'text Labelled]) -> Vec<Example<'text>> {
    rows.iter().map(|row| Example { text: &row.text, label: row.label }).collect()
}

fn score(model: &dyn SentimentModel, rows: &[&Labelled]) -> anyhow::Result<Score> {
    Ok(Judged::new(model, rows)?.score())
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
        exposure: exposure(model, rows),
    }
}
