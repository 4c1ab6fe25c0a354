//! Followers and their positions.

use super::{Events, Noted, assert_silent, muted, next, note, sequences};
use chrono::TimeDelta;
use domain::event::{self, Event as _, Feed, FeedError};
use std::time::{Duration, Instant};
use tests::TestApp;

async fn follow(feed: &Feed, after: Option<i64>) -> Events {
    Box::pin(feed.follow(Noted::TOPIC, after).await.unwrap())
}

#[tokio::test]
async fn a_follower_with_a_cursor_gets_what_it_missed_and_then_goes_live() {
    let app = TestApp::start().await;
    note(&app.platform, 1..=5).await;
    let feed = Feed::start(&app.platform);
    let mut events = follow(&feed, Some(2)).await;
    assert_eq!(sequences(&mut events, 3).await, [3, 4, 5]);
    note(&app.platform, 6..=7).await;
    assert_eq!(sequences(&mut events, 2).await, [6, 7]);
    assert_silent(&mut events, Duration::from_millis(100)).await;
    app.finish().await;
}

#[tokio::test]
async fn a_follower_without_a_cursor_gets_only_what_comes() {
    let app = TestApp::start().await;
    note(&app.platform, 1..=5).await;
    let feed = Feed::start(&app.platform);
    let mut events = follow(&feed, None).await;
    assert_silent(&mut events, Duration::from_millis(100)).await;
    note(&app.platform, 6..=6).await;
    assert_eq!(sequences(&mut events, 1).await, [6]);
    app.finish().await;
}

#[tokio::test]
async fn a_cursor_beyond_the_end_or_below_zero_is_unknown() {
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    note(&app.platform, 1..=5).await;
    for after in [6, i64::MAX, -1, i64::MIN] {
        let refused = feed.follow(Noted::TOPIC, Some(after)).await.err().expect("it is unknown");
        assert!(matches!(refused, FeedError::Unknown), "{after}: {refused:?}");
    }
    assert!(matches!(feed.follow("test.empty", Some(1)).await.err(), Some(FeedError::Unknown)));
    app.finish().await;
}

#[tokio::test]
async fn a_cursor_whose_successors_were_deleted_has_expired() {
    let app = TestApp::start_on("2026-01-05T10:00:00Z").await;
    let clock = &app.platform.clock;
    note(&app.platform, 1..=3).await;
    clock.set(clock.now() + TimeDelta::days(1));
    note(&app.platform, 4..=5).await;
    let db = app.platform.db.connection();
    assert_eq!(event::delete_before(db, clock.now()).await.unwrap(), 3);
    let feed = Feed::start(&app.platform);
    let refused = next(&mut follow(&feed, Some(1)).await).await;
    assert!(matches!(refused, Err(FeedError::Expired)), "{refused:?}");
    // The next event is still there.
    assert_eq!(sequences(&mut follow(&feed, Some(3)).await, 2).await, [4, 5]);
    event::delete_before(db, clock.now() + TimeDelta::days(1)).await.unwrap();
    // A process that still has them in memory may deliver them; another cannot.
    let feed = Feed::start(&app.platform);
    let refused = next(&mut follow(&feed, Some(4)).await).await;
    assert!(matches!(refused, Err(FeedError::Expired)), "{refused:?}");
    // Who has them all has missed nothing, and numbers go on.
    let mut events = follow(&feed, Some(5)).await;
    note(&app.platform, 6..=6).await;
    assert_eq!(sequences(&mut events, 1).await, [6]);
    app.finish().await;
}

#[tokio::test]
async fn a_slow_follower_loses_nothing_though_memory_is_overrun() {
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    let mut slow = follow(&feed, Some(0)).await;
    let mut fast = follow(&feed, Some(0)).await;
    note(&app.platform, 1..=10).await;
    assert_eq!(sequences(&mut slow, 4).await, [1, 2, 3, 4]);
    for start in (11..6000).step_by(300) {
        note(&app.platform, start..=start + 299).await;
    }
    assert_eq!(sequences(&mut fast, 6010).await, (1..=6010).collect::<Vec<_>>());
    assert_eq!(sequences(&mut slow, 6006).await, (5..=6010).collect::<Vec<_>>());
    app.finish().await;
}

#[tokio::test]
async fn the_poll_makes_up_for_a_lost_announcement() {
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    let mut events = follow(&feed, None).await;
    let started = Instant::now();
    note(&muted(&app.platform), 1..=2).await;
    assert_eq!(sequences(&mut events, 2).await, [1, 2]);
    assert!(started.elapsed() < Duration::from_secs(3), "it took {:?}", started.elapsed());
    app.finish().await;
}

#[tokio::test]
async fn a_live_follower_does_not_make_the_process_read_old_history() {
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    // The process has not heard of this topic when the follower comes.
    note(&muted(&app.platform), 1..=6000).await;
    let before = app.platform.db.statements();
    let mut events = follow(&feed, None).await;
    note(&app.platform, 6001..=6001).await;
    assert_eq!(sequences(&mut events, 1).await, [6001]);
    let statements = app.platform.db.statements() - before;
    assert!(statements < 12, "{statements} statements for one event");
    app.finish().await;
}
