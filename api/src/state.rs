//! Rows, live: as they stand, then whenever a client could see them change.

use crate::error::{ApiError, Result};
use futures_util::{Stream, stream};
use platform::{
    Fault, Platform,
    bus::{Signal, Subscription},
    database::DatabaseConnection,
};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// A row whose state clients follow.
pub trait State: Send + Sized + 'static {
    type Error: Fault + Into<ApiError> + Send + Sync;
    /// What a client can see change.
    type Seen: PartialEq + Send;

    /// The bus topic of its changes; the payload is the row's id.
    const TOPIC: &'static str;
    /// How often it is read when the bus is silent.
    const POLL: Duration;

    fn find(
        db: &DatabaseConnection,
        id: Uuid,
    ) -> impl Future<Output = std::result::Result<Option<Self>, Self::Error>> + Send;

    fn seen(&self) -> Self::Seen;

    /// Whether nothing will change any more.
    fn has_ended(&self) -> bool {
        false
    }
}

/// The row now, then whenever it changes; ends when the row does.
pub fn follow<S: State>(platform: &Platform, id: Uuid) -> impl Stream<Item = Result<S>> + Send + use<S> {
    // Listening starts before the first look, so that no change falls between.
    let signals = platform.bus.subscribe();
    let watch = Watch::<S> { platform: platform.clone(), signals, id, last: None };
    stream::unfold(Some(watch), |watch| async { watch?.next().await })
}

struct Watch<S: State> {
    platform: Platform,
    signals: Subscription,
    id: Uuid,
    last: Option<S::Seen>,
}

impl<S: State> Watch<S> {
    /// The next change, and what to go on with; nothing after the end.
    async fn next(mut self) -> Option<(Result<S>, Option<Self>)> {
        loop {
            let db = &self.platform.db;
            let row = match db.patiently(|| S::find(db.connection(), self.id)).await {
                Ok(row) => row?,
                Err(error) => return Some((Err(error.into()), None)),
            };
            let seen = row.seen();
            if self.last.as_ref() != Some(&seen) {
                // Whoever hears of a change must find what came with it, also where another process did it.
                self.platform.db.changes().count();
                self.last = Some(seen);
                let next = (!row.has_ended()).then_some(self);
                return Some((Ok(row), next));
            }
            self.changed().await;
        }
    }

    async fn changed(&mut self) {
        let id = self.id.to_string();
        let mine = async {
            while let Some(Signal::Message(message)) = self.signals.next().await {
                if message.topic == S::TOPIC && message.payload == id {
                    break;
                }
            }
        };
        let _ = timeout(S::POLL, mine).await;
    }
}
