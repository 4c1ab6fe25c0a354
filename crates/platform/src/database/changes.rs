//! Whether something that was read may have changed since.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Counts what this process wrote, and what it heard that others wrote; clones count together.
///
/// Every prepared statement that is no `SELECT` counts, and every commit, so that whoever reads the count, then the database, and
/// finds the count the same later, knows that nothing this process wrote came between. Of other processes it knows only
/// what somebody tells it by [`count`](Self::count).
#[derive(Clone, Debug, Default)]
pub struct Changes(Arc<AtomicU64>);

impl Changes {
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    pub fn so_far(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}
