//! The buckets of one process.

use super::gcra::{Decision, Outcome, Request};
use moka::{Expiry, ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use std::time::{Duration, Instant};

/// Beyond that the key that was not used for longest is forgotten: memory is bounded, whoever asks.
const MOST_KEYS: u64 = 100_000;

pub(super) struct Memory(Cache<String, Buckets>);

#[derive(Clone)]
struct Buckets {
    full_at: Vec<i64>,
    full_after: Duration,
}

/// A full bucket is as good as none.
struct WhenFull;

impl Expiry<String, Buckets> for WhenFull {
    fn expire_after_create(&self, _: &String, buckets: &Buckets, _: Instant) -> Option<Duration> {
        Some(buckets.full_after)
    }

    fn expire_after_update(
        &self,
        _: &String,
        buckets: &Buckets,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(buckets.full_after)
    }
}

impl Default for Memory {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MOST_KEYS).eviction_policy(EvictionPolicy::lru());
        Self(cache.expire_after(WhenFull).build())
    }
}

impl Memory {
    pub(super) fn take(&self, key: &str, request: &Request<'_>) -> Decision {
        let mut outcome = Outcome { allowed: true, full_at: Vec::new() };
        self.0.entry_by_ref(key).and_compute_with(|entry| {
            let buckets = entry.map(moka::Entry::into_value);
            outcome = request.apply(buckets.as_ref().map_or(&[], |buckets| &buckets.full_at));
            // One who is refused changes nothing, so a flood of them costs little.
            if outcome.allowed && request.cost > 0 { Op::Put(buckets_of(request, &outcome)) } else { Op::Nop }
        });
        request.decide(&outcome)
    }

    /// Remembers what Redis said.
    pub(super) fn store(&self, key: &str, request: &Request<'_>, outcome: &Outcome) {
        self.0.insert(key.to_owned(), buckets_of(request, outcome));
    }
}

fn buckets_of(request: &Request<'_>, outcome: &Outcome) -> Buckets {
    Buckets { full_at: outcome.full_at.clone(), full_after: request.full_after(outcome) }
}
