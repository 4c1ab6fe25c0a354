//! A point in time sees only what was known then.

use chrono::TimeDelta;
use domain::{
    Knowledge, SourceKind,
    market::{NewBar, price},
    news::{NewPost, post},
};
use serde_json::Value;
use tests::{TestApp, build};

/// After the close of Wednesday, 13 March 2024.
const THEN: &str = "2024-03-13T20:30:00Z";

/// Everything that can be asked about a moment.
fn questions(as_of: &str) -> String {
    let stock = format!(
        r#"priceHistory(timeframe: D90, last: 100, asOf: "{as_of}") {{ totalCount edges {{ cursor node {{ time close adjustedClose volume source }} }} }}
           sentiment(timeframe: D30, asOf: "{as_of}") {{ mean stdDev count positive neutral negative trend byDay {{ day mean stdDev count }} }}
           sentimentRecords(timeframe: D30, first: 100, asOf: "{as_of}") {{ totalCount edges {{ cursor node {{ score snippet }} }} }}
           sentimentSeries(timeframe: D30, asOf: "{as_of}") {{ day mean count close }}
           weeks: sentimentSeries(timeframe: ALL, bucket: WEEK, asOf: "{as_of}") {{ day mean count close }}
           correlation(timeframe: D90, asOf: "{as_of}") {{ r n pValue confidenceInterval95 strength }}
           lagged: correlation(timeframe: ALL, lagDays: -1, asOf: "{as_of}") {{ r n }}
           news(asOf: "{as_of}", first: 100) {{ totalCount edges {{ cursor node {{ body }} }} }}"#
    );
    format!(
        r#"{{ a: stock(symbol: "AAPL") {{ {stock} }} m: stock(symbol: "MSFT") {{ {stock} }}
             dashboardSummary(timeframe: D30, asOf: "{as_of}") {{
                 overall {{ mean stdDev count trend byDay {{ day mean count }} }}
                 mostPositive {{ stock {{ symbol }} sentiment {{ mean count }} }}
                 mostNegative {{ stock {{ symbol }} sentiment {{ mean count }} }} }}
             marketOverview {{ mood(timeframe: D30, asOf: "{as_of}") {{ mean count }} }} }}"#
    )
}

/// Ten sessions up to 13 March, and posts on each of them.
async fn past(app: &TestApp) {
    build::stocks(&app.platform, &["AAPL", "MSFT"]).await;
    let days = ["02-29", "03-01", "03-04", "03-05", "03-06", "03-07", "03-08", "03-11", "03-12", "03-13"];
    let moods =
        ["great gains, very happy", "terrible loss, awful", "it trades", "good", "so bad, horrible crash"];
    let (mut bars, mut posts) = (Vec::new(), Vec::new());
    for (n, day) in days.iter().enumerate() {
        let day = format!("2024-{day}");
        bars.push(build::bar("AAPL", &day, 100.0 + (n * n % 7) as f64));
        bars.push(build::bar("MSFT", &day, 200.0 - (n * 5 % 11) as f64));
        for (m, symbol) in ["AAPL", "MSFT"].iter().enumerate() {
            for hour in [9, 15] {
                let mood = moods[(n * 3 + m + hour) % moods.len()];
                let id = format!("{symbol}{n}{hour}");
                posts.push(build::new_post(
                    &id,
                    &format!("{day}T{hour:02}:10:00Z"),
                    &format!("${symbol} {mood}"),
                ));
            }
        }
    }
    build::bars(&app.platform, &bars).await;
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
}

/// Rows of every kind that became known after `THEN`: about its past, its day and what followed.
async fn future(app: &TestApp) {
    let mut bars: Vec<NewBar> = Vec::new();
    for (n, day) in ["02-29", "03-05", "03-12", "03-13", "03-14", "03-15"].iter().enumerate() {
        bars.push(build::bar("AAPL", &format!("2024-{day}"), 500.0 + n as f64));
        bars.push(build::bar("MSFT", &format!("2024-{day}"), 3.0 + n as f64));
    }
    bars.push(build::bar("AAPL", "2023-12-29", 700.0));
    price::store(&app.platform, &bars, SourceKind::Yahoo, Knowledge::Observed).await.unwrap();
    let new = |id: &str, time: &str, body: &str| NewPost {
        source: SourceKind::Reddit,
        ..build::new_post(id, time, body)
    };
    let seen_late = [
        new("x1", "2024-03-12T15:00:00Z", "$AAPL disaster, the worst fraud ever"),
        new("x2", "2024-03-13T20:29:59Z", "$MSFT disaster, the worst fraud ever"),
        new("x3", "2024-02-20T10:00:00Z", "$AAPL $MSFT wonderful, the best"),
    ];
    post::store(&app.platform, &seen_late, Knowledge::Observed).await.unwrap();
    let later = [
        new("y1", "2024-03-13T20:30:01Z", "$AAPL $MSFT horrible, I hate it"),
        new("y2", "2024-03-14T15:00:00Z", "$AAPL $MSFT horrible, I hate it"),
        new("y3", "2099-01-01T00:00:00Z", "$AAPL $MSFT horrible, I hate it"),
    ];
    post::store(&app.platform, &later, Knowledge::Historical).await.unwrap();
    build::stocks(&app.platform, &["ZZZ"]).await;
    app.run_jobs().await;
}

