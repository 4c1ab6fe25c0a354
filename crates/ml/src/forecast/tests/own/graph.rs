//! Graphs as somebody else may have made them.

use crate::onnx::message::{Element, Graph, Length, Model, Node, OperatorSet, Tensor, Value};
use prost::Message as _;

/// A graph from `x` to `y`, both with these lengths; `None` is for each run to say.
pub fn encoded(nodes: Vec<Node>, tensors: Vec<Tensor>, [input, output]: [&[Option<i64>]; 2]) -> Vec<u8> {
    let value = |name: &str, lengths: &[Option<i64>]| {
        let length = |length: &Option<i64>| length.map_or(Length::Named("n".to_owned()), Length::Known);
        Value::tensor(name, Element::Float, lengths.iter().map(length).collect())
    };
    let graph = Graph {
        name: "theirs".to_owned(),
        node: nodes,
        initializer: tensors,
        input: vec![value("x", input)],
        output: vec![value("y", output)],
        value_info: Vec::new(),
    };
    let model = Model {
        ir_version: 8,
        producer_name: "somebody".to_owned(),
        producer_version: String::new(),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: 13 }],
        metadata_props: Vec::new(),
    };
    model.encode_to_vec()
}

/// Rows of two numbers, of which the second times `slope` is the middle of what is said.
pub fn linear(slope: f32, offsets: &[f32], rows: Option<i64>) -> Vec<u8> {
    let count = offsets.len();
    let slopes = [vec![0.0; count], vec![slope; count]].concat();
    let tensors = vec![Tensor::floats("w", &[2, count], &slopes), Tensor::floats("b", &[count], offsets)];
    let nodes = vec![Node::new("MatMul", &["x", "w"], "product"), Node::new("Add", &["product", "b"], "y")];
    let numbers = Some(i64::try_from(count).unwrap());
    encoded(nodes, tensors, [&[rows, Some(2)], &[rows, numbers]])
}

/// The same of the last of thirty days, a number a row.
pub fn of_sequences(slope: f32) -> Vec<u8> {
    let tensors = vec![Tensor::ints("last", &[], &[29]), Tensor::floats("w", &[2], &[0.0, slope])];
    let nodes = vec![
        Node::new("Gather", &["x", "last"], "day").with_int("axis", 1),
        Node::new("MatMul", &["day", "w"], "y"),
    ];
    encoded(nodes, tensors, [&[None, Some(30), Some(2)], &[None]])
}

/// One operator.
pub fn of(operator: &str) -> Vec<u8> {
    encoded(vec![Node::new(operator, &["x"], "y")], Vec::new(), [&[None, Some(1)], &[None, Some(1)]])
}
