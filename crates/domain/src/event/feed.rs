//! Follows topics: first what was missed, then what comes; no gap, no double, in order.
//!
//! One task per process reads each new event once and keeps the newest in memory. A subscriber is a position, not a
//! buffer: a fast one reads from memory, a slow one from the table at its own pace.

use super::ANNOUNCEMENT;
use entity::event::{event as row, topic};
use futures_util::{Stream, StreamExt as _, stream};
use platform::{Fault, FaultKind, Platform, bus::Signal, database::Database};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::de::DeserializeOwned;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

/// Events of a topic that stay in memory.
const RECENT: usize = 2048;
/// Events read at a time.
const BATCH: u64 = 500;
/// How often the table is read when the bus is silent: it bounds the delay of an announcement that was lost.
const POLL: Duration = Duration::from_secs(1);

/// An event as it is delivered.
#[derive(Debug)]
pub struct Happening {
    pub sequence: i64,
    pub payload: serde_json::Value,
}

impl Happening {
    /// The payload as the event that was appended.
    pub fn read<E: DeserializeOwned>(&self) -> Result<E, FeedError> {
        E::deserialize(&self.payload).map_err(|error| FeedError::Db(DbErr::Json(error.to_string())))
    }
}

/// Why a topic can't be followed from a position.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("the cursor is not of this stream; subscribe without one")]
    Unknown,
    #[error("events after the cursor have been deleted; read the list, then subscribe without a cursor")]
    Expired,
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for FeedError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Unknown => FaultKind::Invalid,
            Self::Expired => FaultKind::Conflict,
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        (!matches!(self, Self::Db(_))).then_some("after")
    }
}

/// The events of all topics, for one process.
#[derive(Clone, Debug)]
pub struct Feed {
    shared: Arc<Shared>,
    _pump: Arc<AbortOnDropHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    db: Database,
    topics: Mutex<HashMap<String, Arc<Topic>>>,
}

#[derive(Debug)]
struct Topic {
    last: watch::Sender<i64>,
    recent: Mutex<VecDeque<Arc<Happening>>>,
}

impl Feed {
    /// Starts to follow all topics.
    pub fn start(platform: &Platform) -> Self {
        let shared = Arc::new(Shared { db: platform.db.clone(), topics: Mutex::default() });
        let pump = tokio::spawn(pump(shared.clone(), platform.clone()));
        Self { shared, _pump: Arc::new(AbortOnDropHandle::new(pump)) }
    }

    /// All events of `topic` after the position `after`, or from now on.
    pub async fn follow(
        &self,
        topic: &'static str,
        after: Option<i64>,
    ) -> Result<impl Stream<Item = Result<Arc<Happening>, FeedError>> + Send + use<>, FeedError> {
        let db = &self.shared.db;
        let newest = db.patiently(|| newest(db, topic)).await?;
        let position = after.unwrap_or(newest);
        if position > newest || position < 0 {
            return Err(FeedError::Unknown);
        }
        let shared = self.shared.clone();
        // What is already there a follower reads at its own pace; the pump need not read it for anybody.
        shared.advance(&shared.topic(topic), newest);
        let follower = Follower { last: shared.topic(topic).last.subscribe(), shared, topic, position };
        let batches = stream::unfold(Some(follower), |follower| async {
            let mut follower = follower?;
            match follower.next_batch().await {
                Ok(batch) => {
                    Some((stream::iter(batch.into_iter().map(Ok).collect::<Vec<_>>()), Some(follower)))
                }
                Err(error) => Some((stream::iter(vec![Err(error)]), None)),
            }
        });
        Ok(batches.flatten())
    }
}

struct Follower {
    shared: Arc<Shared>,
    topic: &'static str,
    last: watch::Receiver<i64>,
    position: i64,
}

