//! Models as ONNX files: what any runtime of the format can run, and what we read back ourselves.
//!
//! Only the messages and fields that we write or read are declared (`message`); others are skipped, as the format wants.

mod ensemble;
pub mod foreign;
mod linear;
pub mod message;
pub mod runtime;
mod sequence;
mod tree;

pub use ensemble::COMBINED;
pub use linear::{INDICES, PROBABILITIES, VALUES};
use prost::Message as _;
pub use sequence::{QUANTILES, SEQUENCES};
pub use tree::{FEATURES, PREDICTIONS};

/// Why a file is no model of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it is no ONNX file: {0}")]
    Encoding(#[from] prost::DecodeError),
    #[error("it is an ONNX file, but not of a model that was made here: {0}")]
    Content(&'static str),
    #[error("the model is refused: {0}")]
    Foreign(&'static str),
}

/// A model's file: its graph, and texts that say what it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct File(message::Model);

impl File {
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self(message::Model::decode(bytes)?))
    }

    pub fn encode(&self) -> Vec<u8> {
        self.0.encode_to_vec()
    }

    /// What the file says of itself under `key`.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.0.metadata_props.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
    }

    /// Whether it says anything of itself under a key that begins so.
    pub fn has_properties_of(&self, prefix: &str) -> bool {
        self.0.metadata_props.iter().any(|entry| entry.key.starts_with(prefix))
    }

    /// Says something of itself.
    #[must_use]
    pub fn with_property(mut self, key: &str, value: &str) -> Self {
        self.0.metadata_props.retain(|entry| entry.key != key);
        self.0.metadata_props.push(message::Entry { key: key.to_owned(), value: value.to_owned() });
        self
    }

    /// The numbers of a tensor that no node of the graph needs, or that one does.
    pub fn tensor(&self, name: &str) -> Option<Vec<f32>> {
        let tensors = &self.0.graph.as_ref()?.initializer;
        tensors.iter().find(|tensor| tensor.name == name)?.to_floats()
    }

    /// Keeps more numbers in the file: a tensor beside those of the graph, or a text where there is no graph.
    #[must_use]
    pub fn with_numbers(mut self, name: &str, values: &[f32]) -> Self {
        let Some(graph) = &mut self.0.graph else {
            let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
            return self.with_property(name, &texts.join(","));
        };
        graph.initializer.push(message::Tensor::floats(name, &[values.len()], values));
        self
    }

    /// The numbers that were kept so.
    pub fn numbers(&self, name: &str) -> Option<Vec<f32>> {
        match self.property(name) {
            Some(texts) => texts.split(',').map(|text| text.parse().ok()).collect(),
            None => self.tensor(name),
        }
    }

    /// A file that says something of the graph that stands before it: such files are one when they are joined.
    pub fn without_graph() -> Self {
        Self(message::Model::default())
    }
}
