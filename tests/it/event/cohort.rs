//! Sockets that ask the same share one execution, and none misses anything by it.

use super::subscription::{START, events, numbers, score};
use serde_json::json;
use tests::{Socket, TestApp, build};

const NOW: &str = "subscription { sentimentUpdated { cursor record { snippet } } }";
/// As clients write it that resume.
const RESUMING: &str =
    "subscription ($after: Cursor) { sentimentUpdated(after: $after) { cursor record { snippet } } }";
const QUOTES: &str = "subscription { quoteUpdated(symbols: [\"ACME\", \"OTHER\"]) { symbol price } }";

async fn resume(socket: &mut Socket, after: Option<&str>) {
    let payload = json!({ "query": RESUMING, "variables": { "after": after } });
    socket.send(&json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
}

/// How many statements it takes until `count` sockets have heard of ten posts.
async fn statements(count: usize) -> u64 {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let mut sockets = Vec::new();
    for _ in 0..count {
        let mut socket = app.socket().await;
        socket.subscribe(NOW).await;
        sockets.push(socket);
    }
    // So that all have joined.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let before = app.platform.db.statements();
    score(&app, 1..=10).await;
    for socket in &mut sockets {
        assert_eq!(events(socket, 10).await.len(), 10);
    }
    let taken = app.platform.db.statements() - before;
    app.finish().await;
    taken
}

#[tokio::test]
async fn thirty_sockets_cost_as_many_statements_as_one() {
    let (one, thirty) = (statements(1).await, statements(30).await);
    // The feed looks at its table now and then.
    assert!(thirty <= one + 10, "{one} statements for one socket, {thirty} for thirty");
}

#[tokio::test]
async fn who_listens_over_http_shares_with_the_sockets() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let (address, mut socket) = (app.serve().await, app.socket().await);
    let mut listeners = Vec::new();
    for _ in 0..30 {
        let request = crate::http::post(address, NOW).header("accept", "text/event-stream");
        listeners.push(request.send().await.unwrap());
    }
    socket.subscribe(NOW).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let before = app.platform.db.statements();
    score(&app, 1..=10).await;
    assert_eq!(events(&mut socket, 10).await.len(), 10);
    for listener in &mut listeners {
        let mut heard = String::new();
        while heard.matches("event: next").count() < 10 {
            heard += str::from_utf8(&listener.chunk().await.unwrap().unwrap()).unwrap();
        }
    }
    let (taken, one) = (app.platform.db.statements() - before, statements(1).await);
    assert!(taken <= one + 10, "{one} statements for one socket, {taken} for one and thirty that listen");
    drop(listeners);
    app.finish().await;
}

#[tokio::test]
async fn a_socket_that_reads_slowly_misses_nothing() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let (mut slow, mut fast) = (app.socket().await, app.socket().await);
    slow.subscribe(NOW).await;
    fast.subscribe(NOW).await;
    score(&app, 1..=1).await;
    assert_eq!(events(&mut fast, 1).await, events(&mut slow, 1).await);
    // More than a cohort keeps.
    score(&app, 2..=1500).await;
    let read = events(&mut fast, 1499).await;
    assert_eq!(events(&mut slow, 1499).await, read);
    score(&app, 1501..=1510).await;
    assert_eq!(events(&mut slow, 10).await, events(&mut fast, 10).await);
    app.finish().await;
}

/// Of some number of answers the system's buffers take a part of the last one: what is left of it follows when the client
/// reads, though nothing more comes.
#[tokio::test]
async fn an_answer_that_its_socket_takes_in_part_arrives_whole() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let bodies = (0..90).map(|number| format!("b{number}: body")).collect::<Vec<_>>().join(" ");
    let query = format!("subscription {{ sentimentUpdated {{ record {{ post {{ {bodies} }} }} }} }}");
    let mut id = 0;
    for count in 1..=8 {
        let (mut slow, mut fast) = (app.socket().await, app.socket().await);
        slow.subscribe(&query).await;
        fast.subscribe(&query).await;
        // So that both have joined.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        for _ in 0..count {
            id += 1;
            let body = format!("$ACME is number {id}, {}", "great work ".repeat(700).trim_end());
            let post = build::new_post(&id.to_string(), "2026-01-05T10:00:00Z", &body);
            build::posts(&app.platform, &[post]).await;
            app.run_jobs().await;
            assert_eq!(fast.event("sentimentUpdated").await["record"]["post"]["b89"], body);
        }
        for number in id - count + 1..=id {
            let event = slow.event("sentimentUpdated").await;
            let start = format!("$ACME is number {number}, ");
            assert!(event["record"]["post"]["b0"].as_str().unwrap().starts_with(&start), "{count}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn who_resumes_catches_up_alone_and_goes_on_with_the_others() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let mut first = app.socket().await;
    resume(&mut first, None).await;
    score(&app, 1..=20).await;
    let all = events(&mut first, 20).await;
    let (mut second, mut third) = (app.socket().await, app.socket().await);
    resume(&mut second, Some(&all[4].0)).await;
    resume(&mut third, Some(START)).await;
    assert_eq!(events(&mut second, 15).await, all[5..]);
    assert_eq!(events(&mut third, 20).await, all);
    for batch in [21..=30, 31..=31, 32..=60] {
        let count = batch.clone().count();
        score(&app, batch).await;
        let new = events(&mut first, count).await;
        assert_eq!(events(&mut second, count).await, new);
        assert_eq!(events(&mut third, count).await, new);
        assert_eq!(numbers(&new).len(), count);
    }
    app.finish().await;
}

#[tokio::test]
async fn who_joins_late_gets_the_newest_state_first() {
    let mut app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME", "OTHER"]).await;
    let mut first = app.socket().await;
    first.subscribe(QUOTES).await;
    for (price, second) in [(10.0, "01"), (11.0, "02"), (12.0, "03")] {
        let time = format!("2026-01-05T10:00:{second}Z");
        build::quotes(&app.platform, &[build::new_quote("ACME", price, &time)]).await;
        assert_eq!(first.event("quoteUpdated").await["price"], format!("{price:.0}"));
    }
    let mut late = app.socket().await;
    late.subscribe(QUOTES).await;
    assert_eq!(late.event("quoteUpdated").await["price"], "12");
    build::quotes(&app.platform, &[build::new_quote("OTHER", 5.0, "2026-01-05T10:00:04Z")]).await;
    for socket in [&mut first, &mut late] {
        assert_eq!(socket.event("quoteUpdated").await, json!({ "symbol": "OTHER", "price": "5" }));
    }
    app.finish().await;
}

#[tokio::test]
async fn what_cannot_run_is_refused_to_each() {
    let mut app = TestApp::start().await;
    for _ in 0..3 {
        let mut socket = app.socket().await;
        socket.subscribe("subscription { quoteUpdated(symbols: []) { price } }").await;
        let answer = socket.next().await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], "symbols", "{answer}");
    }
    app.finish().await;
}
