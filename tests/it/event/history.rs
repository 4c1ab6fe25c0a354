//! A history that grows: posts that a worker scores, each of which becomes one event.

use domain::{
    event::{Event as _, Feed},
    news::NewPost,
    sentiment::{SentimentScored, record},
};
use entity::event::topic;
use futures_util::StreamExt as _;
use platform::Platform;
use sea_orm::EntityTrait as _;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tests::{TestApp, build};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

/// What the last event says.
pub const LAST: &str = "$ACME is the last";
const PAUSE: Duration = Duration::from_millis(120);
const PATIENCE: Duration = Duration::from_mins(1);

pub fn post(number: u32) -> NewPost {
    build::new_post(&number.to_string(), "2026-01-05T10:00:00Z", &format!("$ACME is number {number}"))
}

/// What the first `count` records say, in the order of their events.
pub async fn in_order(app: &TestApp, count: usize) -> Vec<String> {
    let events = Feed::start(&app.platform).follow(SentimentScored::TOPIC, Some(0)).await.unwrap();
    let events: Vec<_> = events.take(count).collect().await;
    let ids: Vec<_> =
        events.into_iter().map(|event| event.unwrap().read::<SentimentScored>().unwrap().record).collect();
    let records = record::by_ids(app.platform.db.connection(), ids.clone()).await.unwrap();
    let mut snippets: HashMap<_, _> =
        records.into_iter().map(|record| (record.id, record.snippet.unwrap())).collect();
    ids.iter().map(|id| snippets.remove(id).unwrap()).collect()
}

/// Posts that are stored little by little, until there is to be an end.
#[derive(Debug)]
pub struct Growth {
    enough: CancellationToken,
    posts: JoinHandle<u32>,
}

impl Growth {
    pub fn start(app: &TestApp) -> Self {
        let enough = CancellationToken::new();
        Self { enough: enough.clone(), posts: tokio::spawn(grow(app.platform.clone(), enough)) }
    }

    /// Ends the history by `LAST`; what it says, in order.
    pub async fn end(self, app: &TestApp) -> Vec<String> {
        self.enough.cancel();
        let count = self.posts.await.unwrap();
        wait_for(app, count).await;
        build::posts(&app.platform, &[NewPost { body: LAST.to_owned(), ..post(count) }]).await;
        wait_for(app, count + 1).await;
        in_order(app, count as usize + 1).await
    }
}

async fn grow(platform: Platform, enough: CancellationToken) -> u32 {
    let mut count = 0;
    while !enough.is_cancelled() {
        build::posts(&platform, &[post(count)]).await;
        count += 1;
        sleep(PAUSE).await;
    }
    count
}

/// Waits until there are so many more events.
pub async fn wait_for_more(app: &TestApp, count: u32) {
    let so_far = u32::try_from(last_sequence(app).await).unwrap();
    wait_for(app, so_far + count).await;
}

async fn wait_for(app: &TestApp, count: u32) {
    let started = Instant::now();
    while last_sequence(app).await < i64::from(count) {
        assert!(started.elapsed() < PATIENCE, "{} of {count} events", last_sequence(app).await);
        sleep(Duration::from_millis(50)).await;
    }
}

async fn last_sequence(app: &TestApp) -> i64 {
    let topic = topic::Entity::find_by_id(SentimentScored::TOPIC.to_owned());
    let topic = topic.one(app.platform.db.connection()).await.unwrap();
    topic.map_or(0, |topic| topic.last_sequence)
}