impl Follower {
    /// Waits for events after the position.
    async fn next_batch(&mut self) -> Result<Vec<Arc<Happening>>, FeedError> {
        loop {
            let known = *self.last.borrow_and_update();
            if known > self.position {
                let batch = if let Some(recent) = self.shared.topic(self.topic).after(self.position) {
                    recent
                } else {
                    let db = &self.shared.db;
                    db.patiently(|| read(db, self.topic, self.position)).await?
                };
                match batch.first() {
                    Some(first) if first.sequence != self.position + 1 => return Err(FeedError::Expired),
                    None => return Err(FeedError::Expired),
                    Some(_) => {}
                }
                self.position = batch.last().map_or(self.position, |event| event.sequence);
                return Ok(batch);
            }
            if self.last.changed().await.is_err() {
                return Ok(std::future::pending().await);
            }
        }
    }
}

impl Shared {
    fn topic(&self, name: &str) -> Arc<Topic> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.entry(name.to_owned()).or_default().clone()
    }

    /// Tells followers that `topic` has come to `sequence`.
    fn advance(&self, topic: &Topic, sequence: i64) {
        // Before they hear of it: whoever does must find what it tells of.
        if sequence > *topic.last.borrow() {
            self.db.changes().count();
        }
        topic.advance(sequence);
    }

    /// Brings all topics up to the table.
    async fn catch_up(&self) -> Result<(), DbErr> {
        for found in topic::Entity::find().all(self.db.connection()).await? {
            let topic = self.topic(&found.name);
            let known = *topic.last.borrow();
            if found.last_sequence <= known {
                continue;
            }
            let nobody = topic.last.receiver_count() == 0;
            let mut position = if nobody { found.last_sequence } else { known };
            while position < found.last_sequence {
                let batch = read(&self.db, &found.name, position).await?;
                let Some(last) = batch.last() else { break };
                position = last.sequence;
                topic.push(batch);
                self.advance(&topic, position);
            }
            self.advance(&topic, found.last_sequence);
        }
        Ok(())
    }
}

impl Default for Topic {
    fn default() -> Self {
        Self { last: watch::Sender::new(0), recent: Mutex::default() }
    }
}

impl Topic {
    /// Tells followers that the topic has come to `sequence`; it never goes back.
    fn advance(&self, sequence: i64) {
        self.last.send_if_modified(|last| {
            let further = sequence > *last;
            *last = sequence.max(*last);
            further
        });
    }

    fn push(&self, events: Vec<Arc<Happening>>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let follows =
            |last: &Arc<Happening>| events.first().is_some_and(|first| first.sequence == last.sequence + 1);
        if !recent.back().is_none_or(follows) {
            recent.clear();
        }
        recent.extend(events);
        let excess = recent.len().saturating_sub(RECENT);
        recent.drain(..excess);
    }

    /// The events right after `position`, if memory still has them all.
    fn after(&self, position: i64) -> Option<Vec<Arc<Happening>>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let first = recent.front()?.sequence;
        let skip = usize::try_from(position + 1 - first).ok()?;
        let batch: Vec<_> = recent.iter().skip(skip).cloned().collect();
        (!batch.is_empty()).then_some(batch)
    }
}

async fn pump(shared: Arc<Shared>, platform: Platform) {
    let mut signals = platform.bus.subscribe();
    loop {
        if let Err(error) = shared.catch_up().await {
            warn!(%error, "Could not read new events");
            tokio::time::sleep(POLL).await;
        }
        // Anything else on the bus is not about events.
        let announced = async {
            while let Some(Signal::Message(message)) = signals.next().await {
                if message.topic == ANNOUNCEMENT {
                    break;
                }
            }
        };
        let _ = timeout(POLL, announced).await;
    }
}

async fn newest(db: &Database, topic: &str) -> Result<i64, DbErr> {
    let found = topic::Entity::find_by_id(topic.to_owned()).one(db.connection()).await?;
    Ok(found.map_or(0, |found| found.last_sequence))
}

async fn read(db: &Database, topic: &str, position: i64) -> Result<Vec<Arc<Happening>>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::Column::Topic.eq(topic))
        .filter(row::Column::Sequence.gt(position))
        .order_by_asc(row::Column::Sequence)
        .limit(BATCH)
        .all(db.connection())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Arc::new(Happening { sequence: row.sequence, payload: row.payload }))
        .collect())
}
