//! What models are given.

mod snapshot;
