//! Jobs over GraphQL, live.

use super::{Desk, SETTINGS, Script, Urgent, Working, enqueue, task};
use serde_json::{Value, json};
use tests::{Person, Socket, TestApp};
use uuid::Uuid;

/// The global id of a job, as the API gives it to an administrator.
async fn global_id(app: &TestApp, admin: &Person, job: Uuid) -> String {
    let jobs = app.data_as(admin, "{ jobs(first: 1) { edges { node { id } } } }", json!({})).await;
    let id = jobs["jobs"]["edges"][0]["node"]["id"].as_str().unwrap().to_owned();
    assert!(job.get_version_num() == 7 && !id.is_empty());
    id
}

async fn update(socket: &mut Socket) -> Value {
    socket.event("jobUpdated").await
}

#[tokio::test]
async fn a_watcher_sees_the_job_wait_run_progress_and_end() {
    let mut app = TestApp::start().await;
    let admin = app.admin().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Report))).await;
    let id = global_id(&app, &admin, job).await;
    let mut socket = Socket::open_as(app.serve().await, &admin.access_token).await;
    let fields = "state progress attempt error";
    socket.subscribe(&format!("subscription {{ jobUpdated(id: {}) {{ {fields} }} }}", json!(id))).await;
    let waits = json!({ "state": "QUEUED", "progress": null, "attempt": 0, "error": null });
    assert_eq!(update(&mut socket).await, waits);
    let working = Working::start(&desk, &app.platform, SETTINGS);
    let reported = json!({ "state": "RUNNING", "progress": 0.25, "attempt": 1, "error": null });
    // Two changes that are close together may come as one.
    let mut seen = update(&mut socket).await;
    while seen != reported {
        assert_eq!(seen["state"], "RUNNING");
        seen = update(&mut socket).await;
    }
    desk.go_on.notify_one();
    let done = json!({ "state": "COMPLETED", "progress": 1.0, "attempt": 1, "error": null });
    assert_eq!(update(&mut socket).await, done);
    assert_eq!(socket.receive().await.unwrap()["type"], "complete");
    working.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn a_watcher_learns_that_a_job_failed_but_not_the_error_text() {
    let mut app = TestApp::start().await;
    let admin = app.admin().await;
    let job = enqueue(&app.platform, &task("a", Script::GiveUp)).await;
    let id = global_id(&app, &admin, job).await;
    let working = Working::start(&Desk::default(), &app.platform, SETTINGS);
    super::row_when(&app.platform, job, |row| row.finished_at.is_some()).await;
    let mut socket = Socket::open_as(app.serve().await, &admin.access_token).await;
    socket.subscribe(&format!("subscription {{ jobUpdated(id: {}) {{ state error }} }}", json!(id))).await;
    let last = update(&mut socket).await;
    assert_eq!(last["state"], "FAILED");
    assert!(!last["error"].as_str().unwrap().contains("hope"));
    working.stop().await;
    app.discard().await;
}
