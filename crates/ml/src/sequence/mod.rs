//! Networks that read sequences of days and say the quantiles of what follows.
//!
//! Owns the networks, how they are trained and the model; how a model is kept in a file is `onnx`'s business. Inputs and
//! targets are finite, or no examples at all: whoever has gaps fills or drops them before (`feature`).
//!
//! One thread, seeded, and no sum whose order could change: the same examples and settings give the same bits.

mod adam;
mod examples;
mod lstm;
mod model;
mod network;
mod pinball;
mod scaling;
mod settings;
#[cfg(test)]
mod tests;
mod tft;
mod training;

pub use crate::autodiff::Parameter;
pub use examples::{Examples, Inputs};
pub use model::{Explanation, Model, Parts};
pub use network::Network;
pub(crate) use network::Size;
pub(crate) use scaling::LIMIT;
pub use scaling::Scaling;
pub use settings::Settings;
pub use training::{Epoch, train};

/// Why there is nothing to train on or to predict from, or no way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there are no sequences")]
    Empty,
    #[error("the values are not so many sequences of so many days and features")]
    Shape,
    #[error("there are {sequences} sequences and {targets} targets")]
    Lengths { sequences: usize, targets: usize },
    #[error("sequence {0} has a value that is not finite")]
    Input(usize),
    #[error("the target of sequence {0} is not finite, or beyond 1e30")]
    Target(usize),
    #[error(
        "sequences have {} days of {} features instead of {} days of {}",
        found[0], found[1], expected[0], expected[1]
    )]
    Mismatch { expected: [usize; 2], found: [usize; 2] },
    #[error("the setting {0} is out of its range")]
    Setting(&'static str),
    #[error("training went beyond what numbers can hold")]
    Diverged,
}
