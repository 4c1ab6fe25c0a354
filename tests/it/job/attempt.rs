//! How attempts end.

use super::{Desk, SETTINGS, Script, Stream, Urgent, Working, change, enqueue, row, row_when, task};
use chrono::TimeDelta;
use domain::admin::job::{Row, State};
use entity::job::job::Column;
use sea_orm::ConnectionTrait as _;
use tests::TestApp;
use tokio::time::{Duration, sleep};
use uuid::Uuid;

const START: &str = "2026-01-05T10:00:00Z";

/// Moves the clock forward and tells the worker, until the job has failed or succeeded `attempt` times.
async fn run_on(app: &TestApp, job: Uuid, by: TimeDelta) {
    let clock = &app.platform.clock;
    clock.set(clock.now() + by);
    app.platform.bus.publish(jobs::TOPIC, job.to_string()).await;
}

fn waits(attempt: i32) -> impl Fn(&Row) -> bool {
    move |row| row.state == State::Queued && row.attempt == attempt
}

#[tokio::test]
async fn a_failed_job_runs_again_after_a_growing_pause_and_then_is_kept_with_its_error() {
    let app = TestApp::start_on(START).await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::Fail(99))).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    for (attempt, least, most) in [(1, 1.0, 2.0), (2, 2.0, 4.0)] {
        let row = row_when(&app.platform, job, waits(attempt)).await;
        assert_eq!(row.error, Some(format!("attempt {attempt} failed")));
        let pause = (row.run_at - app.platform.clock.now()).as_seconds_f64();
        assert!((least..=most).contains(&pause), "{pause} s after attempt {attempt}");
        // Not before its time.
        run_on(&app, job, TimeDelta::milliseconds(500)).await;
        sleep(Duration::from_millis(50)).await;
        assert_eq!(desk.log().len(), usize::try_from(attempt).unwrap());
        run_on(&app, job, TimeDelta::seconds(4)).await;
    }
    let row = row_when(&app.platform, job, |row| row.state == State::Failed).await;
    assert_eq!((row.attempt, row.error.as_deref()), (3, Some("attempt 3 failed")));
    assert_eq!(row.finished_at, Some(app.platform.clock.now()));
    assert_eq!((row.lease_token, row.lease_until), (None, None));
    run_on(&app, job, TimeDelta::days(1)).await;
    sleep(Duration::from_millis(50)).await;
    assert_eq!(desk.log(), ["a", "a", "a"]);
    working.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn a_job_that_succeeds_at_its_last_attempt_forgets_its_error() {
    let app = TestApp::start_on(START).await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::Fail(2))).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    for attempt in 1..=2 {
        row_when(&app.platform, job, waits(attempt)).await;
        run_on(&app, job, TimeDelta::seconds(10)).await;
    }
    let row = row_when(&app.platform, job, |row| row.state == State::Completed).await;
    assert_eq!((row.attempt, row.error, row.progress), (3, None, Some(1.0)));
    working.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn a_hopeless_job_fails_at_once() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::GiveUp)).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    let row = row_when(&app.platform, job, |row| row.state == State::Failed).await;
    assert_eq!((row.attempt, row.error.as_deref()), (1, Some("there is no hope")));
    working.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn a_panic_is_a_failed_attempt_and_the_worker_goes_on() {
    let app = TestApp::start_on(START).await;
    let desk = Desk::default();
    let bad = enqueue(&app.platform, &task("bad", Script::Panic)).await;
    let good = enqueue(&app.platform, &task("good", Script::Succeed)).await;
    let working = Working::start(&desk, &app.platform, jobs::WorkerSettings { concurrency: 1, ..SETTINGS });
    row_when(&app.platform, good, |row| row.state == State::Completed).await;
    let bad = row(&app.platform, bad).await;
    assert_eq!((bad.state, bad.attempt), (State::Queued, 1));
    let error = bad.error.unwrap();
    assert!(error.contains("panicked") && error.contains("a bug"), "{error}");
    working.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_stopped_and_tried_again() {
    let app = TestApp::start_on(START).await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::Hang)).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    let row = row_when(&app.platform, job, waits(1)).await;
    assert_eq!(row.error.as_deref(), Some("took longer than 1 s"));
    working.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn an_unknown_kind_and_an_unreadable_payload_fail_at_once() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let unknown = enqueue(&app.platform, &task("a", Script::Succeed)).await;
    let unreadable = enqueue(&app.platform, &task("b", Script::Succeed)).await;
    change(&app, unknown, Column::Kind, "test.unheard").await;
    change(&app, unreadable, Column::Payload, serde_json::json!({})).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    let row = row_when(&app.platform, unknown, |row| row.state == State::Failed).await;
    assert!(row.error.unwrap().contains("test.unheard"));
    let row = row_when(&app.platform, unreadable, |row| row.state == State::Failed).await;
    assert!(row.error.unwrap().contains("missing field"));
    assert_eq!(desk.log(), [""; 0]);
    working.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn a_stream_is_never_given_up_and_soon_runs_again() {
    let app = TestApp::start_on(START).await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Stream(task("a", Script::Fail(99)))).await;
    // As after a week of failures.
    change(&app, job, Column::Attempt, 100_000).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    let row = row_when(&app.platform, job, waits(100_001)).await;
    let pause = row.run_at - app.platform.clock.now();
    assert!(pause <= TimeDelta::seconds(5), "{pause}");
    working.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn how_a_job_ended_is_stored_as_soon_as_the_database_is_back() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Report))).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    row_when(&app.platform, job, |row| row.progress.is_some()).await;
    let db = app.platform.db.connection();
    db.execute_unprepared("ALTER TABLE job RENAME TO away").await.unwrap();
    desk.go_on.notify_one();
    sleep(Duration::from_millis(300)).await;
    assert_eq!(desk.log().last().unwrap(), "a is done");
    db.execute_unprepared("ALTER TABLE away RENAME TO job").await.unwrap();
    // Long before the lease of half a minute ends.
    row_when(&app.platform, job, |row| row.state == State::Completed).await;
    working.stop().await;
    app.finish().await;
}
