//! A post belongs to the first session that closes after it.

use insta::assert_snapshot;
use tests::{TestApp, build};

/// When a post is published, and the session that it could still influence.
const CASES: [(&str, &str); 14] = [
    // A Thursday in summer time: the bell rings at 20:00.
    ("2024-03-14T04:00:00Z", "2024-03-14"),
    ("2024-03-14T19:59:59Z", "2024-03-14"),
    ("2024-03-14T20:00:00Z", "2024-03-15"),
    // A Friday evening and the weekend.
    ("2024-03-15T20:00:01Z", "2024-03-18"),
    ("2024-03-16T12:00:00Z", "2024-03-18"),
    ("2024-03-17T23:59:59Z", "2024-03-18"),
    // Good Friday.
    ("2024-03-28T19:59:59Z", "2024-03-28"),
    ("2024-03-28T20:00:00Z", "2024-04-01"),
    ("2024-03-29T15:00:00Z", "2024-04-01"),
    // Half a day before Independence Day: the bell rings at 17:00.
    ("2024-07-03T16:59:59Z", "2024-07-03"),
    ("2024-07-03T17:00:00Z", "2024-07-05"),
    ("2024-07-04T12:00:00Z", "2024-07-05"),
    // In winter time the bell rings at 21:00.
    ("2024-01-05T20:59:59Z", "2024-01-05"),
    ("2024-01-05T21:00:00Z", "2024-01-08"),
];

#[tokio::test]
async fn a_post_after_the_close_belongs_to_the_next_session() {
    let app = TestApp::start_on("2024-12-01T00:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    build::posts(&app.platform, &CASES.map(|(time, _)| build::new_post(time, time, "$AAPL is good"))).await;
    app.run_jobs().await;
    let query = r#"{ stock(symbol: "AAPL") { sentimentRecords(timeframe: Y1, first: 100) {
        edges { node { publishedAt sessionDay } } } } }"#;
    let data = app.data(query).await;
    app.finish().await;
    let mut found: Vec<(String, String)> = Vec::new();
    for edge in data["stock"]["sentimentRecords"]["edges"].as_array().unwrap() {
        let text = |name: &str| edge["node"][name].as_str().unwrap().replace("+00:00", "Z");
        found.push((text("publishedAt"), text("sessionDay")));
    }
    let mut expected = CASES.map(|(time, day)| (time.to_owned(), day.to_owned())).to_vec();
    expected.sort_by(|a, b| b.cmp(a));
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_session_s_scores_count_once_it_is_asked_for_by_day() {
    let app = TestApp::start_on("2024-03-18T15:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let posts = [
        build::new_post("friday", "2024-03-15T15:00:00Z", "$AAPL is good"),
        build::new_post("evening", "2024-03-15T21:00:00Z", "$AAPL is bad"),
        build::new_post("sunday", "2024-03-17T21:00:00Z", "$AAPL is bad"),
        build::new_post("monday", "2024-03-18T14:00:00Z", "$AAPL is good"),
    ];
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    let data = app.data(r#"{ stock(symbol: "AAPL") { sentiment { byDay { day count mean } } } }"#).await;
    app.finish().await;
    let days = data["stock"]["sentiment"]["byDay"].as_array().unwrap().iter().map(ToString::to_string);
    assert_snapshot!(days.collect::<Vec<_>>().join("\n"), @r#"
    {"count":1,"day":"2024-03-15","mean":0.4404}
    {"count":3,"day":"2024-03-18","mean":-0.21473333333333333}
    "#);
}
