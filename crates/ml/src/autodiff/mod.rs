//! What neural networks are made of: steps over matrices that are written down as they are taken, then walked back.
//!
//! A [`Tape`] takes each step at once and remembers it; from the end backwards every step says how its result's gradient
//! falls on what it was made from. Where rows stand for the days of sequences, they are sorted by day, then sequence.
//!
//! A step's file has the way forward, as a method of the tape, and the way back. Nothing here knows examples or
//! files, but `onnx` reads from a tape which steps a network takes.
//!
//! Source: Griewank & Walther (2008), "Evaluating derivatives", on reverse mode.

pub(crate) mod activation;
mod attention;
mod choice;
mod dropout;
mod elu;
mod gate;
mod last;
mod linear;
mod lstm;
mod product;
mod quantile;
mod tape;
#[cfg(test)]
mod tests;

pub(crate) use attention::{Attend, Pool};
pub(crate) use choice::Select;
pub(crate) use gate::{Gate, LEAST};
pub(crate) use linear::Linear;
pub(crate) use lstm::Lstm;
pub(crate) use quantile::Quantiles;
pub use tape::Parameter;
pub(crate) use tape::{Operation, Tape, Var};
