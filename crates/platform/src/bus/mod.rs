//! Tells processes that something changed.
//!
//! The bus carries hints, never truth: a message can be lost while Redis restarts or a listener is slow. Each
//! listener then gets `Signal::Resync` and reads the tables.

mod memory;
mod redis;

use crate::config::RedisConfig;
use std::{fmt::Debug, sync::Arc};
use tokio::sync::broadcast::{self, error::RecvError};

/// What a slow listener may fall behind before it is told to resynchronise.
const CAPACITY: usize = 4096;

/// Publishes to all processes and listens to them.
#[async_trait::async_trait]
pub trait Bus: Debug + Send + Sync {
    /// Sends `payload` to all listeners of all processes; a failure is logged, not returned, since listeners catch up.
    async fn publish(&self, topic: &str, payload: String);

    /// Listens to every topic from now on.
    fn subscribe(&self) -> Subscription;

    /// Succeeds when messages can flow.
    async fn check(&self) -> Result<(), BusError>;
}

/// A message, or the word that some may be missing.
#[derive(Clone, Debug)]
pub enum Signal {
    Message(Arc<Message>),
    Resync,
}

/// What was published.
#[derive(Debug)]
pub struct Message {
    pub topic: String,
    pub payload: String,
}

/// Why the bus can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("REDIS_URL is not usable: {0}; it looks like redis://host:6379")]
    Url(String),
    #[error("Redis does not answer: {0}; start it, or correct REDIS_URL")]
    Unreachable(String),
}

/// Everything published since it was made, in order.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Signal>);

impl Subscription {
    /// Waits for the next signal; `None` when the process shuts its bus down.
    pub async fn next(&mut self) -> Option<Signal> {
        match self.0.recv().await {
            Ok(signal) => Some(signal),
            Err(RecvError::Lagged(_)) => Some(Signal::Resync),
            Err(RecvError::Closed) => None,
        }
    }
}

/// The bus over Redis if there is one, else within the process.
pub fn connect(redis: Option<&RedisConfig>) -> Result<Arc<dyn Bus>, BusError> {
    Ok(match redis {
        Some(config) => Arc::new(redis::RedisBus::connect(config)?),
        None => Arc::new(memory::MemoryBus::default()),
    })
}
