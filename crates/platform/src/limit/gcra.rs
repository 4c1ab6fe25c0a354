//! The generic cell rate algorithm (ITU-T I.371): a bucket is one number, the time at which it will be full again.
//!
//! Times are whole microseconds, which a double holds exactly: so Redis's Lua computes the same.

use std::{cmp::Reverse, time::Duration};

/// Longer than anyone waits; keeps all sums exact.
const LONGEST: i64 = 100 * 365 * 86_400 * 1_000_000;

/// A bucket: `burst` at once, coming back evenly within `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub burst: u32,
    pub per: Duration,
}

impl Quota {
    pub const fn new(burst: u32, per: Duration) -> Self {
        Self { burst, per }
    }

    /// Microseconds until one comes back; rounded up, so that never more than `burst` come back within `per`.
    fn interval(self) -> i64 {
        let per = i64::try_from(self.per.as_micros()).unwrap_or(LONGEST).min(LONGEST);
        per.unsigned_abs().div_ceil(u64::from(self.burst.max(1))).max(1).cast_signed()
    }

    /// Microseconds until an empty bucket is full.
    pub(super) fn capacity(self) -> i64 {
        self.interval() * i64::from(self.burst)
    }

    /// What `cost` adds to the time at which the bucket is full.
    pub(super) fn increment(self, cost: u32) -> i64 {
        self.interval().saturating_mul(i64::from(cost))
    }
}

/// Whether one may, and how much is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    /// The tightest quota's burst.
    pub limit: u32,
    /// What may be taken at once.
    pub remaining: u32,
    /// When the bucket is full again.
    pub reset_after: Duration,
    /// When the same request succeeds; absent if it did, or never will.
    pub retry_after: Option<Duration>,
}

/// What is asked of the buckets of one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub quotas: &'a [Quota],
    pub cost: u32,
    /// Microseconds since 1970.
    pub now: i64,
}

/// The answer of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub allowed: bool,
    /// When each bucket is full, in microseconds since 1970 and the order of the quotas; now at the earliest.
    pub full_at: Vec<i64>,
}

impl Request<'_> {
    /// What becomes of buckets that are `full_at`; a bucket that was never used is full.
    pub(super) fn apply(&self, full_at: &[i64]) -> Outcome {
        let full_at = full_at.iter().copied().chain(std::iter::repeat(self.now));
        let full_at = full_at.zip(self.quotas).map(|(at, quota)| {
            // Never later than that of an empty bucket: a clock that was set back must not lock anyone out.
            at.clamp(self.now, self.now + quota.capacity())
        });
        let before: Vec<i64> = full_at.collect();
        let later = |(at, quota): (&i64, &Quota)| at.saturating_add(quota.increment(self.cost));
        let after: Vec<i64> = before.iter().zip(self.quotas).map(later).collect();
        let allowed = after.iter().zip(self.quotas).all(|(at, quota)| at - self.now <= quota.capacity());
        Outcome { allowed, full_at: if allowed { after } else { before } }
    }

    /// What the one who asks is told of `outcome`: the quota that makes wait longest, or else has least left.
    pub(super) fn decide(&self, outcome: &Outcome) -> Decision {
        let standings = self.quotas.iter().zip(&outcome.full_at).map(|(quota, at)| {
            let used = at - self.now;
            let wait = match outcome.allowed {
                true => 0,
                // No wait is long enough, so this quota is the tightest.
                false if self.cost > quota.burst => i64::MAX,
                false => used + quota.increment(self.cost) - quota.capacity(),
            };
            let remaining = (quota.capacity() - used) / quota.interval();
            (wait, remaining, used, quota)
        });
        let tightest = standings.max_by_key(|(wait, remaining, ..)| (*wait, Reverse(*remaining)));
        let Some((wait, remaining, used, quota)) = tightest else { return UNLIMITED };
        Decision {
            allowed: outcome.allowed,
            limit: quota.burst,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_after: micros(used),
            retry_after: (!outcome.allowed && self.cost <= quota.burst).then(|| micros(wait)),
        }
    }

    /// How long the buckets are worth keeping.
    pub(super) fn full_after(&self, outcome: &Outcome) -> Duration {
        micros(outcome.full_at.iter().max().map_or(0, |at| at - self.now))
    }
}

const UNLIMITED: Decision = Decision {
    allowed: true,
    limit: u32::MAX,
    remaining: u32::MAX,
    reset_after: Duration::ZERO,
    retry_after: None,
};

fn micros(count: i64) -> Duration {
    Duration::from_micros(count.max(0).unsigned_abs())
}