/// The places at which two answers differ, and how.
fn differences(path: &str, a: &Value, b: &Value) -> Vec<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a
            .iter()
            .flat_map(|(name, value)| differences(&format!("{path}.{name}"), value, &b[name]))
            .collect(),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.flat_map(|(n, (a, b))| differences(&format!("{path}.{n}"), a, b)).collect()
        }
        _ if a == b => Vec::new(),
        _ => vec![format!("{path}: {a} became {b}")],
    }
}

#[tokio::test]
async fn whatever_becomes_known_later_leaves_every_earlier_answer_as_it_was() {
    let app = TestApp::start_on(THEN).await;
    past(&app).await;
    let moments = ["2024-03-05T12:00:00Z", "2024-03-08T21:00:00Z", "2024-03-13T19:59:59Z", THEN];
    let mut before = Vec::new();
    for moment in moments {
        before.push(app.data(&questions(moment)).await);
    }
    app.platform.clock.set(build::time("2024-03-18T12:00:00Z"));
    future(&app).await;
    for (moment, before) in moments.iter().zip(before) {
        let after = app.data(&questions(moment)).await;
        assert_eq!(differences(moment, &before, &after), [""; 0]);
    }
    let now = app.data(&questions("2024-03-18T12:00:00Z")).await;
    app.finish().await;
    // The future is there, for those who ask later.
    assert_eq!(closes(&now["a"])[0], "700");
    assert_eq!(now["a"]["news"]["totalCount"], 24);
}

fn closes(stock: &Value) -> Vec<&str> {
    let edges = stock["priceHistory"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["close"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_answer_of_a_moment_is_the_answer_that_was_given_then() {
    let app = TestApp::start_on(THEN).await;
    past(&app).await;
    let live = questions(THEN)
        .replace(&format!(r#", asOf: "{THEN}""#), "")
        .replace(&format!(r#"asOf: "{THEN}", "#), "");
    assert!(!live.contains("asOf"), "{live}");
    let given = app.data(&live).await;
    app.platform.clock.set(build::time("2024-03-18T12:00:00Z"));
    future(&app).await;
    let asked_later = app.data(&questions(THEN)).await;
    app.finish().await;
    assert_eq!(differences("", &given, &asked_later), [""; 0]);
}

#[tokio::test]
async fn a_moment_in_the_future_is_now() {
    let app = TestApp::start_on(THEN).await;
    past(&app).await;
    future(&app).await;
    let now = app.data(&questions(THEN)).await;
    let future = app.data(&questions("2099-06-01T00:00:00Z")).await;
    app.finish().await;
    assert_eq!(differences("", &now, &future), [""; 0]);
    assert_eq!(
        now["a"]["news"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|edge| edge["node"]["body"].as_str().unwrap().contains("hate"))
            .count(),
        0
    );
}

#[tokio::test]
async fn a_bar_is_known_from_the_close_of_its_session() {
    let app = TestApp::start_on("2024-12-01T00:00:00Z").await;
    // A full session in summer time, one in winter time, and a half-day.
    let days = [
        ("2024-07-05", "2024-07-05T20:00:00Z"),
        ("2024-01-05", "2024-01-05T21:00:00Z"),
        ("2024-07-03", "2024-07-03T17:00:00Z"),
    ];
    build::bars(&app.platform, &days.map(|(day, _)| build::bar("AAPL", day, 10.0))).await;
    for (day, close) in days {
        let close = build::time(close);
        for (moment, expected) in [(close - TimeDelta::microseconds(1), 0), (close, 1)] {
            let query = format!(
                r#"{{ stock(symbol: "AAPL") {{ priceHistory(timeframe: D1, asOf: "{}") {{ totalCount }} }} }}"#,
                moment.format("%Y-%m-%dT%H:%M:%S%.6fZ")
            );
            let found = app.data(&query).await;
            assert_eq!(found["stock"]["priceHistory"]["totalCount"], expected, "{day} at {moment}");
        }
    }
    app.finish().await;
}
