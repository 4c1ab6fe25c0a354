//! The buckets of all processes, and what to do while Redis is away.

use super::gcra::{Outcome, Request};
use crate::config::RedisConfig;
use ::redis::{Client, RedisError, RedisResult, Script, aio::MultiplexedConnection};
use std::{
    fmt::Display,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// Nobody waits longer for a limit.
const PATIENCE: Duration = Duration::from_millis(100);
/// After a failure nobody waits at all for so long.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Redis {
    client: Client,
    /// Not a pool: a pool pings before each use, and this is to be one round trip.
    connection: Mutex<Option<MultiplexedConnection>>,
    script: Script,
    prefix: String,
    started: Instant,
    /// Milliseconds after `started`; 0 while all is well.
    paused_until: AtomicU64,
}

impl Redis {
    pub(super) fn new(config: &RedisConfig) -> RedisResult<Self> {
        Ok(Self {
            client: Client::open(config.url.expose())?,
            connection: Mutex::default(),
            script: Script::new(include_str!("take.lua")),
            prefix: format!("{}:limit", config.prefix),
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
        })
    }

    /// The outcome, in one round trip; `None` while Redis is away.
    pub(super) async fn take(&self, key: &str, request: &Request<'_>) -> Option<Outcome> {
        if self.age() < self.paused_until.load(Ordering::Relaxed) {
            return None;
        }
        match timeout(PATIENCE, self.invoke(key, request)).await {
            Ok(Ok(outcome)) => {
                if self.paused_until.load(Ordering::Relaxed) > 0
                    && self.paused_until.swap(0, Ordering::Relaxed) > 0
                {
                    tracing::info!("Redis keeps the limits again");
                }
                Some(outcome)
            }
            Ok(Err(error)) => self.pause(&error).await,
            Err(elapsed) => self.pause(&elapsed).await,
        }
    }

    /// Asks without regard to what is known, and with more patience.
    pub(super) async fn check(&self, request: &Request<'_>) -> Result<(), String> {
        match timeout(PAUSE, self.invoke("check", request)).await {
            Ok(outcome) => outcome.map(drop).map_err(|error| error.to_string()),
            Err(elapsed) => Err(elapsed.to_string()),
        }
    }

    async fn invoke(&self, key: &str, request: &Request<'_>) -> RedisResult<Outcome> {
        let mut connection = self.connect().await?;
        let mut invocation = self.script.key(format!("{}:{key}", self.prefix));
        invocation.arg(request.now);
        for quota in request.quotas {
            invocation.arg(quota.increment(request.cost)).arg(quota.capacity());
        }
        let answer: Vec<i64> = invocation.invoke_async(&mut connection).await?;
        let (allowed, full_at) = answer.split_first().ok_or_else(nothing)?;
        Ok(Outcome { allowed: *allowed == 1, full_at: full_at.to_vec() })
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let new = self.client.get_multiplexed_async_connection().await?;
        Ok(connection.insert(new).clone())
    }

    async fn pause(&self, error: &(dyn Display + Sync)) -> Option<Outcome> {
        let until = self.age() + u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        if self.paused_until.swap(until, Ordering::Relaxed) == 0 {
            tracing::warn!(%error, "Redis does not keep the limits; each process keeps its own");
        }
        // A dead connection looks like a slow one.
        *self.connection.lock().await = None;
        None
    }

    fn age(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn nothing() -> RedisError {
    (::redis::ErrorKind::UnexpectedReturnType, "the script returned nothing").into()
}
