//! Several models as one graph: each keeps its own part, and what they say is summed with weights.
//!
//! Whatever is a member's has its name before the member's own; what it gave is a value between. Members share inputs.

use super::{
    Error, File,
    message::{Entry, Graph, Model, Node, OperatorSet, Tensor, Value},
};
use crate::matrix::Matrix;

/// The output: rows × levels, which may fall in a row.
pub const COMBINED: &str = "combined";

/// The names of the members, in order.
const MEMBERS: &str = "members";

/// Models under their names.
type Members = Vec<(String, File)>;

impl File {
    /// Members under their names, and a row of weights for each: a number for every column of what it gives.
    pub(crate) fn of_members(members: Vec<(&str, Self)>, weights: &Matrix) -> Self {
        let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
        let properties = vec![Entry { key: MEMBERS.to_owned(), value: names.join(",") }];
        let mut all = Model { metadata_props: properties, ..Model::default() };
        let mut graph = Graph { name: "ensemble".to_owned(), ..Graph::default() };
        for ((name, file), weights) in members.into_iter().zip(weights.iter()) {
            graph.add(name, &file.0.graph.unwrap_or_default(), weights);
            let own = |entry: Entry| Entry { key: format!("{name}.{}", entry.key), ..entry };
            all.metadata_props.extend(file.0.metadata_props.into_iter().map(own));
            all.opset_import.extend(file.0.opset_import);
            (all.ir_version, all.producer_name) = (file.0.ir_version, file.0.producer_name);
            all.producer_version = file.0.producer_version;
        }
        all.opset_import.sort_by(|one, other| one.domain.cmp(&other.domain));
        all.opset_import.dedup();
        let weighted: Vec<String> = names.iter().map(|name| weighted(name)).collect();
        let weighted: Vec<&str> = weighted.iter().map(String::as_str).collect();
        graph.node.push(Node::new("Sum", &weighted, COMBINED));
        graph.output = graph.value_info.first().cloned().into_iter().collect();
        graph.output.iter_mut().for_each(|output| COMBINED.clone_into(&mut output.name));
        Self(Model { graph: Some(graph), ..all })
    }

    /// The members under their names, and their weights, member by member.
    pub(crate) fn to_members(&self) -> Result<(Members, Vec<f32>), Error> {
        let names = self.property(MEMBERS).ok_or(Error::Content("it names no members"))?;
        let member = |name: &str| Some((name.to_owned(), self.member(name)?));
        let members: Option<Members> = names.split(',').map(member).collect();
        let weights: Option<Vec<_>> = names.split(',').map(|name| self.tensor(&weights(name))).collect();
        let pair = members.zip(weights).ok_or(Error::Content("its members are missing or damaged"))?;
        Ok((pair.0, pair.1.concat()))
    }

    fn member(&self, name: &str) -> Option<Self> {
        let graph = self.0.graph.as_ref()?;
        let own = |found: &str| Some(found.strip_prefix(name)?.strip_prefix('.')?.to_owned());
        let mut part = graph.renamed(name, &own);
        let is_read = |input: &&Value| part.node.iter().any(|node| node.input.contains(&input.name));
        part.input = graph.input.iter().filter(is_read).cloned().collect();
        part.output = std::mem::take(&mut part.value_info);
        let is_used = |set: &&OperatorSet| {
            set.domain.is_empty() || part.node.iter().any(|node| node.domain == set.domain)
        };
        let opset_import = self.0.opset_import.iter().filter(is_used).cloned().collect();
        let entry = |entry: &Entry| Some(Entry { key: own(&entry.key)?, value: entry.value.clone() });
        let metadata_props = self.0.metadata_props.iter().filter_map(entry).collect();
        Some(Self(Model { graph: Some(part), opset_import, metadata_props, ..self.0.clone() }))
    }
}

fn weights(name: &str) -> String {
    format!("weights.{name}")
}

fn weighted(name: &str) -> String {
    format!("weighted.{name}")
}

impl Graph {
    /// Adds a member's graph, and what it gives times its weights.
    fn add(&mut self, name: &str, member: &Self, shares: &[f32]) {
        let inputs = member.input.clone();
        let is_shared = |found: &str| inputs.iter().any(|input| input.name == found);
        let own = |found: &str| (!is_shared(found)).then(|| format!("{name}.{found}"));
        let part = member.renamed(name, &own);
        self.node.extend(part.node);
        self.initializer.extend(part.initializer);
        self.initializer.push(Tensor::floats(&weights(name), &[shares.len()], shares));
        for output in &part.output {
            self.node.push(Node::new("Mul", &[&output.name, &weights(name)], &weighted(name)));
        }
        self.value_info.extend(part.output);
        let new = inputs.into_iter().filter(|input| self.input.iter().all(|other| other.name != input.name));
        let new: Vec<Value> = new.collect();
        self.input.extend(new);
    }

    /// Whatever `name` has another name for, under that name; inputs are left out.
    fn renamed(&self, title: &str, name: &dyn Fn(&str) -> Option<String>) -> Self {
        let reference = |found: &String| name(found).unwrap_or_else(|| found.clone());
        let node = |node: &Node| {
            let input = node.input.iter().map(reference).collect();
            let output = node.output.iter().map(reference).collect();
            Some(Node { name: name(&node.name)?, input, output, ..node.clone() })
        };
        let tensor = |tensor: &Tensor| Some(Tensor { name: name(&tensor.name)?, ..tensor.clone() });
        let value = |value: &Value| Some(Value { name: name(&value.name)?, ..value.clone() });
        Self {
            name: title.to_owned(),
            node: self.node.iter().filter_map(node).collect(),
            initializer: self.initializer.iter().filter_map(tensor).collect(),
            input: Vec::new(),
            output: self.output.iter().filter_map(value).collect(),
            value_info: self.value_info.iter().filter_map(value).collect(),
        }
    }
}
