//! Experiments, and two of them side by side.

use super::Model;
use crate::{context::ContextExt as _, error::Result};
use async_graphql::{Context, Object, SimpleObject};
use domain::forecast::{
    experiment::{metrics, parameters},
    loss::{self, Rivalry},
    model::Row,
};
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

/// Two models on the same days and stocks.
#[derive(Clone, Copy, Debug, SimpleObject)]
struct ExperimentRivalry {
    /// How many days.
    days: i32,
    /// The mean pinball loss of the second less that of the first, in units of the return: negative if the second is better.
    mean_difference: f64,
    /// The probability of a difference at least as large between equally good models, by the test of Diebold and Mariano.
    p_value: f64,
}

impl From<Rivalry> for ExperimentRivalry {
    fn from(Rivalry { days, comparison }: Rivalry) -> Self {
        Self {
            days: i32::try_from(days).unwrap_or(i32::MAX),
            mean_difference: comparison.mean_difference,
            p_value: comparison.p_value,
        }
    }
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

    /// The one against the other on the same days and stocks; null if they were not tested on the same.
    async fn rivalry(&self, ctx: &Context<'_>) -> Result<Option<ExperimentRivalry>> {
        Ok(loss::compare(ctx.db(), &self.b, &self.a).await?.map(ExperimentRivalry::from))
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
