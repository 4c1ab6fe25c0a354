//! Whether models still see what they were trained on.

use super::market::{SYMBOLS, THEN, with_model};
use chrono::TimeDelta;
use domain::{
    forecast::{CheckDrift, RetrainModels},
    market::NewBar,
};
use platform::calendar::Calendar;
use serde_json::json;
use tests::{TestApp, build};

const REPORTS: &str =
    "{ driftReports { totalCount edges { node { lastDay moved isDrift accuracyNow model { name }
    features { feature stabilityIndex distance pValue hasMoved } } } }
    bad: driftReports(filter: { isDrift: true }) { totalCount } models { totalCount } }";

async fn run(app: &TestApp, job: impl jobs::Job) {
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &job).await.unwrap();
    app.run_jobs().await;
}

/// A session like those before it, but with so many times the volume.
async fn pass(app: &TestApp, day: usize, volume: i64) {
    let calendar = Calendar::new_york();
    let tomorrow = app.platform.clock.now().date_naive().succ_opt().unwrap();
    let session = calendar.next_session(tomorrow);
    app.platform.clock.set(session.close + TimeDelta::minutes(30));
    let price = 100.0 + (day * 7 % 5) as f64;
    let bar = |symbol: &str| {
        let bar = build::bar(symbol, &session.day.to_string(), price);
        NewBar { volume: bar.volume.map(|usual| usual * volume), ..bar }
    };
    build::bars(&app.platform, &SYMBOLS.map(bar)).await;
}

#[tokio::test]
async fn a_feature_that_moves_is_found_told_once_and_trained_on_anew() {
    let mut app = TestApp::start_on(THEN).await;
    with_model(&app).await;
    run(&app, CheckDrift {}).await;
    run(&app, CheckDrift {}).await;
    let calm = app.data(REPORTS).await;
    for day in 0..20 {
        pass(&app, day, 1_000_000).await;
    }
    let admin = app.second_admin().await;
    let address = app.serve().await;
    let mut socket = tests::Socket::open_as(address, &admin.access_token).await;
    socket.subscribe("subscription { driftDetected { cursor report { moved } } }").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    run(&app, CheckDrift {}).await;
    let told = socket.event("driftDetected").await;
    let wild = app.data(REPORTS).await;
    pass(&app, 21, 1_000_000).await;
    run(&app, CheckDrift {}).await;
    let still = app.data(REPORTS).await;
    run(&app, RetrainModels {}).await;
    let anew = app.data(REPORTS).await;
    app.finish().await;
    assert_eq!(calm["driftReports"]["totalCount"], 1, "once a session");
    let node = &wild["driftReports"]["edges"][0]["node"];
    assert_eq!((&node["isDrift"], &node["model"]["name"]), (&json!(true), &json!("trees-1d-1")));
    let volume =
        node["features"].as_array().unwrap().iter().find(|one| one["feature"] == "log_volume").unwrap();
    assert_eq!(volume["hasMoved"], true, "{volume}");
    assert!(volume["stabilityIndex"].as_f64().unwrap() > 0.25 && volume["distance"].as_f64().unwrap() > 0.9);
    assert_eq!(told["report"]["moved"], node["moved"]);
    // What lasts is told once: the second day has a report, and no second training.
    assert_eq!((&wild["bad"]["totalCount"], &still["bad"]["totalCount"]), (&json!(1), &json!(2)));
    let trained = [&calm, &wild, &still, &anew].map(|data| data["models"]["totalCount"].as_i64().unwrap());
    assert_eq!(trained, [1, 2, 2, 3]);
}
