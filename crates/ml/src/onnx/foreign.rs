//! What may stand in the model of somebody else: those fields of `onnx.proto3` through which it could ask for other files.

use super::Error;
use prost::Message;

/// Refuses what is no ONNX file, and one that keeps a tensor elsewhere, wherever in it that tensor is.
pub fn check(bytes: &[u8]) -> Result<(), Error> {
    let model = Model::decode(bytes)?;
    let graph = model.graph.as_ref().ok_or(Error::Foreign("it has no graph"))?;
    let trained =
        |info: &Training| info.initialization.iter().chain(&info.algorithm).any(Graph::is_elsewhere);
    let is_elsewhere = graph.is_elsewhere()
        || model.functions.iter().any(Function::is_elsewhere)
        || model.training.iter().any(trained);
    if is_elsewhere { Err(Error::Foreign("it keeps numbers in other files")) } else { Ok(()) }
}

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "20")]
    training: Vec<Training>,
    #[prost(message, repeated, tag = "25")]
    functions: Vec<Function>,
}

#[derive(Clone, PartialEq, Message)]
struct Training {
    #[prost(message, optional, tag = "1")]
    initialization: Option<Graph>,
    #[prost(message, optional, tag = "2")]
    algorithm: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Function {
    #[prost(message, repeated, tag = "7")]
    node: Vec<Node>,
    /// Attributes with a value of their own.
    #[prost(message, repeated, tag = "11")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "15")]
    sparse: Vec<Sparse>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(message, optional, tag = "5")]
    tensor: Option<Tensor>,
    #[prost(message, optional, tag = "6")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "10")]
    tensors: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    graphs: Vec<Graph>,
    #[prost(message, optional, tag = "22")]
    sparse: Option<Sparse>,
    #[prost(message, repeated, tag = "23")]
    sparses: Vec<Sparse>,
}

#[derive(Clone, PartialEq, Message)]
struct Sparse {
    #[prost(message, optional, tag = "1")]
    values: Option<Tensor>,
    #[prost(message, optional, tag = "2")]
    indices: Option<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    /// Where its numbers are: file, offset, length.
    #[prost(message, repeated, tag = "13")]
    external: Vec<Entry>,
    /// 1 if they are in another file.
    #[prost(int32, tag = "14")]
    location: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {}

impl Function {
    fn is_elsewhere(&self) -> bool {
        self.node.iter().any(Node::is_elsewhere) || self.attribute.iter().any(Attribute::is_elsewhere)
    }
}

impl Graph {
    fn is_elsewhere(&self) -> bool {
        self.node.iter().any(Node::is_elsewhere)
            || self.initializer.iter().any(Tensor::is_elsewhere)
            || self.sparse.iter().any(Sparse::is_elsewhere)
    }
}

impl Node {
    fn is_elsewhere(&self) -> bool {
        self.attribute.iter().any(Attribute::is_elsewhere)
    }
}

impl Attribute {
    fn is_elsewhere(&self) -> bool {
        self.tensor.iter().chain(&self.tensors).any(Tensor::is_elsewhere)
            || self.graph.iter().chain(&self.graphs).any(Graph::is_elsewhere)
            || self.sparse.iter().chain(&self.sparses).any(Sparse::is_elsewhere)
    }
}

impl Sparse {
    fn is_elsewhere(&self) -> bool {
        self.values.iter().chain(&self.indices).any(Tensor::is_elsewhere)
    }
}

impl Tensor {
    fn is_elsewhere(&self) -> bool {
        self.location != 0 || !self.external.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Attribute, Entry, Function, Graph, Model, Node, Sparse, Tensor, Training, check};
    use prost::Message as _;

    fn refused(model: &Model) -> String {
        check(&model.encode_to_vec()).unwrap_err().to_string()
    }

    fn of_graph(graph: Graph) -> Model {
        Model { graph: Some(graph), ..Model::default() }
    }

    fn of_attribute(attribute: Attribute) -> Graph {
        Graph { node: vec![Node { attribute: vec![attribute] }], ..Graph::default() }
    }

    #[test]
    fn numbers_elsewhere_are_found_wherever_they_are_asked_for() {
        let moved = || Tensor { location: 1, external: Vec::new() };
        let named = || Tensor { location: 0, external: vec![Entry {}] };
        let sparse = || Sparse { values: None, indices: Some(moved()) };
        let graph = || Graph { initializer: vec![Tensor::default(), named()], ..Graph::default() };
        let attributes = [
            Attribute { tensor: Some(moved()), ..Attribute::default() },
            Attribute { tensors: vec![named()], ..Attribute::default() },
            Attribute {
                graph: Some(of_attribute(Attribute { graphs: vec![graph()], ..Attribute::default() })),
                ..Attribute::default()
            },
            Attribute { sparse: Some(sparse()), ..Attribute::default() },
            Attribute { sparses: vec![sparse()], ..Attribute::default() },
        ];
        let function = |attribute: &Attribute| Function {
            node: vec![Node { attribute: vec![attribute.clone()] }],
            attribute: Vec::new(),
        };
        let of_function = |function| Model { functions: vec![function], ..of_graph(Graph::default()) };
        let training = Training { initialization: None, algorithm: Some(graph()) };
        let mut models = vec![
            of_graph(graph()),
            of_graph(Graph { sparse: vec![sparse()], ..Graph::default() }),
            of_function(Function { node: Vec::new(), attribute: attributes[..1].to_vec() }),
            Model { training: vec![training], ..of_graph(Graph::default()) },
        ];
        models.extend(attributes.iter().map(|attribute| of_function(function(attribute))));
        models.extend(attributes.map(|attribute| of_graph(of_attribute(attribute))));
        for model in models {
            assert_eq!(refused(&model), "the model is refused: it keeps numbers in other files", "{model:?}");
        }
    }

    #[test]
    fn what_keeps_its_numbers_is_taken_and_what_is_no_model_is_not() {
        assert!(
            check(
                &of_graph(Graph { initializer: vec![Tensor::default()], ..Graph::default() }).encode_to_vec()
            )
            .is_ok()
        );
        assert_eq!(refused(&Model::default()), "the model is refused: it has no graph");
        assert!(check(b"<html>not found</html>").is_err());
    }

    /// Graphs within graphs, deeper than any stack.
    #[test]
    fn what_is_nested_without_end_is_refused() {
        let mut bytes = Vec::new();
        for _ in 0..2_000 {
            // A graph's node's attribute's graph.
            for tag in [6_u32, 5, 1] {
                let mut outer = Vec::new();
                prost::encoding::encode_key(tag, prost::encoding::WireType::LengthDelimited, &mut outer);
                prost::encoding::encode_varint(bytes.len() as u64, &mut outer);
                outer.extend_from_slice(&bytes);
                bytes = outer;
            }
        }
        let mut model = Vec::new();
        prost::encoding::encode_key(7, prost::encoding::WireType::LengthDelimited, &mut model);
        prost::encoding::encode_varint(bytes.len() as u64, &mut model);
        model.extend_from_slice(&bytes);
        assert!(check(&model).is_err());
    }
}
