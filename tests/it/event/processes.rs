//! Several processes over one database.

use super::{Events, Noted, note, sequences};
use domain::event::{Event as _, Feed};
use platform::bus::Signal;
use std::time::{Duration, Instant};
use tests::TestApp;

/// Without Redis by polling, with it by announcement.
#[tokio::test]
async fn what_one_process_appends_the_other_sees() {
    let app = TestApp::start().await;
    let other = app.another_platform().await;
    connected(&other).await;
    let (here, there) = (Feed::start(&app.platform), Feed::start(&other));
    let mut ours: Events = Box::pin(here.follow(Noted::TOPIC, Some(0)).await.unwrap());
    let mut theirs: Events = Box::pin(there.follow(Noted::TOPIC, Some(0)).await.unwrap());
    // Past the first poll.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    note(&app.platform, 1..=2).await;
    assert_eq!(sequences(&mut theirs, 2).await, [1, 2]);
    let elapsed = started.elapsed();
    let most = if app.config.redis.is_some() { 500 } else { 2000 };
    assert!(elapsed < Duration::from_millis(most), "it took {elapsed:?}");
    note(&other, 3..=3).await;
    assert_eq!(sequences(&mut ours, 3).await, [1, 2, 3]);
    assert_eq!(sequences(&mut theirs, 1).await, [3]);
    app.finish().await;
}

/// Waits until the bus listens; within a process it always does.
async fn connected(platform: &platform::Platform) {
    let mut signals = platform.bus.subscribe();
    for _ in 0..100 {
        platform.bus.publish("test.hello", String::new()).await;
        let heard = tokio::time::timeout(Duration::from_millis(50), signals.next()).await;
        if matches!(heard, Ok(Some(Signal::Message(_)))) {
            return;
        }
    }
    panic!("the bus does not connect");
}
