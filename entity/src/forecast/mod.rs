//! What models are given, and what they expect.

pub mod feature_snapshot;
