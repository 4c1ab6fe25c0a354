//! Sentiment and close side by side.

use insta::assert_snapshot;
use tests::{TestApp, build};

async fn series(app: &TestApp, bucket: &str) -> String {
    let query = format!(
        r#"{{ stock(symbol: "AAPL") {{ sentimentSeries(timeframe: D90, bucket: {bucket}) {{ day mean count close }} }} }}"#
    );
    let data = app.data(&query).await;
    let points = data["stock"]["sentimentSeries"].as_array().unwrap().iter();
    let shown = points.map(|point| {
        format!("{} {} {} {}", point["day"].as_str().unwrap(), point["count"], point["mean"], point["close"])
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_point_has_the_scores_of_its_bucket_and_its_last_close() {
    let app = TestApp::start_on("2024-04-03T22:00:00Z").await;
    let bars = [
        ("2024-03-27", 10.0),
        ("2024-03-28", 11.0),
        ("2024-04-01", 12.0),
        ("2024-04-02", 13.0),
        ("2024-04-03", 14.0),
    ];
    build::bars(&app.platform, &bars.map(|(day, close)| build::bar("AAPL", day, close))).await;
    let posts = [
        ("2024-03-26T15:00:00Z", "good"),
        ("2024-03-28T15:00:00Z", "good"),
        ("2024-03-28T16:00:00Z", "bad"),
        // Good Friday: the post belongs to Monday, the first of April.
        ("2024-03-29T15:00:00Z", "bad"),
        ("2024-04-03T15:00:00Z", "there"),
        // After the bell: a session that has no close yet.
        ("2024-04-03T21:00:00Z", "good"),
    ];
    build::posts(
        &app.platform,
        &posts.map(|(time, mood)| build::new_post(time, time, &format!("$AAPL is {mood}"))),
    )
    .await;
    app.run_jobs().await;
    let (days, weeks, months) =
        (series(&app, "DAY").await, series(&app, "WEEK").await, series(&app, "MONTH").await);
    app.finish().await;
    assert_snapshot!(days, @r#"
    2024-03-26 1 0.4404 null
    2024-03-27 0 null "10"
    2024-03-28 2 -0.05095 "11"
    2024-04-01 1 -0.5423 "12"
    2024-04-02 0 null "13"
    2024-04-03 1 0.0 "14"
    2024-04-04 1 0.4404 null
    "#);
    assert_snapshot!(weeks, @r#"
    2024-03-25 3 0.11283333333333334 "11"
    2024-04-01 3 -0.03396666666666667 "14"
    "#);
    assert_snapshot!(months, @r#"
    2024-03-01 3 0.11283333333333334 "11"
    2024-04-01 3 -0.03396666666666667 "14"
    "#);
}
