//! Quotes: the newest one wins.

use domain::market::Quote;
use insta::assert_snapshot;
use serde_json::Value;
use tests::{TestApp, build};

async fn quote(app: &TestApp) -> Value {
    let fields = "symbol price change changePercent open previousClose volume asOf source isStale";
    app.data(&format!(r#"{{ stock(symbol: "AAPL") {{ quote {{ {fields} }} }} }}"#)).await["stock"]["quote"]
        .take()
}

async fn price(app: &TestApp) -> String {
    quote(app).await["price"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_quote_says_how_far_it_is_from_the_previous_close() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    assert_eq!(quote(&app).await, Value::Null);
    build::quotes(&app.platform, &[build::new_quote("AAPL", 102.5, "2024-03-15T14:59:00Z")]).await;
    let full = quote(&app).await;
    let bare = Quote {
        previous_close: None,
        volume: None,
        ..build::new_quote("AAPL", 103.0, "2024-03-15T14:59:30Z")
    };
    build::quotes(&app.platform, &[bare]).await;
    let bare = quote(&app).await;
    app.finish().await;
    assert_snapshot!(full, @r#"{"asOf":"2024-03-15T14:59:00+00:00","change":"2.5","changePercent":2.5,"isStale":false,"open":null,"previousClose":"100","price":"102.5","source":"FILE","symbol":"AAPL","volume":10}"#);
    assert_snapshot!(bare, @r#"{"asOf":"2024-03-15T14:59:30+00:00","change":null,"changePercent":null,"isStale":false,"open":null,"previousClose":null,"price":"103","source":"FILE","symbol":"AAPL","volume":null}"#);
}

#[tokio::test]
async fn an_older_quote_never_replaces_a_newer_one() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    for (price_now, time, expected) in [
        (10.0, "14:00:00", "10"),
        (11.0, "13:59:59", "10"),
        (12.0, "14:00:01", "12"),
        // A correction of the same moment.
        (13.0, "14:00:01", "13"),
    ] {
        let quote = build::new_quote("AAPL", price_now, &format!("2024-03-15T{time}Z"));
        build::quotes(&app.platform, &[quote]).await;
        assert_eq!(price(&app).await, expected);
    }
    app.finish().await;
}

#[tokio::test]
async fn of_several_quotes_in_a_batch_the_newest_counts() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let quotes = [
        build::new_quote("AAPL", 1.0, "2024-03-15T14:00:00Z"),
        build::new_quote("AAPL", 3.0, "2024-03-15T14:00:02Z"),
        build::new_quote("NOBODY", 9.0, "2024-03-15T14:00:02Z"),
        build::new_quote("AAPL", 2.0, "2024-03-15T14:00:01Z"),
    ];
    build::quotes(&app.platform, &quotes).await;
    assert_eq!(price(&app).await, "3");
    build::quotes(&app.platform, &[]).await;
    app.finish().await;
}

#[tokio::test]
async fn a_quote_is_stale_when_a_newer_one_was_due() {
    for (now, as_of, stale) in [
        // The exchange is open: fifteen minutes.
        ("2024-03-15T15:00:00Z", "2024-03-15T14:45:00Z", false),
        ("2024-03-15T15:00:00Z", "2024-03-15T14:44:59Z", true),
        // It rests: the last close counts, on weekends too.
        ("2024-03-15T23:00:00Z", "2024-03-15T20:00:00Z", false),
        ("2024-03-17T12:00:00Z", "2024-03-15T20:00:00Z", false),
        ("2024-03-17T12:00:00Z", "2024-03-15T19:00:00Z", true),
        // Before the opening bell of Monday the quote of Friday will do.
        ("2024-03-18T13:29:59Z", "2024-03-15T20:00:00Z", false),
    ] {
        let app = TestApp::start_on(now).await;
        build::stocks(&app.platform, &["AAPL"]).await;
        build::quotes(&app.platform, &[build::new_quote("AAPL", 1.0, as_of)]).await;
        assert_eq!(quote(&app).await["isStale"], stale, "{as_of} at {now}");
        app.finish().await;
    }
}

#[tokio::test]
async fn the_overview_ranks_counts_and_groups_what_is_quoted() {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    let symbols = ["AA", "BB", "CC", "DD", "EE", "FF", "GG"];
    build::stocks(&app.platform, &symbols).await;
    let prices = [101.0, 99.0, 100.0, 107.0, 93.0, 102.0];
    let quotes = prices.iter().zip(symbols);
    let quotes: Vec<_> =
        quotes.map(|(price, symbol)| build::new_quote(symbol, *price, "2024-03-15T14:59:00Z")).collect();
    build::quotes(&app.platform, &quotes).await;
    let data = app
        .data(
            "{ marketOverview { gainers { symbol } losers { symbol } mostTraded { symbol }
               sectors { name stockCount changePercent sources } breadth { advancing declining unchanged }
               indices { symbol } isOpen asOf sources mood { count } } }",
        )
        .await;
    app.finish().await;
    let overview = data["marketOverview"].as_object().unwrap();
    let lines: Vec<String> = overview.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    asOf: "2024-03-15T14:59:00+00:00"
    breadth: {"advancing":3,"declining":2,"unchanged":1}
    gainers: [{"symbol":"DD"},{"symbol":"FF"},{"symbol":"AA"}]
    indices: []
    isOpen: true
    losers: [{"symbol":"EE"},{"symbol":"BB"}]
    mood: {"count":0}
    mostTraded: [{"symbol":"DD"},{"symbol":"FF"},{"symbol":"AA"},{"symbol":"CC"},{"symbol":"BB"}]
    sectors: [{"changePercent":0.3333333333333333,"name":"Technology","sources":["FILE"],"stockCount":6}]
    sources: ["FILE"]
    "#);
}
