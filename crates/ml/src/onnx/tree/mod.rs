//! A [`Forest`], or several of the same columns, as a graph: it takes rows of numbers, NaN where one is missing, and gives
//! a prediction of each forest for each.

mod reading;
#[cfg(test)]
mod tests;

use super::{
    Error, File,
    message::{Element, Graph, Length, Model, Node, OperatorSet, Tensor, Value},
};
use crate::tree::{Branch, Child, Forest, Leaf, Link, Side, Tree};
use reading::forests;
use std::slice;

/// The input: rows × columns.
pub const FEATURES: &str = "features";
/// The output: rows × forests.
pub const PREDICTIONS: &str = "predictions";

const DOMAIN: &str = "ai.onnx.ml";
const SCORES: &str = "scores";
const IMPORTANCE: &str = "importance";

impl From<&Forest> for File {
    fn from(forest: &Forest) -> Self {
        of(slice::from_ref(forest))
    }
}

impl File {
    /// Several forests that predict values in one graph; `None` without any, for other columns, or for probabilities.
    pub fn of_forests(forests: &[Forest]) -> Option<Self> {
        let columns = forests.first()?.columns();
        let fits = |forest: &Forest| forest.columns() == columns && forest.parts().link == Link::Identity;
        forests.iter().all(fits).then(|| of(forests))
    }

    /// The forests, at least one, that a graph was made of.
    pub fn to_forests(&self) -> Result<Vec<Forest>, Error> {
        let graph = self.0.graph.as_ref().ok_or(Error::Content("it has no graph"))?;
        let node = graph.node.first().ok_or(Error::Content("its graph is empty"))?;
        let link = if graph.node.len() == 1 { Link::Identity } else { Link::Logistic };
        let forests = forests(self, node, link)?;
        // What runtimes compute must be what was read, down to what is not looked at above.
        let is_same = link == Link::Identity || forests.len() == 1;
        let is_same = is_same && of(&forests).0.graph.is_some_and(|written| written.node == graph.node);
        if is_same { Ok(forests) } else { Err(Error::Content("its graph does something else besides")) }
    }
}

/// The graph of forests with the same columns; only one alone may predict a probability.
fn of(forests: &[Forest]) -> File {
    let (link, columns) = (forests[0].parts().link, forests[0].columns());
    let length = |size: usize| Length::Known(i64::try_from(size).expect("a model fits into memory"));
    let matrix = |columns| vec![Length::Named("rows".to_owned()), length(columns)];
    let node = match link {
        Link::Identity => vec![ensemble(forests, PREDICTIONS)],
        Link::Logistic => vec![ensemble(forests, SCORES), Node::new("Sigmoid", &[SCORES], PREDICTIONS)],
    };
    let importance: Vec<f32> = forests.iter().flat_map(Forest::importance).copied().collect();
    let graph = Graph {
        name: "forest".to_owned(),
        node,
        initializer: vec![Tensor::floats(IMPORTANCE, &[importance.len()], &importance)],
        input: vec![Value::tensor(FEATURES, Element::Float, matrix(columns))],
        output: vec![Value::tensor(PREDICTIONS, Element::Float, matrix(forests.len()))],
        value_info: Vec::new(),
    };
    let operators = |domain: &str, version| OperatorSet { domain: domain.to_owned(), version };
    File(Model {
        ir_version: 8,
        producer_name: "bellwether".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(graph),
        opset_import: vec![operators("", 13), operators(DOMAIN, 3)],
        metadata_props: Vec::new(),
    })
}

