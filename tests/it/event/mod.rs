//! Events: numbered without gaps, delivered once and in order.

mod cohort;
mod cursor;
pub mod history;
mod numbering;
mod order;
mod processes;
mod redis_restart;
pub mod subscription;

use domain::event::{self, Event, FeedError, Happening};
use futures_util::{Stream, StreamExt as _};
use platform::Platform;
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, pin::Pin, sync::Arc, time::Duration};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

/// An event that tells itself from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Noted {
    number: i64,
}

impl Event for Noted {
    const TOPIC: &'static str = "test.noted";
}

/// An event of another topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Aside {
    number: i64,
}

impl Event for Aside {
    const TOPIC: &'static str = "test.aside";
}

type Events = Pin<Box<dyn Stream<Item = Result<Arc<Happening>, FeedError>> + Send>>;

/// Appends an event for each number, commits and announces.
async fn note(platform: &Platform, numbers: RangeInclusive<i64>) {
    let noted: Vec<Noted> = numbers.map(|number| Noted { number }).collect();
    let txn = platform.db.begin().await.unwrap();
    let appended = event::append(&txn, &platform.clock, &noted).await.unwrap();
    txn.commit().await.unwrap();
    appended.announce(platform.bus.as_ref()).await;
}

/// The platform as a process whose announcements nobody hears.
fn muted(platform: &Platform) -> Platform {
    Platform { bus: platform::bus::connect(None).unwrap(), ..platform.clone() }
}

/// The next event; fails when none comes in time.
async fn next(events: &mut Events) -> Result<Arc<Happening>, FeedError> {
    timeout(PATIENCE, events.next()).await.expect("no event came in time").expect("the stream ended")
}

/// The sequences of the next `count` events.
async fn sequences(events: &mut Events, count: usize) -> Vec<i64> {
    let mut sequences = Vec::with_capacity(count);
    while sequences.len() < count {
        sequences.push(next(events).await.unwrap().sequence);
    }
    sequences
}

/// Fails when an event comes although none should.
async fn assert_silent(events: &mut Events, time: Duration) {
    if let Ok(event) = timeout(time, events.next()).await {
        panic!("nothing should have come, but {event:?} did");
    }
}
