//! Jobs that administrators start and cancel.

use super::audited;
use domain::identity::Role;
use serde_json::json;
use tests::{TestApp, person::error_code};

const RUN: &str = "mutation { runPipeline(input: {}) { jobs { id kind state } } }";
const CANCEL: &str = "mutation ($id: ID!) { cancelJob(input: { id: $id }) { job { id state } } }";

#[tokio::test]
async fn a_pipeline_runs_when_asked_for_and_once_at_a_time() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = app.data_as(&admin, RUN, json!({})).await["runPipeline"]["jobs"].take();
    let second = app.data_as(&admin, RUN, json!({})).await["runPipeline"]["jobs"].take();
    let kinds: Vec<_> = first.as_array().unwrap().iter().map(|job| &job["kind"]).collect();
    assert_eq!(kinds, ["news.collect_posts", "market.collect_prices"]);
    assert_eq!(first, second, "it waits already");
    app.run_jobs().await;
    let one = "mutation { runPipeline(input: { pipeline: CLEAN_UP }) { jobs { kind state } } }";
    let one = app.data_as(&admin, one, json!({})).await;
    app.run_jobs().await;
    assert_eq!(one["runPipeline"]["jobs"], json!([{ "kind": "admin.clean_up", "state": "QUEUED" }]));
    let entries = audited(&app, &admin, "admin.run_pipeline").await;
    app.finish().await;
    assert_eq!(entries[0]["after"], "{\"jobs\":[\"admin.clean_up\"]}");
    assert_eq!(entries.len(), 3);
}

#[tokio::test]
async fn a_job_is_cancelled_once_and_one_that_has_ended_not_at_all() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let jobs = app.data_as(&admin, RUN, json!({})).await["runPipeline"]["jobs"].take();
    let (first, second) = (json!({ "id": jobs[0]["id"] }), json!({ "id": jobs[1]["id"] }));
    let cancelled = app.data_as(&admin, CANCEL, first.clone()).await;
    app.run_jobs().await;
    let again = app.graphql_as(&admin, CANCEL, first).await;
    let ended = app.graphql_as(&admin, CANCEL, second).await;
    let absent = json!({ "id": "Sm9iOjAxOTNlYzQwMDAwMDcwMDA4MDAwMDAwMDAwMDAwMDAw" });
    let absent = app.graphql_as(&admin, CANCEL, absent).await;
    let wrong = app.graphql_as(&admin, CANCEL, json!({ "id": "x" })).await;
    let entries = audited(&app, &admin, "admin.cancel_job").await;
    app.finish().await;
    assert_eq!(cancelled["cancelJob"]["job"]["state"], "CANCELLED");
    let codes = [&again, &ended, &absent, &wrong].map(error_code);
    assert_eq!(codes, ["CONFLICT", "CONFLICT", "NOT_FOUND", "BAD_USER_INPUT"]);
    assert_eq!(entries.len(), 1, "what was refused was not done");
}

#[tokio::test]
async fn only_administrators_start_and_cancel_jobs() {
    let app = TestApp::start().await;
    let analyst = app.person("analyst", Role::Analyst).await;
    let id = json!({ "id": "Sm9iOjAxOTNlYzQwMDAwMDcwMDA4MDAwMDAwMDAwMDAwMDAw" });
    let refused = app.graphql_as(&analyst, CANCEL, id).await;
    let run = app.graphql_as(&analyst, RUN, json!({})).await;
    app.finish().await;
    assert_eq!([&refused, &run].map(error_code), ["FORBIDDEN", "FORBIDDEN"]);
}
