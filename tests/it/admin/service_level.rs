//! What is promised of the service, and who hears when it is broken.

use domain::{
    admin::{CheckServiceLevels, ReportQuality},
    identity::Role,
    market::watchlist,
};
use serde_json::{Value, json};
use std::fs;
use tests::{TestApp, build, build::time};

const LEVELS: &str = "{ serviceLevels { kind value target isKept severity symbol } }";

async fn sweep(app: &TestApp) -> Vec<String> {
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &CheckServiceLevels {}).await.unwrap();
    app.run_jobs().await;
    let mut subjects = Vec::new();
    for entry in fs::read_dir(app.mails.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let of = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        subjects.push(format!("{} {}", of("To: "), of("Subject: ")));
        fs::remove_file(path).unwrap();
    }
    subjects.sort();
    subjects
}

fn level<'a>(levels: &'a Value, kind: &str) -> &'a Value {
    let levels = levels["serviceLevels"].as_array().unwrap();
    levels.iter().find(|level| level["kind"] == kind).unwrap()
}

#[tokio::test]
async fn administrators_hear_once_when_a_promise_is_broken_and_once_when_it_is_kept_again() {
    // A Monday, in New York an hour before the session.
    let app = TestApp::start_on("2026-03-02T13:30:00Z").await;
    let admin = app.admin().await;
    app.person("user", Role::User).await;
    app.run_jobs().await;
    sweep(&app).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let post =
        |id: &str, at: &str| build::new_post(id, at, "$AAPL beats what analysts expected of its quarter");
    build::posts(&app.platform, &[post("1", "2026-03-02T11:36:00Z")]).await;
    app.run_jobs().await;
    assert_eq!(sweep(&app).await, Vec::<String>::new(), "all is well");

    app.platform.clock.set(time("2026-03-02T13:42:00Z"));
    let admin_s = |subject: &str| format!("{} {subject}", admin.email);
    let broken = admin_s("Critical: hours since the newest post");
    assert_eq!(sweep(&app).await, [broken.as_str()]);
    assert_eq!(sweep(&app).await, Vec::<String>::new(), "it was said already");
    let found = app.data_as(&admin, LEVELS, json!({})).await;
    assert_eq!(
        level(&found, "POST_AGE"),
        &json!({ "kind": "POST_AGE", "value": 2.1, "target": 2.0, "isKept": false, "severity": "CRITICAL", "symbol": null })
    );

    build::posts(&app.platform, &[post("2", "2026-03-02T13:40:00Z")]).await;
    app.run_jobs().await;
    assert_eq!(sweep(&app).await, [admin_s("Well again: hours since the newest post")]);
    app.finish().await;
}

#[tokio::test]
async fn every_promise_is_measured_and_what_cannot_be_is_null() {
    let app = TestApp::start_on("2026-03-02T16:30:00Z").await;
    let admin = app.admin().await;
    let empty = app.data_as(&admin, LEVELS, json!({})).await;
    for kind in
        ["POSTS_SCORED", "POST_QUALITY", "PRICES_PRESENT", "QUOTE_AGE", "POST_AGE", "INTERVAL_COVERAGE"]
    {
        assert_eq!(
            (&level(&empty, kind)["value"], &level(&empty, kind)["isKept"]),
            (&Value::Null, &Value::Null)
        );
    }
    let symbols = ["AAPL", "MSFT"];
    build::stocks(&app.platform, &symbols).await;
    watchlist::add(&app.platform, &symbols.map(build::symbol)).await.unwrap();
    let days = ["2026-02-23", "2026-02-24", "2026-02-25"];
    let bars = days.map(|day| build::bar("AAPL", day, 200.0));
    build::bars(&app.platform, &bars).await;
    // MSFT has no bar at all.
    let quotes = [
        build::new_quote("AAPL", 200.0, "2026-03-02T16:29:00Z"),
        build::new_quote("MSFT", 100.0, "2026-02-27T21:00:00Z"),
    ];
    build::quotes(&app.platform, &quotes).await;
    build::posts(&app.platform, &[build::new_post("1", "2026-03-02T16:00:00Z", "$AAPL")]).await;
    let found = app.data_as(&admin, LEVELS, json!({})).await;
    app.discard().await;
    assert_eq!(
        (&level(&found, "POSTS_SCORED")["value"], &level(&found, "POSTS_SCORED")["isKept"]),
        (&json!(0.0), &json!(false))
    );
    // The session is two hours old, and Friday's quote with it.
    let quotes = level(&found, "QUOTE_AGE");
    assert_eq!(
        (&quotes["value"], &quotes["symbol"], &quotes["isKept"]),
        (&json!(2.0), &json!("MSFT"), &json!(true))
    );
    let prices = level(&found, "PRICES_PRESENT");
    assert_eq!(
        (&prices["value"], &prices["symbol"], &prices["isKept"]),
        (&json!(0.0), &json!("MSFT"), &json!(false))
    );
}

#[tokio::test]
async fn each_morning_administrators_read_what_came_in_and_what_waits() {
    let app = TestApp::start_on("2026-03-02T06:00:00Z").await;
    let admin = app.admin().await;
    app.person("user", Role::User).await;
    app.run_jobs().await;
    for entry in fs::read_dir(app.mails.path()).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    build::stocks(&app.platform, &["AAPL"]).await;
    let text = "$AAPL beats what analysts expected of its quarter";
    let posts = ["2026-03-01T12:00:00Z", "2026-03-02T05:00:00Z", "2026-02-28T05:00:00Z"];
    let posts = posts.map(|at| build::new_post(at, at, text));
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &ReportQuality {}).await.unwrap();
    app.run_jobs().await;
    // A second run on the same day says nothing twice.
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &ReportQuality {}).await.unwrap();
    app.run_jobs().await;
    let mails: Vec<String> = fs::read_dir(app.mails.path())
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    app.finish().await;
    let [mail] = mails.as_slice() else { panic!("one mail, not {}", mails.len()) };
    assert!(mail.contains(&format!("To: {}", admin.email)), "{mail}");
    assert!(mail.contains("Subject: Report of 2026-03-02"), "{mail}");
    assert!(mail.contains("Posts: 2, mean quality"), "{mail}");
    assert!(mail.contains("Most written about: AAPL 2."), "{mail}");
    assert!(mail.contains("02-28 1 ("), "{mail}");
    assert!(mail.contains("not measured: the share of daily bars"), "nothing is watched: {mail}");
}