/// All trees of all forests in one operator: trees are numbered throughout, and a leaf's target is its forest.
fn ensemble(forests: &[Forest], output: &str) -> Node {
    let trees = forests
        .iter()
        .enumerate()
        .flat_map(|(target, forest)| forest.parts().trees.iter().map(move |tree| (place(target), tree)));
    let entries: Vec<Entry> = trees
        .enumerate()
        .flat_map(|(id, (target, tree))| {
            Entry::all(place(id), tree).map(move |entry| Entry { target, ..entry })
        })
        .collect();
    let leaves: Vec<&Entry> = entries.iter().filter(|entry| entry.mode == LEAF).collect();
    let ints = |of: fn(&Entry) -> i64| entries.iter().map(of).collect();
    let floats = |of: fn(&Entry) -> f32| entries.iter().map(of).collect();
    let modes: Vec<&str> = entries.iter().map(|entry| entry.mode).collect();
    let node = Node { domain: DOMAIN.to_owned(), ..Node::new("TreeEnsembleRegressor", &[FEATURES], output) };
    node.with_string("aggregate_function", "SUM")
        .with_floats(BASES, forests.iter().map(|forest| forest.parts().base).collect())
        .with_int("n_targets", place(forests.len()))
        .with_ints(RIGHT, ints(|entry| entry.children[1]))
        .with_ints(COLUMNS, ints(|entry| entry.column))
        .with_floats(ROWS, floats(|entry| entry.rows))
        .with_ints(MISSING, ints(|entry| entry.missing))
        .with_strings("nodes_modes", &modes)
        .with_ints("nodes_nodeids", ints(|entry| entry.id))
        .with_ints(TREES, ints(|entry| entry.tree))
        .with_ints(LEFT, ints(|entry| entry.children[0]))
        .with_floats(THRESHOLDS, floats(|entry| entry.threshold))
        .with_string("post_transform", "NONE")
        .with_ints(TARGETS, leaves.iter().map(|leaf| leaf.target).collect())
        .with_ints("target_nodeids", leaves.iter().map(|leaf| leaf.id).collect())
        .with_ints("target_treeids", leaves.iter().map(|leaf| leaf.tree).collect())
        .with_floats(SCORES_OF_LEAVES, leaves.iter().map(|leaf| leaf.score).collect())
}

const BASES: &str = "base_values";
const TARGETS: &str = "target_ids";
const COLUMNS: &str = "nodes_featureids";
/// The number of a leaf's rows, which explanations need and no runtime does.
const ROWS: &str = "nodes_hitrates";
const MISSING: &str = "nodes_missing_value_tracks_true";
const TREES: &str = "nodes_treeids";
const THRESHOLDS: &str = "nodes_values";
const SCORES_OF_LEAVES: &str = "target_weights";
const LEFT: &str = "nodes_truenodeids";
const RIGHT: &str = "nodes_falsenodeids";
const LEAF: &str = "LEAF";

/// A branch or a leaf, as the operator has it.
#[derive(Default)]
struct Entry {
    /// The forest that a leaf belongs to.
    target: i64,
    tree: i64,
    id: i64,
    mode: &'static str,
    column: i64,
    threshold: f32,
    /// 1 if missing values go to the left.
    missing: i64,
    children: [i64; 2],
    rows: f32,
    score: f32,
}

impl Entry {
    /// A tree's branches, then its leaves.
    fn all(id: i64, tree: &Tree) -> impl Iterator<Item = Self> {
        let branches = tree.branches.len();
        let branch = move |(index, branch): (usize, &Branch)| Self {
            tree: id,
            id: place(index),
            mode: "BRANCH_LEQ",
            column: branch.column.into(),
            threshold: branch.threshold,
            missing: i64::from(branch.missing == Side::Left),
            children: branch.children.map(|child| match child {
                Child::Branch(index) => i64::from(index),
                Child::Leaf(index) => place(branches) + i64::from(index),
            }),
            ..Self::default()
        };
        let leaf = move |(index, leaf): (usize, &Leaf)| {
            let Leaf { score, rows } = *leaf;
            Self { tree: id, id: place(branches + index), mode: LEAF, rows, score, ..Self::default() }
        };
        tree.branches.iter().enumerate().map(branch).chain(tree.leaves.iter().enumerate().map(leaf))
    }
}

fn place(index: usize) -> i64 {
    i64::try_from(index).expect("a model fits into memory")
}

impl TryFrom<&File> for Forest {
    type Error = Error;

    fn try_from(file: &File) -> Result<Self, Error> {
        let [forest] = <[Self; 1]>::try_from(file.to_forests()?)
            .map_err(|_| Error::Content("it is of several forests"))?;
        Ok(forest)
    }
}
