//! The messages of `onnx.proto3`, version 1.17: those fields of which we make use.

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub struct Model {
    #[prost(int64, tag = "1")]
    pub ir_version: i64,
    #[prost(string, tag = "2")]
    pub producer_name: String,
    #[prost(string, tag = "3")]
    pub producer_version: String,
    #[prost(message, optional, tag = "7")]
    pub graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    pub opset_import: Vec<OperatorSet>,
    #[prost(message, repeated, tag = "14")]
    pub metadata_props: Vec<Entry>,
}

#[derive(Clone, PartialEq, Message)]
pub struct OperatorSet {
    #[prost(string, tag = "1")]
    pub domain: String,
    #[prost(int64, tag = "2")]
    pub version: i64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Entry {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub node: Vec<Node>,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(message, repeated, tag = "5")]
    pub initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    pub input: Vec<Value>,
    #[prost(message, repeated, tag = "12")]
    pub output: Vec<Value>,
    /// What is known of values between.
    #[prost(message, repeated, tag = "13")]
    pub value_info: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Node {
    #[prost(string, repeated, tag = "1")]
    pub input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub output: Vec<String>,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(string, tag = "4")]
    pub op_type: String,
    #[prost(message, repeated, tag = "5")]
    pub attribute: Vec<Attribute>,
    /// Whose operator it is; empty for those of ONNX itself.
    #[prost(string, tag = "7")]
    pub domain: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(int64, tag = "3")]
    pub i: i64,
    #[prost(bytes = "vec", tag = "4")]
    pub s: Vec<u8>,
    #[prost(float, repeated, tag = "7")]
    pub floats: Vec<f32>,
    #[prost(int64, repeated, tag = "8")]
    pub ints: Vec<i64>,
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub strings: Vec<Vec<u8>>,
    #[prost(enumeration = "AttributeKind", tag = "20")]
    pub r#type: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum AttributeKind {
    Undefined = 0,
    Int = 2,
    String = 3,
    Floats = 6,
    Ints = 7,
    Strings = 8,
}

#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    pub dims: Vec<i64>,
    #[prost(enumeration = "Element", tag = "2")]
    pub data_type: i32,
    #[prost(string, tag = "8")]
    pub name: String,
    /// Little endian.
    #[prost(bytes = "vec", tag = "9")]
    pub raw_data: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum Element {
    Undefined = 0,
    Float = 1,
    Int64 = 7,
}

#[derive(Clone, PartialEq, Message)]
pub struct Value {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "2")]
    pub r#type: Option<Type>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Type {
    #[prost(message, optional, tag = "1")]
    pub tensor_type: Option<TensorType>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TensorType {
    #[prost(enumeration = "Element", tag = "1")]
    pub elem_type: i32,
    #[prost(message, optional, tag = "2")]
    pub shape: Option<Shape>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Shape {
    #[prost(message, repeated, tag = "1")]
    pub dim: Vec<Dimension>,
}

/// A length, or the name of one that only an input decides.
#[derive(Clone, PartialEq, Message)]
pub struct Dimension {
    #[prost(oneof = "Length", tags = "1, 2")]
    pub value: Option<Length>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Length {
    #[prost(int64, tag = "1")]
    Known(i64),
    #[prost(string, tag = "2")]
    Named(String),
}

impl Node {
    pub fn new(op_type: &str, input: &[&str], output: &str) -> Self {
        Self {
            input: input.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: op_type.to_owned(),
            attribute: Vec::new(),
            domain: String::new(),
        }
    }

    /// Gives one more tensor.
    #[must_use]
    pub fn with_output(mut self, name: &str) -> Self {
        self.output.push(name.to_owned());
        self
    }

    #[must_use]
    pub fn with_int(self, name: &str, value: i64) -> Self {
        self.with(name, AttributeKind::Int, Attribute { i: value, ..Attribute::default() })
    }

    #[must_use]
    pub fn with_ints(self, name: &str, ints: Vec<i64>) -> Self {
        self.with(name, AttributeKind::Ints, Attribute { ints, ..Attribute::default() })
    }

    #[must_use]
    pub fn with_floats(self, name: &str, floats: Vec<f32>) -> Self {
        self.with(name, AttributeKind::Floats, Attribute { floats, ..Attribute::default() })
    }

    #[must_use]
    pub fn with_string(self, name: &str, value: &str) -> Self {
        self.with(name, AttributeKind::String, Attribute { s: value.into(), ..Attribute::default() })
    }

    #[must_use]
    pub fn with_strings(self, name: &str, values: &[&str]) -> Self {
        let strings = values.iter().map(|value| value.as_bytes().to_vec()).collect();
        self.with(name, AttributeKind::Strings, Attribute { strings, ..Attribute::default() })
    }

    fn with(mut self, name: &str, kind: AttributeKind, value: Attribute) -> Self {
        self.attribute.push(Attribute { name: name.to_owned(), r#type: kind.into(), ..value });
        self
    }

    /// What the node says under `name`.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attribute.iter().find(|attribute| attribute.name == name)
    }
}

impl Tensor {
    pub fn floats(name: &str, dims: &[usize], values: &[f32]) -> Self {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { dims: lengths(dims), data_type: Element::Float.into(), name: name.to_owned(), raw_data }
    }

    pub fn ints(name: &str, dims: &[usize], values: &[i64]) -> Self {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { dims: lengths(dims), data_type: Element::Int64.into(), name: name.to_owned(), raw_data }
    }

    /// The numbers of a tensor of floats; `None` of another, or if its bytes don't fit its lengths.
    pub fn to_floats(&self) -> Option<Vec<f32>> {
        let count = self
            .dims
            .iter()
            .try_fold(1_usize, |count, length| count.checked_mul(usize::try_from(*length).ok()?))?;
        let (numbers, rest) = self.raw_data.as_chunks::<4>();
        let fits = self.data_type == i32::from(Element::Float) && rest.is_empty() && numbers.len() == count;
        fits.then(|| numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

impl Value {
    /// A tensor whose lengths are known or named.
    pub fn tensor(name: &str, element: Element, dims: Vec<Length>) -> Self {
        let dim = dims.into_iter().map(|length| Dimension { value: Some(length) }).collect();
        let tensor_type = TensorType { elem_type: element.into(), shape: Some(Shape { dim }) };
        Self { name: name.to_owned(), r#type: Some(Type { tensor_type: Some(tensor_type) }) }
    }
}

fn lengths(dims: &[usize]) -> Vec<i64> {
    dims.iter().map(|length| i64::try_from(*length).expect("a tensor fits into memory")).collect()
}
