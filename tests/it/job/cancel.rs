//! Jobs that are no longer wanted.

use super::{Desk, SETTINGS, Script, Urgent, Working, drain, enqueue, row, row_when, task};
use domain::admin::job::State;
use tests::TestApp;
use uuid::Uuid;

async fn cancel(app: &TestApp, job: Uuid) -> bool {
    jobs::cancel(app.platform.db.connection(), &app.platform.clock, job).await.unwrap()
}

#[tokio::test]
async fn a_job_that_waits_is_cancelled_at_once_and_never_runs() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::Succeed)).await;
    assert!(cancel(&app, job).await);
    let row = row(&app.platform, job).await;
    assert_eq!((row.state, row.finished_at.is_some()), (State::Cancelled, true));
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log(), [""; 0]);
    app.finish().await;
}

#[tokio::test]
async fn a_job_that_runs_is_stopped() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Hang))).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    row_when(&app.platform, job, |row| row.state == State::Running).await;
    assert!(cancel(&app, job).await);
    let row = row_when(&app.platform, job, |row| row.state == State::Cancelled).await;
    assert_eq!((row.finished_at.is_some(), row.lease_token, row.lease_until), (true, None, None));
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log(), ["a"]);
    working.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn what_has_ended_cannot_be_cancelled() {
    let app = TestApp::start().await;
    let job = enqueue(&app.platform, &task("a", Script::Succeed)).await;
    drain(&Desk::default(), &app.platform).await;
    assert!(!cancel(&app, job).await);
    assert!(!cancel(&app, Uuid::now_v7()).await);
    assert_eq!(row(&app.platform, job).await.state, State::Completed);
    app.finish().await;
}

/// A worker that dies just after it was asked to end leaves a job that nobody wants to run again.
#[tokio::test]
async fn a_job_that_was_to_be_cancelled_when_its_worker_died_does_not_run_again() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Hang))).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    row_when(&app.platform, job, |row| row.state == State::Running).await;
    working.kill().await;
    assert!(cancel(&app, job).await);
    tokio::join!(drain(&desk, &app.platform), super::lease::pass_on(&app.platform, job));
    assert_eq!(row(&app.platform, job).await.state, State::Cancelled);
    app.finish().await;
}
