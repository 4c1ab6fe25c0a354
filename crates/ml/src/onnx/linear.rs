//! A [`Softmax`] as a graph: it takes the columns of each row and their values, padded with zeros, and gives probabilities.

use super::{
    Error, File,
    message::{Element, Graph, Length, Model, Node, OperatorSet, Tensor, Value},
};
use crate::softmax::Softmax;

/// The input with the columns of each row: 64-bit integers, rows × columns.
pub const INDICES: &str = "indices";
/// The input with what stands in those columns.
pub const VALUES: &str = "values";
/// The output: rows × classes.
pub const PROBABILITIES: &str = "probabilities";

const WEIGHTS: &str = "weights";
const BIAS: &str = "bias";
const TEMPERATURE: &str = "temperature";

impl From<&Softmax> for File {
    fn from(model: &Softmax) -> Self {
        let (columns, classes) = (model.columns(), model.classes());
        let length = |size: usize| Length::Known(i64::try_from(size).expect("a model fits into memory"));
        let row = |name: &str| Length::Named(name.to_owned());
        let sparse = || vec![row("rows"), row("entries")];
        let graph = Graph {
            name: "softmax".to_owned(),
            node: vec![
                Node::new("Gather", &[WEIGHTS, INDICES], "gathered").with_int("axis", 0),
                Node::new("Unsqueeze", &[VALUES, "last"], "columns"),
                Node::new("Mul", &["gathered", "columns"], "products"),
                Node::new("ReduceSum", &["products", "middle"], "sums").with_int("keepdims", 0),
                Node::new("Add", &["sums", BIAS], "logits"),
                Node::new("Div", &["logits", TEMPERATURE], "cooled"),
                Node::new("Softmax", &["cooled"], PROBABILITIES).with_int("axis", 1),
            ],
            initializer: vec![
                Tensor::floats(WEIGHTS, &[columns, classes], model.weights()),
                Tensor::floats(BIAS, &[classes], model.bias()),
                Tensor::floats(TEMPERATURE, &[1], &[model.temperature()]),
                Tensor::ints("last", &[1], &[2]),
                Tensor::ints("middle", &[1], &[1]),
            ],
            input: vec![
                Value::tensor(INDICES, Element::Int64, sparse()),
                Value::tensor(VALUES, Element::Float, sparse()),
            ],
            output: vec![Value::tensor(PROBABILITIES, Element::Float, vec![row("rows"), length(classes)])],
            value_info: Vec::new(),
        };
        Self(Model {
            ir_version: 8,
            producer_name: "bellwether".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(graph),
            opset_import: vec![OperatorSet { domain: String::new(), version: 13 }],
            metadata_props: Vec::new(),
        })
    }
}

impl TryFrom<&File> for Softmax {
    type Error = Error;

    fn try_from(file: &File) -> Result<Self, Error> {
        let graph = file.0.graph.as_ref().ok_or(Error::Content("it has no graph"))?;
        let tensor = |name: &str| graph.initializer.iter().find(|tensor| tensor.name == name);
        let floats = |name: &str| tensor(name).and_then(Tensor::to_floats);
        let weights = floats(WEIGHTS).ok_or(Error::Content("its weights are missing or damaged"))?;
        let bias = floats(BIAS).ok_or(Error::Content("its bias is missing or damaged"))?;
        let temperature = floats(TEMPERATURE).and_then(|values| values.first().copied());
        let temperature = temperature.ok_or(Error::Content("its temperature is missing or damaged"))?;
        Softmax::new(weights, bias, temperature).ok_or(Error::Content("its sizes or numbers make no model"))
    }
}

#[cfg(test)]
mod tests {
    use super::{File, Softmax};

    fn model() -> Softmax {
        Softmax::new(vec![0.5, -0.5, 1.0, 0.25, -2.0, 3.0], vec![0.1, -0.1], 1.5).unwrap()
    }

    #[test]
    fn comes_back_as_it_was() {
        let file = File::from(&model()).with_property("labels", "bad,good");
        let again = File::decode(&file.encode()).unwrap();
        assert_eq!(again, file);
        assert_eq!(again.property("labels"), Some("bad,good"));
        assert_eq!(Softmax::try_from(&again).unwrap(), model());
    }

    #[test]
    fn damage_is_named() {
        let bytes = File::from(&model()).encode();
        assert!(File::decode(b"<html>not found</html>").is_err());
        for end in 0..bytes.len() {
            // Cut anywhere, it is refused, or is no model.
            let cut = File::decode(&bytes[..end]).and_then(|file| Softmax::try_from(&file));
            assert!(cut.is_err() || cut.unwrap() == model(), "cut at {end}");
        }
        let error = Softmax::try_from(&File::decode(&[]).unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "it is an ONNX file, but not of a model that was made here: it has no graph"
        );
    }
}
