//! The bus of a single process.

use super::{Bus, BusError, CAPACITY, Message, Signal, Subscription};
use std::sync::Arc;
use tokio::sync::broadcast;

#[derive(Debug)]
pub(super) struct MemoryBus(broadcast::Sender<Signal>);

impl Default for MemoryBus {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

#[async_trait::async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, topic: &str, payload: String) {
        // Without listeners there is nobody to tell.
        let _ = self.0.send(Signal::Message(Arc::new(Message { topic: topic.to_owned(), payload })));
    }

    fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }

    async fn check(&self) -> Result<(), BusError> {
        Ok(())
    }
}
