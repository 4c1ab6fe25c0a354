//! The numbers of events.

use super::{Aside, Noted, note};
use domain::event::{self, Event as _};
use entity::event::event::{Column, Entity};
use platform::bus::Signal;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::time::Duration;
use tests::TestApp;
use tokio::time::timeout;

async fn numbers(app: &TestApp, topic: &str) -> Vec<i64> {
    Entity::find()
        .select_only()
        .column(Column::Sequence)
        .filter(Column::Topic.eq(topic))
        .order_by_asc(Column::Sequence)
        .into_tuple()
        .all(app.platform.db.connection())
        .await
        .unwrap()
}

#[tokio::test]
async fn events_are_numbered_from_one_within_each_topic() {
    let app = TestApp::start().await;
    note(&app.platform, 1..=3).await;
    let txn = app.platform.db.begin().await.unwrap();
    let aside = [Aside { number: 10 }, Aside { number: 20 }];
    let _ = event::append(&txn, &app.platform.clock, &aside).await.unwrap();
    txn.commit().await.unwrap();
    note(&app.platform, 4..=4).await;
    assert_eq!(numbers(&app, Noted::TOPIC).await, [1, 2, 3, 4]);
    assert_eq!(numbers(&app, Aside::TOPIC).await, [1, 2]);
    app.finish().await;
}

#[tokio::test]
async fn a_rolled_back_event_leaves_neither_a_row_nor_a_gap() {
    let app = TestApp::start().await;
    note(&app.platform, 1..=1).await;
    let txn = app.platform.db.begin().await.unwrap();
    let _ = event::append(&txn, &app.platform.clock, &[Noted { number: 99 }]).await.unwrap();
    txn.rollback().await.unwrap();
    note(&app.platform, 2..=2).await;
    assert_eq!(numbers(&app, Noted::TOPIC).await, [1, 2]);
    let last = Entity::find_by_id((Noted::TOPIC.to_owned(), 2)).one(app.platform.db.connection()).await;
    assert_eq!(last.unwrap().unwrap().payload["number"], 2);
    app.finish().await;
}

#[tokio::test]
async fn more_events_than_fit_into_one_statement_are_appended_in_order() {
    let app = TestApp::start().await;
    note(&app.platform, 1..=12_000).await;
    assert_eq!(numbers(&app, Noted::TOPIC).await, (1..=12_000).collect::<Vec<_>>());
    app.finish().await;
}

#[tokio::test]
async fn appending_nothing_takes_no_number_and_announces_nothing() {
    let app = TestApp::start().await;
    let mut signals = app.platform.bus.subscribe();
    let txn = app.platform.db.begin().await.unwrap();
    let appended = event::append::<Noted>(&txn, &app.platform.clock, &[]).await.unwrap();
    txn.commit().await.unwrap();
    appended.announce(app.platform.bus.as_ref()).await;
    // A bus over Redis says once that it has connected.
    while let Ok(Some(signal)) = timeout(Duration::from_millis(100), signals.next()).await {
        assert!(matches!(signal, Signal::Resync), "{signal:?}");
    }
    assert_eq!(numbers(&app, Noted::TOPIC).await, [0_i64; 0]);
    app.finish().await;
}
