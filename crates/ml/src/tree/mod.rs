//! Gradient-boosted trees, grown on histograms.
//!
//! The algorithm is LightGBM's: columns are cut into at most 255 bins, trees grow leaf by leaf where the loss falls most,
//! and of two siblings only the smaller is counted, the other being what remains of their parent. Owns the trainer and
//! the model; how a model is kept in a file is `onnx`'s business.
//!
//! One thread, seeded, and no sum whose order could change: the same rows and settings give the same bits.
//!
//! Sources: Friedman (2001), "Greedy function approximation: a gradient boosting machine"; Chen & Guestrin (2016),
//! "XGBoost: a scalable tree boosting system" for the gains; Ke et al. (2017), "LightGBM: a highly efficient gradient
//! boosting decision tree".

mod bin;
mod explanation;
mod forest;
mod grower;
mod histogram;
mod loss;
mod partition;
mod sample;
mod settings;
mod split;
#[cfg(test)]
mod tests;
mod training;

pub use explanation::Explanation;
pub(crate) use forest::logistic;
pub use forest::{Branch, Child, Forest, Leaf, Link, Parts, Side, Tree};
pub use settings::{Objective, Settings};
pub use training::{Examples, Round, train};

/// Why there is nothing to train on, or no way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there are no rows")]
    Empty,
    #[error("there are {rows} rows and {targets} targets")]
    Lengths { rows: usize, targets: usize },
    #[error("there are more rows than 32 bits can count")]
    TooManyRows,
    #[error("the target of row {0} is not one of the objective's")]
    Target(usize),
    #[error("rows to validate on have {found} columns instead of {expected}")]
    Columns { expected: usize, found: usize },
    #[error("the setting {0} is out of its range")]
    Setting(&'static str),
}
