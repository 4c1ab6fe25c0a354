//! Models that somebody brings along as an ONNX file, trained anywhere.
//!
//! Nothing is learnt here but how far to trust them: they are judged, and calibrated, on days after those they were trained
//! on. Their graph stays as it is, to the byte, and only ONNX Runtime computes it.

mod adoption;
mod file;
mod manifest;
mod model;
mod port;

pub use adoption::{Candidate, adopt};
pub use manifest::{Manifest, Target};
pub(super) use model::Own;

/// Why a model is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the manifest's {0} is out of its range")]
    Manifest(&'static str),
    #[error("the model reads {0}, which is no column")]
    Column(String),
    /// Of its input or its output.
    #[error("the model's {port} is {found} instead of {expected}")]
    Port { port: &'static str, expected: String, found: String },
    #[error("the file is a forecaster's already")]
    Forecaster,
}
