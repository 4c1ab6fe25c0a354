//! Bars: stored once, revised without forgetting.

use domain::{
    Knowledge, SourceKind,
    market::{
        NewBar,
        price::{self, Stored},
    },
};
use insta::assert_snapshot;
use serde_json::Value;
use tests::{TestApp, build};

async fn store(app: &TestApp, bars: &[NewBar], source: SourceKind) -> Stored {
    price::store(&app.platform, bars, source, Knowledge::Historical).await.unwrap()
}

async fn history(app: &TestApp, arguments: &str) -> Vec<Value> {
    let fields = "time open high low close adjustedClose volume source";
    let query = format!(
        r#"{{ stock(symbol: "AAPL") {{ priceHistory(timeframe: ALL{arguments}) {{ edges {{ node {{ {fields} }} }} }} }} }}"#
    );
    let mut data = app.data(&query).await;
    let edges = data["stock"]["priceHistory"]["edges"].as_array_mut().unwrap();
    edges.iter_mut().map(|edge| edge["node"].take()).collect()
}

/// The closes as they were known at `moment`.
async fn closes(app: &TestApp, moment: &str) -> String {
    let bars = history(app, &format!(r#", asOf: "{moment}""#)).await;
    bars.iter().map(|bar| bar["close"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn twice_equals_once() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    let bars = [build::bar("AAPL", "2024-03-13", 10.0), build::bar("MSFT", "2024-03-13", 20.0)];
    assert_eq!(build::bars(&app.platform, &bars).await, Stored { added: 2, ..Stored::default() });
    assert_eq!(build::bars(&app.platform, &bars).await, Stored { unchanged: 2, ..Stored::default() });
    let doubled =
        [bars[0].clone(), build::bar("AAPL", "2024-03-14", 11.0), build::bar("AAPL", "2024-03-14", 12.0)];
    let expected = Stored { added: 1, unchanged: 2, ..Stored::default() };
    assert_eq!(build::bars(&app.platform, &doubled).await, expected);
    assert_eq!(closes(&app, "2024-03-15T12:00:00Z").await, "10 11");
    assert_eq!(build::bars(&app.platform, &[]).await, Stored::default());
    app.finish().await;
}

#[tokio::test]
async fn bars_make_their_stocks_known() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    build::bars(&app.platform, &[build::bar("BRK.B", "2024-03-13", 10.0)]).await;
    let data = app.data(r#"{ stock(symbol: "BRK.B") { name exchange isActive createdAt } }"#).await;
    app.finish().await;
    assert_snapshot!(data["stock"].to_string(), @r#"{"createdAt":"2024-03-15T12:00:00+00:00","exchange":"UNKNOWN","isActive":true,"name":"BRK.B"}"#);
}

#[tokio::test]
async fn a_revised_bar_leaves_the_old_one_readable_as_it_was_known_then() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    for (time, close) in [("12", 10.0), ("13", 11.0), ("14", 10.0), ("15", 10.0)] {
        app.platform.clock.set(build::time(&format!("2024-03-15T{time}:00:00Z")));
        let bars = [build::bar("AAPL", "2024-03-13", close), build::bar("AAPL", "2024-03-14", 5.0)];
        let stored = build::bars(&app.platform, &bars).await;
        assert_eq!(stored.revised, usize::from(time == "13" || time == "14"), "at {time}");
    }
    let mut found = Vec::new();
    for moment in [
        "03-13T19:59:59Z",
        "03-13T20:00:00Z",
        "03-15T12:59:59Z",
        "03-15T13:00:00Z",
        "03-15T13:59:59Z",
        "03-15T14:00:00Z",
    ] {
        found.push(format!("{moment}: {}", closes(&app, &format!("2024-{moment}")).await));
    }
    app.finish().await;
    assert_snapshot!(found.join("\n"), @r"
    03-13T19:59:59Z: 
    03-13T20:00:00Z: 10
    03-15T12:59:59Z: 10 5
    03-15T13:00:00Z: 11 5
    03-15T13:59:59Z: 11 5
    03-15T14:00:00Z: 10 5
    ");
}

#[tokio::test]
async fn every_part_of_a_bar_can_be_revised() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    let bar = build::bar("AAPL", "2024-03-13", 10.0);
    build::bars(&app.platform, std::slice::from_ref(&bar)).await;
    let ten = Some(build::amount(9.5));
    let changes = [
        NewBar { open: ten, ..bar.clone() },
        NewBar { high: ten, ..bar.clone() },
        NewBar { low: None, ..bar.clone() },
        NewBar { adjusted_close: ten, ..bar.clone() },
        NewBar { volume: Some(7), ..bar.clone() },
        bar,
    ];
    for (hour, change) in changes.into_iter().enumerate() {
        app.platform.clock.set(build::time(&format!("2024-03-15T{}:00:00Z", 13 + hour)));
        assert_eq!(build::bars(&app.platform, &[change]).await.revised, 1, "change {hour}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_simulation_never_takes_the_place_of_what_is_real() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    build::bars(&app.platform, &[build::bar("AAPL", "2024-03-13", 10.0)]).await;
    let simulated = [build::bar("AAPL", "2024-03-13", 99.0), build::bar("AAPL", "2024-03-14", 99.0)];
    let stored = store(&app, &simulated, SourceKind::Simulated).await;
    let bars = history(&app, "").await;
    app.finish().await;
    assert_eq!(stored, Stored { added: 1, unchanged: 1, ..Stored::default() });
    let sources: Vec<_> = bars.iter().map(|bar| bar["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["FILE", "SIMULATED"]);
}

#[tokio::test]
async fn what_is_real_replaces_the_simulation_as_if_it_had_never_been() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    let day = "2024-03-13";
    store(&app, &[build::bar("AAPL", day, 99.0)], SourceKind::Simulated).await;
    app.platform.clock.set(build::time("2024-03-15T13:00:00Z"));
    // Even where it says the same.
    let stored = build::bars(&app.platform, &[build::bar("AAPL", day, 99.0)]).await;
    assert_eq!(stored, Stored { added: 1, ..Stored::default() });
    let bars = history(&app, r#", asOf: "2024-03-13T20:00:00Z""#).await;
    app.finish().await;
    assert_eq!((bars.len(), &bars[0]["source"]), (1, &Value::from("FILE")));
}

#[tokio::test]
async fn adjusted_prices_are_scaled_by_adjusted_close_over_close() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    let amount = |value| Some(build::amount(value));
    let bar = NewBar {
        open: amount(640.0),
        high: amount(660.0),
        low: amount(636.3),
        close: build::amount(645.57),
        adjusted_close: amount(92.224_286),
        volume: Some(12_345_678_901),
        ..build::bar("AAPL", "2014-06-06", 1.0)
    };
    let bare = NewBar {
        open: None,
        high: None,
        low: None,
        adjusted_close: None,
        volume: None,
        ..build::bar("AAPL", "2014-06-09", 93.7)
    };
    build::bars(&app.platform, &[bar, bare]).await;
    let adjusted = history(&app, "").await;
    let traded = history(&app, ", adjusted: false").await;
    app.finish().await;
    let show = |bars: &[Value]| bars.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_snapshot!(show(&adjusted), @r#"
    {"adjustedClose":"92.224286","close":"92.224286","high":"94.28571458","low":"90.90000028","open":"91.42857171","source":"FILE","time":"2014-06-06T00:00:00+00:00","volume":12345678901}
    {"adjustedClose":null,"close":"93.7","high":null,"low":null,"open":null,"source":"FILE","time":"2014-06-09T00:00:00+00:00","volume":null}
    "#);
    assert_snapshot!(show(&traded), @r#"
    {"adjustedClose":"92.224286","close":"645.57","high":"660","low":"636.3","open":"640","source":"FILE","time":"2014-06-06T00:00:00+00:00","volume":12345678901}
    {"adjustedClose":null,"close":"93.7","high":null,"low":null,"open":null,"source":"FILE","time":"2014-06-09T00:00:00+00:00","volume":null}
    "#);
}
