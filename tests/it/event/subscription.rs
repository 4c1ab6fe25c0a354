//! `sentimentUpdated`, over a real socket.

use async_graphql::Executor as _;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::time::Duration;
use tests::{Socket, TestApp, build};
use tokio::time::timeout;

/// The cursor before the first event.
pub const START: &str = "WyJzZW50aW1lbnQuc2NvcmVkIiwwXQ";

/// Stores posts that mention one stock each, and scores them.
pub async fn score(app: &TestApp, numbers: std::ops::RangeInclusive<u32>) {
    let posts: Vec<_> = numbers
        .map(|number| {
            let body = format!("$ACME is number {number}, great");
            build::new_post(&number.to_string(), "2026-01-05T10:00:00Z", &body)
        })
        .collect();
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
}

/// Cursor and snippet of the next `count` events.
pub async fn events(socket: &mut Socket, count: usize) -> Vec<(String, String)> {
    let mut events = Vec::new();
    while events.len() < count {
        let event = socket.event("sentimentUpdated").await;
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        events.push((text(&event["cursor"]), text(&event["record"]["snippet"])));
    }
    events
}

pub fn subscription(after: &str) -> String {
    format!("subscription {{ sentimentUpdated(after: {}) {{ cursor record {{ snippet }} }} }}", json!(after))
}

pub fn numbers(events: &[(String, String)]) -> Vec<u32> {
    let number = |(_, snippet): &(String, String)| {
        snippet.split_once("number ").unwrap().1.split(',').next().unwrap().parse().unwrap()
    };
    events.iter().map(number).collect()
}

#[tokio::test]
async fn a_client_that_reconnects_with_its_cursor_gets_every_record_once() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let mut socket = app.socket().await;
    socket.subscribe(&subscription(START)).await;
    score(&app, 1..=30).await;
    let mut got = events(&mut socket, 12).await;
    drop(socket);
    score(&app, 31..=80).await;
    for most in [25, 1000] {
        let mut socket = app.socket().await;
        socket.subscribe(&subscription(&got.last().unwrap().0)).await;
        let count = most.min(80 - got.len());
        got.extend(events(&mut socket, count).await);
    }
    let mut socket = app.socket().await;
    socket.subscribe(&subscription(&got.last().unwrap().0)).await;
    score(&app, 81..=81).await;
    got.extend(events(&mut socket, 1).await);
    let cursors: std::collections::HashSet<_> = got.iter().map(|(cursor, _)| cursor).collect();
    assert_eq!(cursors.len(), 81);
    let mut numbers = numbers(&got);
    assert_eq!(numbers[80], 81);
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=81).collect::<Vec<_>>());
    app.finish().await;
}

#[tokio::test]
async fn a_bad_or_foreign_cursor_is_the_clients_fault() {
    let app = TestApp::start().await;
    for after in ["", "nonsense", "WyJxdW90ZSIsMV0"] {
        let (code, field) = subscribe_and_fail(&app, after).await;
        assert_eq!((code.as_str(), field.as_str()), ("BAD_USER_INPUT", "after"), "{after:?}");
    }
    app.finish().await;
}

async fn subscribe_and_fail(app: &TestApp, after: &str) -> (String, String) {
    let mut stream = app.schema.execute_stream(subscription(after).into(), None);
    let response = timeout(Duration::from_secs(5), futures_util::StreamExt::next(&mut stream));
    let response = serde_json::to_value(response.await.unwrap().unwrap()).unwrap();
    let extensions = &response["errors"][0]["extensions"];
    let text = |name: &str| extensions[name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"))
}

#[tokio::test]
async fn a_stream_waits_for_a_database_that_is_busy() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    score(&app, 1..=3).await;
    let held = hold_all_connections(&app).await;
    let mut socket = app.socket().await;
    socket.subscribe(&subscription(START)).await;
    // Longer than anybody waits for a connection.
    tokio::time::sleep(Duration::from_secs(7)).await;
    drop(held);
    assert_eq!(numbers(&events(&mut socket, 3).await).len(), 3);
    app.finish().await;
}

/// Takes connections until there are no more.
async fn hold_all_connections(app: &TestApp) -> Vec<DatabaseTransaction> {
    let mut held = Vec::new();
    while let Ok(Ok(snapshot)) = timeout(Duration::from_secs(1), app.platform.db.snapshot()).await {
        held.push(snapshot);
    }
    held
}
