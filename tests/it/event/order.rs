//! Transactions that overlap: a follower sees them in the order of their commits, all of them.

use super::{Aside, Noted, assert_silent, next, note, sequences};
use domain::event::{self, Event as _, Feed};
use platform::Platform;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::time::Duration;
use tests::{TestApp, on_postgres};
use tokio::time::{sleep, timeout};

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn an_append_waits_for_the_transaction_that_took_the_number_before() {
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    let mut events: super::Events = Box::pin(feed.follow(Noted::TOPIC, Some(0)).await.unwrap());
    let first = app.platform.db.begin().await.unwrap();
    let appended = event::append(&first, &app.platform.clock, &[Noted { number: 1 }]).await.unwrap();
    let platform = app.platform.clone();
    let mut second = tokio::spawn(async move { note(&platform, 2..=2).await });
    assert!(timeout(SHORT, &mut second).await.is_err(), "the second append overtook the first");
    assert_silent(&mut events, SHORT).await;
    first.commit().await.unwrap();
    appended.announce(app.platform.bus.as_ref()).await;
    second.await.unwrap();
    for number in 1..=2 {
        let event = next(&mut events).await.unwrap();
        assert_eq!((event.sequence, event.read::<Noted>().unwrap()), (number, Noted { number }));
    }
    app.finish().await;
}

#[tokio::test]
async fn an_open_transaction_does_not_hold_up_other_topics() {
    if !on_postgres() {
        println!("SQLite has one writer at a time: nothing to check");
        return;
    }
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    let mut asides: super::Events = Box::pin(feed.follow(Aside::TOPIC, Some(0)).await.unwrap());
    let mut events: super::Events = Box::pin(feed.follow(Noted::TOPIC, Some(0)).await.unwrap());
    let first = app.platform.db.begin().await.unwrap();
    let appended = event::append(&first, &app.platform.clock, &[Noted { number: 1 }]).await.unwrap();
    let second = app.platform.db.begin().await.unwrap();
    let aside = event::append(&second, &app.platform.clock, &[Aside { number: 1 }]).await.unwrap();
    second.commit().await.unwrap();
    aside.announce(app.platform.bus.as_ref()).await;
    assert_eq!(sequences(&mut asides, 1).await, [1]);
    assert_silent(&mut events, SHORT).await;
    first.commit().await.unwrap();
    appended.announce(app.platform.bus.as_ref()).await;
    assert_eq!(sequences(&mut events, 1).await, [1]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_appenders_at_once_are_followed_in_order_without_gap_or_double() {
    const APPENDERS: u64 = 6;
    const TURNS: i64 = 25;
    let app = TestApp::start().await;
    let feed = Feed::start(&app.platform);
    let mut events: super::Events = Box::pin(feed.follow(Noted::TOPIC, Some(0)).await.unwrap());
    let appenders =
        (0..APPENDERS).map(|seed| tokio::spawn(append_at_random(app.platform.clone(), seed, TURNS)));
    let appenders = futures_util::future::join_all(appenders);
    let committed = async { appenders.await.into_iter().map(Result::unwrap).sum::<i64>() };
    let follow = async {
        let mut got = Vec::new();
        // The appenders' count is known only at the end, so the follower stops when it is idle.
        while let Ok(Some(event)) =
            timeout(Duration::from_secs(2), futures_util::StreamExt::next(&mut events)).await
        {
            got.push(event.unwrap().sequence);
        }
        got
    };
    let (committed, got) = tokio::join!(committed, follow);
    assert_eq!(got, (1..=committed).collect::<Vec<_>>());
    app.finish().await;
}

/// Appends some events per transaction, commits most of them late; returns how many were committed.
async fn append_at_random(platform: Platform, seed: u64, turns: i64) -> i64 {
    let mut random = StdRng::seed_from_u64(seed);
    let mut committed = 0;
    for number in 0..turns {
        sleep(Duration::from_micros(random.random_range(0..4000))).await;
        let noted = vec![Noted { number }; random.random_range(1..4)];
        let txn = platform.db.begin().await.unwrap();
        let appended = event::append(&txn, &platform.clock, &noted).await.unwrap();
        sleep(Duration::from_micros(random.random_range(0..3000))).await;
        if random.random_bool(0.2) {
            txn.rollback().await.unwrap();
            continue;
        }
        txn.commit().await.unwrap();
        committed += i64::try_from(noted.len()).unwrap();
        // Some announcements are lost.
        if random.random_bool(0.7) {
            appended.announce(platform.bus.as_ref()).await;
        }
    }
    committed
}
