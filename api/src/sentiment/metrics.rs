//! How good models are, as clients see it.

use super::types::count;
use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use domain::sentiment::evaluation::{self, Filter, Standing};

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "evaluation::Task")]
pub enum ModelTask {
    /// Scores what is written.
    Sentiment,
}

/// Whether a model's training saw the texts on which it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "evaluation::Exposure")]
pub enum ModelExposure {
    /// It did not: measured is a twin of the model, trained without these texts. The model itself learned from them, too,
    /// before it was put in place.
    HeldOut,
    /// It did: the numbers flatter the model.
    TrainedOn,
    /// Nobody can tell: the model was not trained here, or the texts may overlap with those of its training.
    Unknown,
}

/// A class that models tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ModelClass {
    /// The text speaks badly of what it is about.
    Negative,
    /// It does neither.
    Neutral,
    /// The text speaks well of what it is about.
    Positive,
}

/// In the order of confusions.
const CLASSES: [ModelClass; evaluation::CLASSES] =
    [ModelClass::Negative, ModelClass::Neutral, ModelClass::Positive];

/// Which evaluations are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ModelMetricsFilter {
    /// Only models for this.
    task: Option<ModelTask>,
    /// Only this model, such as `finance`.
    model: Option<String>,
    /// Only this dataset, by the name of its file, such as `labelled.csv`.
    dataset: Option<String>,
    /// Only what was found then or later.
    since: Option<DateTime<Utc>>,
}

impl From<ModelMetricsFilter> for Filter {
    fn from(filter: ModelMetricsFilter) -> Self {
        let ModelMetricsFilter { task, model, dataset, since } = filter;
        Self { task: task.map(Into::into), model, dataset, since }
    }
}

/// How good a model in one version is on one dataset of labelled texts.
#[derive(Clone, Debug, SimpleObject)]
pub struct ModelMetrics {
    /// What the model is for.
    task: ModelTask,
    /// The model, such as `finance`.
    model: String,
    /// Its version.
    version: String,
    /// The dataset, by the name of its file; `(held out)` behind it are those of its texts that a training left out.
    dataset: String,
    /// Whether posts or news are scored by this model in this version now.
    is_active: bool,
    /// Whether its training saw these texts.
    exposure: ModelExposure,
    /// How many texts.
    samples: i32,
    /// The share of texts that it labels as people did, 0 to 1.
    accuracy: f64,
    /// The mean F1 of the classes, each counting the same, 0 to 1; classes that are neither in the dataset nor ever
    /// answered are left out.
    macro_f1: f64,
    /// Pearson's correlation between its scores and the labels, taken as -1, 0 and 1 or the numbers that were given, -1 to
    /// 1; null where either is constant.
    pearson: Option<f64>,
    /// Expected calibration error, 0 to 1: how far its confidence is from the share of its answers that are right, on
    /// average over 15 bins of confidence.
    calibration_error: f64,
    /// Numbers of texts, three rows of three: a row for each label that people gave, a column for each answer of the model;
    /// both in the order of `classes`.
    confusion: Vec<Vec<i32>>,
    /// How good it is at each class: negative, neutral, positive.
    classes: Vec<ClassMetrics>,
    /// When this was found; measured again with the same outcome it stays.
    evaluated_at: DateTime<Utc>,
    /// The version of the model before it on the very same texts; null if none was measured on them.
    previous: Option<PreviousMetrics>,
    /// The macro-F1 less that of `previous`, -1 to 1; null without one.
    macro_f1_change: Option<f64>,
    /// Whether its macro-F1 is lower than that of `previous` beyond chance: by more than two standard errors of the
    /// difference of two samples of this size (delta method; Takahashi et al. 2022). False without a previous version, and
    /// where only the training of that one saw these texts.
    is_worse: bool,
}

/// How good a model is at one class.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClassMetrics {
    /// The class.
    label: ModelClass,
    /// The share of its answers of this class that are right, 0 to 1; null if it never gave one.
    precision: Option<f64>,
    /// The share of the texts of this class that it found, 0 to 1; null if there are none.
    recall: Option<f64>,
    /// The harmonic mean of both, 0 to 1; null if the class is neither in the dataset nor ever answered.
    f1: Option<f64>,
    /// How many texts people gave this label.
    support: i32,
}

/// How good the version before was.
#[derive(Clone, Debug, SimpleObject)]
pub struct PreviousMetrics {
    /// The version.
    version: String,
    /// Its macro-F1, 0 to 1.
    macro_f1: f64,
    /// Its accuracy, 0 to 1.
    accuracy: f64,
    /// Whether its training saw these texts: if it did, it looks better than it was.
    exposure: ModelExposure,
}

impl From<Standing> for ModelMetrics {
    fn from(standing: Standing) -> Self {
        let classes = CLASSES.into_iter().zip(standing.classes()).map(ClassMetrics::from).collect();
        let (is_worse, confusion) = (standing.is_worse(), evaluation::counts(&standing.row));
        let Standing { row, previous } = standing;
        Self {
            task: row.task.into(),
            model: row.model,
            version: row.version,
            dataset: row.dataset,
            is_active: row.is_active,
            exposure: row.exposure.into(),
            samples: i32::try_from(row.samples).unwrap_or(i32::MAX),
            accuracy: row.accuracy,
            macro_f1: row.macro_f1,
            pearson: row.pearson,
            calibration_error: row.calibration_error,
            confusion: confusion.map(|row| row.map(count).to_vec()).to_vec(),
            classes,
            evaluated_at: row.known_at,
            macro_f1_change: previous.as_ref().map(|previous| row.macro_f1 - previous.macro_f1),
            previous: previous.map(PreviousMetrics::from),
            is_worse,
        }
    }
}

impl From<(ModelClass, evaluation::Class)> for ClassMetrics {
    fn from((label, class): (ModelClass, evaluation::Class)) -> Self {
        let evaluation::Class { precision, recall, f1, support } = class;
        Self { label, precision, recall, f1, support: count(support) }
    }
}

impl From<evaluation::Row> for PreviousMetrics {
    fn from(row: evaluation::Row) -> Self {
        Self {
            version: row.version,
            macro_f1: row.macro_f1,
            accuracy: row.accuracy,
            exposure: row.exposure.into(),
        }
    }
}
