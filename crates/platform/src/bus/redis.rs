//! The bus over Redis pub/sub: one connection per process listens and feeds all listeners.

use super::{Bus, BusError, CAPACITY, Message, Signal, Subscription};
use crate::config::RedisConfig;
use deadpool_redis::{Config, Pool, Runtime};
use futures_util::StreamExt;
use std::{sync::Arc, time::Duration};
use tokio::{sync::broadcast, time::timeout};
use tokio_util::task::AbortOnDropHandle;

/// A command that takes longer is given up: writers must not wait for a dead Redis.
const COMMAND_TIMEOUT: Duration = Duration::from_millis(500);
/// A connection that is silent for so long is pinged, since a dead one looks like a quiet one.
const IDLE: Duration = Duration::from_secs(5);
const MAX_BACKOFF: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct RedisBus {
    pool: Pool,
    channel: String,
    listeners: broadcast::Sender<Signal>,
    _listen: AbortOnDropHandle<()>,
}

impl RedisBus {
    pub(super) fn connect(config: &RedisConfig) -> Result<Self, BusError> {
        let url = config.url.expose();
        let client = ::redis::Client::open(url).map_err(|error| BusError::Url(error.to_string()))?;
        let pool = Config::from_url(url)
            .create_pool(Some(Runtime::Tokio1))
            .map_err(|error| BusError::Url(error.to_string()))?;
        let channel = format!("{}:bus", config.prefix);
        let listeners = broadcast::Sender::new(CAPACITY);
        let listen = AbortOnDropHandle::new(tokio::spawn(listen(client, channel.clone(), listeners.clone())));
        Ok(Self { pool, channel, listeners, _listen: listen })
    }

    async fn send(&self, topic: &str, payload: &str) -> Result<(), BusError> {
        let unreachable = |error: &dyn std::fmt::Display| BusError::Unreachable(error.to_string());
        let publish = async {
            let mut connection = self.pool.get().await.map_err(|error| unreachable(&error))?;
            ::redis::cmd("PUBLISH")
                .arg(&self.channel)
                .arg(format!("{topic}\n{payload}"))
                .query_async::<()>(&mut connection)
                .await
                .map_err(|error| unreachable(&error))
        };
        timeout(COMMAND_TIMEOUT, publish).await.unwrap_or_else(|elapsed| Err(unreachable(&elapsed)))
    }
}

#[async_trait::async_trait]
impl Bus for RedisBus {
    async fn publish(&self, topic: &str, payload: String) {
        if let Err(error) = self.send(topic, &payload).await {
            metrics::counter!("bellwether_bus_errors_total").increment(1);
            tracing::debug!(%error, "Could not publish; other processes catch up from the tables");
            let _ =
                self.listeners.send(Signal::Message(Arc::new(Message { topic: topic.to_owned(), payload })));
        }
    }

    fn subscribe(&self) -> Subscription {
        Subscription(self.listeners.subscribe())
    }

    async fn check(&self) -> Result<(), BusError> {
        let unreachable = |error: &dyn std::fmt::Display| BusError::Unreachable(error.to_string());
        let ping = async {
            let mut connection = self.pool.get().await.map_err(|error| unreachable(&error))?;
            ::redis::cmd("PING").query_async::<()>(&mut connection).await.map_err(|error| unreachable(&error))
        };
        timeout(COMMAND_TIMEOUT, ping).await.unwrap_or_else(|elapsed| Err(unreachable(&elapsed)))
    }
}

/// Listens for ever; after each (re)connection all listeners are told to resynchronise.
async fn listen(client: ::redis::Client, channel: String, listeners: broadcast::Sender<Signal>) {
    let mut backoff = Duration::from_millis(50);
    loop {
        match forward(&client, &channel, &listeners, &mut backoff).await {
            Ok(()) => tracing::warn!("Redis closed the subscription; reconnecting"),
            Err(error) => tracing::warn!(%error, "Lost the subscription to Redis; reconnecting"),
        }
        tokio::time::sleep(backoff).await;
        backoff = (backoff * 2).min(MAX_BACKOFF);
    }
}

async fn forward(
    client: &::redis::Client,
    channel: &str,
    listeners: &broadcast::Sender<Signal>,
    backoff: &mut Duration,
) -> Result<(), ::redis::RedisError> {
    let (mut sink, mut stream) = client.get_async_pubsub().await?.split();
    sink.subscribe(channel).await?;
    *backoff = Duration::from_millis(50);
    let _ = listeners.send(Signal::Resync);
    loop {
        match timeout(IDLE, stream.next()).await {
            Ok(Some(message)) => {
                let payload: String = message.get_payload()?;
                let (topic, payload) = payload.split_once('\n').unwrap_or((&payload, ""));
                let message = Message { topic: topic.to_owned(), payload: payload.to_owned() };
                let _ = listeners.send(Signal::Message(Arc::new(message)));
            }
            Ok(None) => return Ok(()),
            Err(_) => ping(&mut sink).await?,
        }
    }
}

async fn ping(sink: &mut ::redis::aio::PubSubSink) -> Result<(), ::redis::RedisError> {
    let late = |_| ::redis::RedisError::from((::redis::ErrorKind::Io, "no answer to a ping"));
    timeout(COMMAND_TIMEOUT, sink.ping::<()>()).await.map_err(late)?
}
