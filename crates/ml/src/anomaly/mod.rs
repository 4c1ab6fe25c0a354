//! What is odd about rows before a model is trained on them, and what a model had no use for.
//!
//! Everything here looks at all rows at once: it judges a set of them, and is never a feature itself.

mod isolation;
mod outlier;
mod redundancy;

pub use isolation::{Isolation, IsolationForest};
pub use outlier::{Outlier, outliers};
pub use redundancy::{Pair, correlated, dead};
