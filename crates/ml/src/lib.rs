//! Matrices in, models out: features, training, calibration, evaluation, and the files that models are kept in.
//!
//! Everything is seeded: the same rows give the same model, on any machine with the same arithmetic. Owns no table and
//! never reads a clock; what a row means is the caller's business. Only [`onnx::runtime`] does I/O: it opens libraries
//! and models.

pub mod anomaly;
mod autodiff;
pub mod bayes;
pub mod calibration;
pub mod feature;
pub mod fold;
pub mod forecast;
mod lbfgs;
pub mod matrix;
pub mod metric;
pub mod onnx;
pub mod random;
pub mod sequence;
pub mod softmax;
pub mod sparse;
pub mod tree;
