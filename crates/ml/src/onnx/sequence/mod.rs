//! A [`Model`] of sequences as a graph: it takes sequences as they are and gives their quantiles.
//!
//! The graph's nodes are the steps that the network's tape remembers, each in ONNX's words (`step`).

mod fusion;
mod reading;
mod step;
#[cfg(test)]
mod tests;

use super::{
    File,
    message::{Element, Entry, Graph, Length, OperatorSet, Tensor, Value},
};
use crate::{
    autodiff::{Tape, Var},
    matrix::Matrix,
    onnx::message::{self, Node},
    sequence::{LIMIT, Model, Parameter, Parts},
};
use std::slice;
use step::Steps;

/// The input: sequences × days × features.
pub const SEQUENCES: &str = "sequences";
/// The output: sequences × levels, never falling in a row.
pub const QUANTILES: &str = "quantiles";

const MEANS: &str = "means";
const FACTORS: &str = "factors";
/// The mean and the standard deviation of the targets.
const TARGET_MEAN: &str = "target_mean";
const TARGET_SCALE: &str = "target_scale";

const HIDDEN: &str = "hidden";
const HEADS: &str = "heads";
const LEVELS: &str = "levels";
const DAYS: &str = "days";

impl From<&Model> for File {
    fn from(model: &Model) -> Self {
        let parts = model.parts();
        let [days, features] = parts.shape;
        // What it reads does not matter, nor how often.
        let mut tape = Tape::new(1, &parts.parameters);
        let said = parts.network.forward(&mut tape, Matrix::zeros(1, features), parts.size());
        let mut steps = Steps::new(days);
        standardise(&mut steps);
        for (var, operation) in tape.operations() {
            steps.add(&tape, var, operation);
        }
        restore(&mut steps, said.quantiles);
        steps.tensors.extend(tensors(parts));
        let length = |size: usize| Length::Known(i64::try_from(size).expect("a model fits into memory"));
        let count = || Length::Named(SEQUENCES.to_owned());
        let (input, output) = (vec![count(), length(days), length(features)], length(parts.levels.len()));
        let graph = Graph {
            name: parts.network.name().to_owned(),
            node: steps.nodes,
            initializer: steps.tensors,
            input: vec![Value::tensor(SEQUENCES, Element::Float, input)],
            output: vec![Value::tensor(QUANTILES, Element::Float, vec![count(), output])],
            value_info: Vec::new(),
        };
        Self(message::Model {
            ir_version: 8,
            producer_name: "bellwether".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(graph),
            opset_import: vec![OperatorSet { domain: String::new(), version: 13 }],
            metadata_props: properties(parts),
        })
    }
}

/// All that training found out.
fn tensors(parts: &Parts) -> impl Iterator<Item = Tensor> {
    let scaling = &parts.scaling;
    let vectors = [
        (MEANS, &scaling.means[..]),
        (FACTORS, &scaling.factors),
        (TARGET_MEAN, slice::from_ref(&scaling.target_mean)),
        (TARGET_SCALE, slice::from_ref(&scaling.target_scale)),
    ];
    let vectors = vectors.map(|(name, values)| Tensor::floats(name, &[values.len()], values));
    vectors.into_iter().chain(parts.parameters.iter().map(|Parameter { name, values }| {
        Tensor::floats(name, &[values.rows(), values.columns()], values.values())
    }))
}

/// What the tensors do not tell.
fn properties(parts: &Parts) -> Vec<Entry> {
    let levels: Vec<String> = parts.levels.iter().map(ToString::to_string).collect();
    let known = [
        (DAYS, Some(parts.shape[0].to_string())),
        (HIDDEN, Some(parts.hidden.to_string())),
        (HEADS, parts.network.heads().map(|heads| heads.to_string())),
        (LEVELS, Some(levels.join(","))),
    ];
    let entry = |(key, value): (&str, Option<String>)| Some(Entry { key: key.to_owned(), value: value? });
    known.into_iter().filter_map(entry).collect()
}

/// Brings the input to the network's own units and order: by day, then sequence.
fn standardise(steps: &mut Steps) {
    steps.node("Sub", &[SEQUENCES, MEANS], "centred");
    steps.node("Mul", &["centred", FACTORS], "scaled");
    steps.tensors.push(Tensor::floats("lowest", &[], &[-LIMIT]));
    steps.tensors.push(Tensor::floats("highest", &[], &[LIMIT]));
    steps.node("Clip", &["scaled", "lowest", "highest"], "cut");
    steps.nodes.push(Node::new("Transpose", &["cut"], step::DAYS).with_ints("perm", vec![1, 0, 2]));
}

/// Brings the network's output to the targets' units.
fn restore(steps: &mut Steps, output: Var) {
    let output = steps.name(output).to_owned();
    steps.node("Mul", &[&output, TARGET_SCALE], "spread");
    steps.node("Add", &["spread", TARGET_MEAN], QUANTILES);
}
