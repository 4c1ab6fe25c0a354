//! Experiments, and two of them side by side.

use super::model::{Model, settings};
use async_graphql::{Object, SimpleObject};
use domain::forecast::{
    Scores,
    model::{self, Row},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// A training, with everything that decided it and all that came of it.
#[derive(Clone, Debug)]
pub struct Experiment(Row);

impl From<Row> for Experiment {
    fn from(row: Row) -> Self {
        Self(row)
    }
}

/// What a training was set to.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExperimentParameter {
    /// The name of the setting.
    name: String,
    /// Its value as JSON.
    value: String,
}

/// What was measured.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExperimentMetric {
    /// The name of the measure.
    name: String,
    /// Its value.
    value: f64,
}

/// A training, with everything that decided it and all that came of it.
#[Object]
impl Experiment {
    /// The model that came of it.
    async fn model(&self) -> Model {
        self.0.clone().into()
    }

    /// What it was set to, by name.
    async fn parameters(&self) -> Vec<ExperimentParameter> {
        parameters(&self.0).into_iter().map(|(name, value)| ExperimentParameter { name, value }).collect()
    }

    /// What was measured on days that the model had not seen, by name.
    async fn metrics(&self) -> Vec<ExperimentMetric> {
        metrics(&self.0).into_iter().map(|(name, value)| ExperimentMetric { name, value }).collect()
    }
}

/// A setting of two trainings.
#[derive(Clone, Debug, SimpleObject)]
struct ParameterComparison {
    /// The name of the setting.
    name: String,
    /// What it was in the first, as JSON; null if it has none.
    a: Option<String>,
    /// What it was in the second, as JSON; null if it has none.
    b: Option<String>,
    /// Whether it was the same.
    is_same: bool,
}

/// A measure of two trainings.
#[derive(Clone, Debug, SimpleObject)]
struct MetricComparison {
    /// The name of the measure.
    name: String,
    /// What it is of the first; null where it has none.
    a: Option<f64>,
    /// What it is of the second; null where it has none.
    b: Option<f64>,
    /// The second less the first; null where one is.
    difference: Option<f64>,
}

/// Two trainings side by side.
#[derive(Clone, Debug)]
pub struct ExperimentComparison {
    pub a: Row,
    pub b: Row,
}

/// Two trainings side by side.
#[Object]
impl ExperimentComparison {
    /// The first.
    async fn a(&self) -> Experiment {
        self.a.clone().into()
    }

    /// The second.
    async fn b(&self) -> Experiment {
        self.b.clone().into()
    }

    /// Whether both were trained on the very same data: only then a difference is the models' alone.
    async fn is_same_snapshot(&self) -> bool {
        self.a.snapshot_id == self.b.snapshot_id
    }

    /// All settings of either, by name.
    async fn parameters(&self) -> Vec<ParameterComparison> {
        let row = |(name, a, b): (String, Option<String>, Option<String>)| ParameterComparison {
            is_same: a == b,
            name,
            a,
            b,
        };
        beside(parameters(&self.a), parameters(&self.b)).into_iter().map(row).collect()
    }

    /// All measures of either, by name.
    async fn metrics(&self) -> Vec<MetricComparison> {
        let row = |(name, a, b): (String, Option<f64>, Option<f64>)| MetricComparison {
            difference: a.zip(b).map(|(a, b)| b - a),
            name,
            a,
            b,
        };
        beside(metrics(&self.a), metrics(&self.b)).into_iter().map(row).collect()
    }
}

fn beside<V>(a: BTreeMap<String, V>, mut b: BTreeMap<String, V>) -> Vec<(String, Option<V>, Option<V>)> {
    let mut rows: Vec<_> = a
        .into_iter()
        .map(|(name, a)| (b.remove(&name), name, a))
        .map(|(b, name, a)| (name, Some(a), b))
        .collect();
    rows.extend(b.into_iter().map(|(name, b)| (name, None, Some(b))));
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

fn parameters(row: &Row) -> BTreeMap<String, String> {
    let request = settings(row).and_then(|request| serde_json::to_value(request).ok());
    let Some(Value::Object(fields)) = request else { return BTreeMap::new() };
    fields.into_iter().map(|(name, value)| (name, value.to_string())).collect()
}

fn metrics(row: &Row) -> BTreeMap<String, f64> {
    let Some(report) = model::report(row) else { return BTreeMap::new() };
    let mut found = BTreeMap::from([
        ("rows".to_owned(), report.rows as f64),
        ("stocks".to_owned(), report.stocks as f64),
        ("trials".to_owned(), report.trials as f64),
        ("training_seconds".to_owned(), row.duration_ms as f64 / 1000.0),
    ]);
    if let Some(test) = report.quantiles_against_naive {
        found.insert("p_value_against_naive".to_owned(), test.p_value);
    }
    for (place, scores) in report.scores.iter().enumerate() {
        // The model's come first, and are called the same whatever it is made of.
        let whose = if place == 0 { "model" } else { &scores.name };
        let measures = measures(scores).into_iter();
        found.extend(measures.filter_map(|(name, value)| Some((format!("{whose}.{name}"), value?))));
    }
    found
}

fn measures(scores: &Scores) -> [(&'static str, Option<f64>); 13] {
    [
        ("mae", Some(scores.mae)),
        ("mae_ratio_to_naive", scores.mae_ratio_to_naive),
        ("accuracy", scores.accuracy.map(|accuracy| accuracy.share)),
        ("precision", scores.precision),
        ("recall", scores.recall),
        ("f1", scores.f1),
        ("brier", scores.brier),
        ("pinball", Some(scores.pinball)),
        ("crps", Some(scores.crps)),
        ("coverage_95", Some(scores.coverage_95.share)),
        ("coverage_99", Some(scores.coverage_99.share)),
        ("sharpe", scores.sharpe),
        ("deflated_sharpe", scores.deflated_sharpe),
    ]
}
