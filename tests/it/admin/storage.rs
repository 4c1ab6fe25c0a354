//! How long things are kept.

use super::audited;
use domain::admin::{log, storage::Retention};
use platform::telemetry::LogLine;
use serde_json::{Value, json};
use tests::{Person, TestApp, build, person::error_code};

const NOW: &str = "2026-03-02T12:00:00Z";
const UPDATE: &str = "mutation ($input: UpdateStorageSettingsInput!) { updateStorageSettings(input: $input) {
    storageSettings { postDays jobDays eventDays logDays } } }";
const IMPACT: &str =
    "query ($input: UpdateStorageSettingsInput!) { storageImpact(input: $input) { table rows } }";

/// Two posts and two lines, one of each older than 40 days.
async fn app() -> (TestApp, Person) {
    let app = TestApp::start_on(NOW).await;
    let admin = app.admin().await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let post = |id: &str, at: &str| build::new_post(id, at, "$AAPL is good");
    build::posts(&app.platform, &[post("old", "2026-01-01T00:00:00Z"), post("new", "2026-02-20T00:00:00Z")])
        .await;
    let line = |at: &str| LogLine {
        time: build::time(at),
        level: "INFO".parse().unwrap(),
        target: "worker".to_owned(),
        message: "Done".to_owned(),
        fields: json!({}),
    };
    let lines = vec![line("2026-01-01T00:00:00Z"), line("2026-03-01T00:00:00Z")];
    log::store(app.platform.db.connection(), lines).await.unwrap();
    app.run_jobs().await;
    (app, admin)
}

/// How many posts, sentiment records and lines are there.
async fn counts(app: &TestApp, admin: &Person) -> [Value; 3] {
    let query = "{ posts { totalCount } systemLogs { totalCount }
        stock(symbol: \"AAPL\") { sentimentRecords(timeframe: ALL) { totalCount } } }";
    let data = app.data_as(admin, query, json!({})).await;
    [&data["posts"], &data["stock"]["sentimentRecords"], &data["systemLogs"]]
        .map(|one| one["totalCount"].clone())
}

async fn clean_up(app: &TestApp, admin: &Person) {
    let run = "mutation { runPipeline(input: { pipeline: CLEAN_UP }) { jobs { id } } }";
    app.data_as(admin, run, json!({})).await;
    app.run_jobs().await;
}

#[tokio::test]
async fn a_change_is_previewed_decided_and_carried_out() {
    let (app, admin) = app().await;
    clean_up(&app, &admin).await;
    assert_eq!(counts(&app, &admin).await, [json!(2), json!(2), json!(2)], "nothing is that old");
    let input = json!({ "input": { "postDays": 30, "logDays": 30 } });
    let impact = app.data_as(&admin, IMPACT, input.clone()).await["storageImpact"].take();
    let row = |table: &str, rows: i64| json!({ "table": table, "rows": rows });
    assert_eq!(impact, json!([row("POSTS", 1), row("JOBS", 0), row("EVENTS", 0), row("LOGS", 1)]));
    assert_eq!(counts(&app, &admin).await, [json!(2), json!(2), json!(2)], "a preview deletes nothing");
    let decided = app.data_as(&admin, UPDATE, input).await["updateStorageSettings"]["storageSettings"].take();
    assert_eq!(decided, json!({ "postDays": 30, "jobDays": 30, "eventDays": 30, "logDays": 30 }));
    clean_up(&app, &admin).await;
    assert_eq!(counts(&app, &admin).await, [json!(1), json!(1), json!(1)]);
    let entries = audited(&app, &admin, "admin.update_storage_settings").await;
    app.finish().await;
    assert_eq!(entries[0]["before"], "{\"events\":30,\"jobs\":30,\"logs\":90,\"posts\":null}");
    assert_eq!(entries[0]["after"], "{\"events\":30,\"jobs\":30,\"logs\":30,\"posts\":30}");
}

#[tokio::test]
async fn another_process_goes_by_it_at_once() {
    let (app, admin) = app().await;
    let other = app.another_platform().await;
    app.data_as(&admin, UPDATE, json!({ "input": { "eventDays": 7, "jobDays": null } })).await;
    let seen = Retention::get(other.db.connection()).await.unwrap();
    app.finish().await;
    assert_eq!(seen, Retention { posts: None, jobs: None, events: Some(7), logs: Some(90) });
}

#[tokio::test]
async fn too_short_a_time_is_refused_and_so_is_who_may_not() {
    let (app, admin) = app().await;
    let stale = app.sign_in(&admin.email).await;
    for (input, field) in [
        (json!({ "postDays": 29 }), "postDays"),
        (json!({ "jobDays": 0 }), "jobDays"),
        (json!({ "eventDays": -1 }), "eventDays"),
        (json!({ "logDays": 36_501 }), "logDays"),
    ] {
        let input = json!({ "input": input });
        for document in [UPDATE, IMPACT] {
            let answer = app.graphql_as(&admin, document, input.clone()).await;
            assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer}");
            assert_eq!(error_code(&answer), "BAD_USER_INPUT");
        }
    }
    let refused = app.graphql_as(&stale, UPDATE, json!({ "input": { "logDays": 30 } })).await;
    assert_eq!(error_code(&refused), "TOTP_REQUIRED");
    assert_eq!(Retention::get(app.platform.db.connection()).await.unwrap(), Retention::default());
    app.finish().await;
}
