//! What is left of a score when someone tries to move it.

use domain::news::{FindCopies, NewPost};
use serde_json::Value;
use tests::{TestApp, build};

const FIELDS: &str = "mean count robust { mean count effectiveCount interval95 withCopies { mean count } \
    withoutTopAuthor { mean count } withoutSource { source rest { mean count } } campaignRecords crossPostRecords }";

/// Words that no two posts share, so that only a copy is near another.
fn organic(n: usize) -> NewPost {
    let moods = ["is good", "is bad", "is fine", "is terrible", "is great"];
    let words: Vec<String> = (0..12).map(|word| format!("w{n}x{word}")).collect();
    let body = format!("$AAPL {} {}", moods[n % moods.len()], words.join(" "));
    let time = format!("2024-03-14T{:02}:{:02}:00Z", 10 + n / 60, n % 60);
    NewPost { author: Some(format!("reader{n}")), ..build::new_post(&format!("organic{n}"), &time, &body) }
}

/// Of a campaign: each changes a word or two.
fn brigade(n: usize) -> NewPost {
    let body = format!(
        "$AAPL is a great great great company and everyone who reads this should buy it today before others do \
         because number{n} says it will be excellent"
    );
    let time = format!("2024-03-14T{:02}:{:02}:00Z", 11 + n / 60 % 8, n % 60);
    NewPost { author: Some(format!("bot{n}")), ..build::new_post(&format!("brigade{n}"), &time, &body) }
}

async fn sentiment(app: &TestApp) -> Value {
    let query = format!(r#"{{ stock(symbol: "AAPL") {{ sentiment {{ {FIELDS} }} }} }}"#);
    app.data(&query).await["stock"]["sentiment"].take()
}

async fn find_copies(app: &TestApp) {
    app.run_jobs().await;
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &FindCopies::default()).await.unwrap();
    app.run_jobs().await;
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[tokio::test]
async fn a_brigade_of_five_hundred_does_not_move_the_robust_mean() {
    let app = TestApp::start_on("2024-03-14T21:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    build::posts(&app.platform, &(0..100).map(organic).collect::<Vec<_>>()).await;
    find_copies(&app).await;
    let before = sentiment(&app).await;

    build::posts(&app.platform, &(0..500).map(brigade).collect::<Vec<_>>()).await;
    find_copies(&app).await;
    let after = sentiment(&app).await;
    app.finish().await;

    assert_eq!((&before["count"], &before["robust"]["campaignRecords"]), (&100.into(), &0.into()));
    assert_eq!((&after["count"], &after["robust"]["campaignRecords"]), (&600.into(), &500.into()));
    let moved = |path: &str| number(after.pointer(path).unwrap()) - number(before.pointer(path).unwrap());
    assert!(moved("/mean") > 0.5, "the plain mean moves by {}", moved("/mean"));
    assert!(moved("/robust/withCopies/mean") > 0.5);
    assert!(moved("/robust/mean").abs() < 0.02, "the robust mean moves by {}", moved("/robust/mean"));
    assert_eq!(after["robust"]["count"], 100);
}

#[tokio::test]
async fn a_campaign_of_the_past_is_found_when_it_is_imported_and_was_known_when_it_was_over() {
    let app = TestApp::start_on("2024-05-14T21:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let posts: Vec<_> = (0..40).map(organic).chain((0..60).map(brigade)).collect();
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    let summary = async |as_of: &str| {
        let query = format!(r#"{{ stock(symbol: "AAPL") {{ sentiment(asOf: "{as_of}") {{ {FIELDS} }} }} }}"#);
        app.data(&query).await["stock"]["sentiment"].take()
    };
    let (during, after) = (summary("2024-03-14T11:30:00Z").await, summary("2024-03-15T00:00:00Z").await);
    app.finish().await;
    let counts = |found: &Value| [&found["count"], &found["robust"]["campaignRecords"]].map(Value::as_i64);
    assert_eq!(counts(&during), [Some(71), Some(0)], "nobody knew yet");
    assert_eq!(counts(&after), [Some(100), Some(60)]);
}

#[tokio::test]
async fn who_says_the_same_again_counts_once_and_the_loudest_can_be_left_out() {
    let app = TestApp::start_on("2024-03-14T21:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let mut posts: Vec<NewPost> = (0..4).map(organic).collect();
    posts.extend((0..4).map(|n| NewPost { author: Some("fan".to_owned()), ..brigade(n) }));
    build::posts(&app.platform, &posts).await;
    find_copies(&app).await;
    let found = sentiment(&app).await;
    // The first of the fan's posts counts, as one of five.
    let robust = &found["robust"];
    let counts = [&found["count"], &robust["count"], &robust["crossPostRecords"], &robust["campaignRecords"]];
    assert_eq!(counts.map(|count| count.as_i64().unwrap()), [8, 5, 3, 0]);
    // He says more than the others, so he weighs most.
    assert_eq!(robust["withoutTopAuthor"]["count"], 4);
    assert!(number(&robust["withoutTopAuthor"]["mean"]) < number(&robust["mean"]));
    // There is one source only.
    assert_eq!(robust["withoutSource"][0]["rest"]["count"], 0);
    let interval = robust["interval95"].as_array().unwrap();
    assert!(number(&interval[0]) < number(&robust["mean"]) && number(&robust["mean"]) < number(&interval[1]));
    app.finish().await;
}

#[tokio::test]
async fn a_stock_without_posts_has_nothing_to_harden() {
    let app = TestApp::start_on("2024-03-14T21:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let found = sentiment(&app).await;
    assert_eq!((&found["robust"]["mean"], &found["robust"]["count"]), (&Value::Null, &0.into()));
    app.finish().await;
}
