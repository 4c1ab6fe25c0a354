//! The market as it moves.

use domain::market::{QuoteFeed, audience, watchlist};
use futures_util::StreamExt as _;
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};
use tests::{TestApp, build};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_subscriber_gets_the_current_quote_and_then_each_newer_one() {
    let mut app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL", "MSFT", "OTHER"]).await;
    build::quotes(&app.platform, &[build::new_quote("AAPL", 10.0, "2024-03-15T14:00:00Z")]).await;
    let mut socket = app.socket().await;
    socket
        .subscribe(r#"subscription { quoteUpdated(symbols: ["AAPL", "MSFT"]) { symbol price asOf } }"#)
        .await;
    let first = socket.event("quoteUpdated").await;
    assert_eq!((&first["symbol"], &first["price"]), (&Value::from("AAPL"), &Value::from("10")));
    for (symbol, price, second) in
        [("OTHER", 1.0, 1), ("AAPL", 11.0, 1), ("AAPL", 9.0, 0), ("MSFT", 20.0, 1), ("AAPL", 12.0, 2)]
    {
        let quote = build::new_quote(symbol, price, &format!("2024-03-15T14:00:0{second}Z"));
        build::quotes(&app.platform, &[quote]).await;
        // The other symbol is not asked for, and the old quote is no news.
        if symbol != "OTHER" && second > 0 {
            let event = socket.event("quoteUpdated").await;
            assert_eq!(
                (event["symbol"].as_str().unwrap(), event["price"].as_str().unwrap()),
                (symbol, &*price.to_string())
            );
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_correction_of_the_same_moment_reaches_subscribers_too() {
    let mut app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    build::quotes(&app.platform, &[build::new_quote("AAPL", 10.0, "2024-03-15T14:00:00Z")]).await;
    let mut socket = app.socket().await;
    socket.subscribe(r#"subscription { quoteUpdated(symbols: ["AAPL"]) { price } }"#).await;
    assert_eq!(socket.event("quoteUpdated").await["price"], "10");
    build::quotes(&app.platform, &[build::new_quote("AAPL", 10.5, "2024-03-15T14:00:00Z")]).await;
    assert_eq!(socket.event("quoteUpdated").await["price"], "10.5");
    app.finish().await;
}

#[tokio::test]
async fn a_slow_subscriber_misses_steps_but_never_the_end() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let feed = QuoteFeed::start(&app.platform);
    let mut quotes = Box::pin(feed.follow(BTreeSet::from([build::symbol("AAPL")])));
    for second in 1..=30 {
        let quote = build::new_quote("AAPL", f64::from(second), &format!("2024-03-15T14:00:{second:02}Z"));
        build::quotes(&app.platform, &[quote]).await;
    }
    let mut seen = Vec::new();
    while seen.last() != Some(&30.0) {
        seen.push(timeout(PATIENCE, quotes.next()).await.unwrap().unwrap().price.to_f64());
    }
    app.finish().await;
    assert!(seen.is_sorted(), "{seen:?}");
    assert!(seen.len() < 30, "nothing was conflated: {seen:?}");
}

#[tokio::test]
async fn what_changes_nothing_wakes_nobody() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL", "MSFT"]).await;
    let quote = build::new_quote("AAPL", 10.0, "2024-03-15T14:00:00Z");
    build::quotes(&app.platform, std::slice::from_ref(&quote)).await;
    let feed = QuoteFeed::start(&app.platform);
    let mut quotes = Box::pin(feed.follow(BTreeSet::from([build::symbol("AAPL"), build::symbol("MSFT")])));
    timeout(PATIENCE, quotes.next()).await.unwrap().unwrap();
    let before = *feed.changes().borrow();
    // The same again, an older one, none at all, and then something new.
    build::quotes(&app.platform, std::slice::from_ref(&quote)).await;
    build::quotes(&app.platform, &[build::new_quote("AAPL", 9.0, "2024-03-15T13:00:00Z")]).await;
    build::quotes(&app.platform, &[]).await;
    build::quotes(&app.platform, &[build::new_quote("MSFT", 20.0, "2024-03-15T14:00:00Z")]).await;
    let next = timeout(PATIENCE, quotes.next()).await.unwrap().unwrap();
    let after = *feed.changes().borrow();
    app.finish().await;
    assert_eq!(next.symbol.as_str(), "MSFT");
    assert_eq!(after - before, 1);
}

#[tokio::test]
async fn the_overview_comes_at_once_and_again_when_quotes_change() {
    let mut app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    build::quotes(&app.platform, &[build::new_quote("AAPL", 110.0, "2024-03-15T14:00:00Z")]).await;
    let mut socket = app.socket().await;
    socket
        .subscribe("subscription { marketUpdated { gainers { symbol quote { price } } losers { symbol } } }")
        .await;
    let first = socket.event("marketUpdated").await;
    assert_eq!(first["gainers"][0]["quote"]["price"], "110");
    build::quotes(&app.platform, &[build::new_quote("AAPL", 90.0, "2024-03-15T14:00:01Z")]).await;
    let second = loop {
        let event = socket.event("marketUpdated").await;
        if event != first {
            break event;
        }
    };
    app.finish().await;
    assert_eq!(second["losers"][0]["symbol"], "AAPL");
}

#[tokio::test]
async fn who_follows_a_symbol_is_seen_until_they_leave() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    let symbols = ["AAPL", "MSFT"];
    build::stocks(&app.platform, &symbols).await;
    watchlist::add(&app.platform, &symbols.map(build::symbol)).await.unwrap();
    let feed = QuoteFeed::start(&app.platform);
    let quotes = feed.follow(BTreeSet::from([build::symbol("AAPL")]));
    feed.audience().note(&app.platform).await.unwrap();
    let during = audience::present(app.platform.db.connection(), app.platform.clock.now()).await.unwrap();
    drop(quotes);
    app.platform.clock.set(build::time("2024-03-15T15:10:00Z"));
    feed.audience().note(&app.platform).await.unwrap();
    let after = audience::present(app.platform.db.connection(), app.platform.clock.now()).await.unwrap();
    app.finish().await;
    assert_eq!((during, after), (["AAPL".to_owned()].into(), [].into()));
}
