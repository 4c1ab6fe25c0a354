//! One batching loader for all features; each feature's `loader.rs` teaches it its keys.

use platform::Platform;
use std::{collections::HashMap, hash::Hash};

/// Loads related rows, many at a time.
#[derive(Debug)]
pub struct Loader {
    pub platform: Platform,
}

/// What is asked of one stock, besides the stock itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked<T, A> {
    pub of: T,
    pub how: A,
}

/// Splits keys by how they are asked: each group is one statement.
pub fn group<T: Copy, A: Clone + Eq + Hash>(keys: &[Asked<T, A>]) -> HashMap<A, Vec<T>> {
    let mut groups: HashMap<A, Vec<T>> = HashMap::new();
    for key in keys {
        groups.entry(key.how.clone()).or_default().push(key.of);
    }
    groups
}
