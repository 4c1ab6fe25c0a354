//! How much of something may be had in how much time: buckets per key, in Redis if there is one, else in the process.
//!
//! Owns the Redis keys `<prefix>:limit:…`. Never fails: while Redis is away the process decides by itself, going on from
//! what it saw last, so that each process grants at most one share of its own.

mod gcra;
mod memory;
mod redis;

#[cfg(test)]
mod tests;

pub use gcra::{Decision, Quota};

use crate::{clock::Clock, config::RedisConfig};
use gcra::Request;
use memory::Memory;
use std::{fmt, sync::Arc, time::Duration};

/// Decides who has to wait; clones share their buckets.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    clock: Clock,
    memory: Memory,
    redis: Option<redis::Redis>,
}

/// Why the limiter can't be made, or its Redis not be used.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    #[error("REDIS_URL is not usable: {0}; it looks like redis://host:6379")]
    Url(String),
    #[error("Redis does not keep the limits: {0}; each process keeps its own until it does")]
    Away(String),
}

impl Limiter {
    /// Full buckets for everyone; connects to `redis` at the first use.
    ///
    /// The time is the clock's, not Redis's: the same in both stores, and in tests a fixed one. A process whose clock is
    /// ahead by a second grants what comes back in a second, once.
    pub fn new(clock: Clock, redis: Option<&RedisConfig>) -> Result<Self, LimitError> {
        let redis = redis.map(redis::Redis::new).transpose();
        let redis = redis.map_err(|error| LimitError::Url(error.to_string()))?;
        Ok(Self(Arc::new(Inner { clock, memory: Memory::default(), redis })))
    }

    /// Succeeds when Redis, if there is one, keeps buckets; takes nothing.
    pub async fn check(&self) -> Result<(), LimitError> {
        let Some(redis) = &self.0.redis else { return Ok(()) };
        let quotas = [Quota::new(1, Duration::from_secs(1))];
        let request = Request { quotas: &quotas, cost: 0, now: self.0.clock.now().timestamp_micros() };
        redis.check(&request).await.map_err(LimitError::Away)
    }

    /// Takes `cost` out of all `quotas` of `key`, or out of none; the decision shows the tightest of them.
    ///
    /// A key comes with the same quotas each time: its buckets are told apart by their order.
    ///
    /// A cost of 0 only looks; one above a quota's burst is never allowed.
    pub async fn take(&self, key: &str, quotas: &[Quota], cost: u32) -> Decision {
        let Inner { clock, memory, redis } = &*self.0;
        let request = Request { quotas, cost, now: clock.now().timestamp_micros() };
        let Some(redis) = redis else { return memory.take(key, &request) };
        if let Some(outcome) = redis.take(key, &request).await {
            memory.store(key, &request, &outcome);
            return request.decide(&outcome);
        }
        metrics::counter!("bellwether_limit_failover_total").increment(1);
        memory.take(key, &request)
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limiter")
    }
}
