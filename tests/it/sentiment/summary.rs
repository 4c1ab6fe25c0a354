//! Mean, spread, counts and trend against sums done by hand.

use domain::{SourceKind, news::NewPost};
use serde_json::Value;
use tests::{TestApp, build};

/// VADER's compound scores of one word among neutral ones.
const GOOD: f64 = 0.4404;
const GREAT: f64 = 0.6249;
const BAD: f64 = -0.5423;
const TERRIBLE: f64 = -0.4767;

const FIELDS: &str =
    "mean stdDev count positive neutral negative trend byDay { day mean stdDev count close }";

async fn app_with(posts: &[(&str, &str)]) -> TestApp {
    let app = TestApp::start_on("2024-03-15T20:30:00Z").await;
    build::stocks(&app.platform, &["AAPL", "MSFT"]).await;
    let posts = posts.iter().enumerate().map(|(n, (time, body))| build::new_post(&n.to_string(), time, body));
    build::posts(&app.platform, &posts.collect::<Vec<_>>()).await;
    app.run_jobs().await;
    app
}

async fn sentiment(app: &TestApp, arguments: &str) -> Value {
    let query = format!(r#"{{ stock(symbol: "AAPL") {{ sentiment{arguments} {{ {FIELDS} }} }} }}"#);
    app.data(&query).await["stock"]["sentiment"].take()
}

#[track_caller]
fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[tokio::test]
async fn a_summary_is_what_its_scores_add_up_to() {
    let app = app_with(&[
        ("2024-03-11T15:00:00Z", "$AAPL is good"),
        ("2024-03-11T16:00:00Z", "$AAPL is great"),
        ("2024-03-12T15:00:00Z", "$AAPL is bad"),
        ("2024-03-14T15:00:00Z", "$AAPL is traded"),
        ("2024-03-14T16:00:00Z", "$AAPL is terrible"),
        ("2024-03-14T17:00:00Z", "$MSFT is terrible"),
        // A week and a second ago.
        ("2024-03-08T20:29:59Z", "$AAPL is terrible"),
    ])
    .await;
    let found = sentiment(&app, "").await;
    app.finish().await;

    let scores = [GOOD, GREAT, BAD, 0.0, TERRIBLE];
    let mean = scores.iter().sum::<f64>() / 5.0;
    close(&found["mean"], mean);
    let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
    close(&found["stdDev"], (squares / 4.0).sqrt());
    let counts = ["count", "positive", "neutral", "negative"].map(|name| found[name].as_i64().unwrap());
    assert_eq!(counts, [5, 2, 1, 2]);

    // Least squares through the means of days 0, 1 and 3: their centre is 4/3.
    let days = [(0.0, f64::midpoint(GOOD, GREAT)), (1.0, BAD), (3.0, TERRIBLE / 2.0)];
    let centre = days.iter().map(|(_, mean)| mean).sum::<f64>() / 3.0;
    let above: f64 = days.iter().map(|(day, mean)| (day - 4.0 / 3.0) * (mean - centre)).sum();
    close(&found["trend"], above / (16.0 / 9.0 + 1.0 / 9.0 + 25.0 / 9.0));

    let by_day = found["byDay"].as_array().unwrap();
    let names: Vec<&str> = by_day.iter().map(|day| day["day"].as_str().unwrap()).collect();
    assert_eq!(names, ["2024-03-11", "2024-03-12", "2024-03-14"]);
    for (day, (_, mean)) in by_day.iter().zip(days) {
        close(&day["mean"], mean);
    }
    close(&by_day[0]["stdDev"], (GREAT - GOOD) / 2.0_f64.sqrt());
    assert_eq!(by_day[1]["stdDev"], Value::Null);
    assert_eq!(by_day[0]["close"], Value::Null);
}

#[tokio::test]
async fn what_has_no_answer_is_null() {
    let app = app_with(&[("2024-03-11T15:00:00Z", "$MSFT is good")]).await;
    let none = sentiment(&app, "").await;
    let one = app.data(&format!(r#"{{ stock(symbol: "MSFT") {{ sentiment {{ {FIELDS} }} }} }}"#)).await;
    app.finish().await;
    for name in ["mean", "stdDev", "trend"] {
        assert_eq!(none[name], Value::Null, "{name}");
    }
    assert_eq!((&none["count"], &none["byDay"]), (&Value::from(0), &Value::Array(Vec::new())));
    close(&one["stock"]["sentiment"]["mean"], GOOD);
    assert_eq!(one["stock"]["sentiment"]["stdDev"], Value::Null);
    assert_eq!(one["stock"]["sentiment"]["trend"], Value::Null);
}

#[tokio::test]
async fn a_timeframe_begins_after_its_length_and_ends_with_now() {
    let app = app_with(&[
        ("2024-03-15T20:30:00Z", "$AAPL now"),
        ("2024-03-14T20:30:01Z", "$AAPL today"),
        ("2024-03-14T20:30:00Z", "$AAPL yesterday"),
        ("2024-03-01T20:30:01Z", "$AAPL two weeks"),
        ("2024-02-14T20:30:01Z", "$AAPL thirty days"),
        ("2023-12-16T20:30:01Z", "$AAPL ninety days"),
        ("2023-03-16T20:30:01Z", "$AAPL a year"),
        ("2019-03-16T20:30:01Z", "$AAPL five years"),
        ("2001-01-01T00:00:00Z", "$AAPL ever"),
    ])
    .await;
    let mut counts = Vec::new();
    for timeframe in ["D1", "D7", "D14", "D30", "D90", "Y1", "Y5", "ALL"] {
        counts.push(sentiment(&app, &format!("(timeframe: {timeframe})")).await["count"].as_i64().unwrap());
    }
    app.finish().await;
    assert_eq!(counts, [2, 3, 4, 5, 6, 7, 8, 9]);
}

#[tokio::test]
async fn sources_can_be_picked() {
    let app = app_with(&[("2024-03-14T15:00:00Z", "$AAPL is good")]).await;
    let reddit = NewPost {
        source: SourceKind::Reddit,
        ..build::new_post("0", "2024-03-14T16:00:00Z", "$AAPL is bad")
    };
    build::posts(&app.platform, &[reddit]).await;
    app.run_jobs().await;
    let mut found = Vec::new();
    for arguments in [
        "",
        "(sources: [])",
        "(sources: [FILE])",
        "(sources: [REDDIT])",
        "(sources: [FILE, REDDIT])",
        "(sources: [GDELT])",
    ] {
        found.push(sentiment(&app, arguments).await["count"].as_i64().unwrap());
    }
    let bad = sentiment(&app, "(sources: [REDDIT])").await;
    app.finish().await;
    assert_eq!(found, [2, 2, 1, 1, 2, 0]);
    close(&bad["mean"], BAD);
}
