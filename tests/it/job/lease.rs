//! Workers that die, and those that take over.

use super::{Desk, PATIENCE, SETTINGS, Script, Urgent, Working, change, drain, enqueue, row, row_when, task};
use chrono::TimeDelta;
use domain::admin::job::{Row, State};
use entity::job::job::{Column, Entity};
use jobs::WorkerSettings;
use platform::Platform;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use std::time::Duration;
use tests::TestApp;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// One job at a time, so that a busy worker claims nothing else.
const ALONE: WorkerSettings = WorkerSettings { concurrency: 1, ..SETTINGS };

/// Lets the lease of a running job end, as if its worker were long silent, until somebody else has taken it.
///
/// More than once, since the last beat of a worker that was just killed may still come.
pub async fn pass_on(platform: &Platform, job: Uuid) {
    let dead = row(platform, job).await.lease_token;
    let held = || {
        Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::val(platform.clock.now() - TimeDelta::seconds(1)))
            .filter(Column::Id.eq(job))
            .filter(Column::LeaseToken.eq(dead))
            .exec(platform.db.connection())
    };
    let taken = async {
        while held().await.unwrap().rows_affected == 1 {
            platform.bus.publish(jobs::TOPIC, String::new()).await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, taken).await.expect("nobody takes the job");
}

fn runs(row: &Row) -> bool {
    row.state == State::Running
}

#[tokio::test]
async fn a_dead_workers_job_is_taken_over_when_its_lease_ends() {
    let app = TestApp::start().await;
    let (dead, heir) = (Desk::default(), Desk::default());
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Fail(0)))).await;
    let stuck = enqueue(&app.platform, &Urgent(task("b", Script::Hang))).await;
    let working = Working::start(&dead, &app.platform, SETTINGS);
    row_when(&app.platform, stuck, runs).await;
    row_when(&app.platform, job, |row| row.state == State::Completed).await;
    working.kill().await;
    let successor = Working::start(&heir, &app.platform, SETTINGS);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(heir.log(), [""; 0], "the lease had not ended");
    pass_on(&app.platform, stuck).await;
    let row = row_when(&app.platform, stuck, |row| row.attempt == 2).await;
    assert!(runs(&row));
    successor.kill().await;
    app.discard().await;
}

#[tokio::test]
async fn a_living_worker_keeps_its_lease() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let settings = WorkerSettings { lease: Duration::from_secs(1), ..SETTINGS };
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Sleep(Duration::from_secs(3))))).await;
    let workers =
        [Working::start(&desk, &app.platform, settings), Working::start(&desk, &app.platform, settings)];
    let row = row_when(&app.platform, job, |row| row.state == State::Completed).await;
    assert_eq!((row.attempt, desk.log()), (1, vec!["a".to_owned(), "a is done".to_owned()]));
    for worker in workers {
        worker.stop().await;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_worker_that_was_thought_dead_stops_its_attempt() {
    let app = TestApp::start().await;
    let (slow, heir) = (Desk::default(), Desk::default());
    let settings = WorkerSettings { lease: Duration::from_millis(600), ..SETTINGS };
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Report))).await;
    let first = Working::start(&slow, &app.platform, ALONE);
    row_when(&app.platform, job, |row| row.progress.is_some()).await;
    let second = Working::start(&heir, &app.platform, settings);
    pass_on(&app.platform, job).await;
    row_when(&app.platform, job, |row| row.attempt == 2 && row.progress.is_some()).await;
    // The first worker notices at its next beat, and then nothing of it goes on.
    sleep(Duration::from_millis(2500)).await;
    slow.go_on.notify_one();
    heir.go_on.notify_one();
    let row = row_when(&app.platform, job, |row| row.state == State::Completed).await;
    assert_eq!(row.attempt, 2);
    assert_eq!(
        (slow.log(), heir.log()),
        (vec!["a".to_owned()], vec!["a".to_owned(), "a is done".to_owned()])
    );
    first.stop().await;
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn a_job_whose_workers_die_again_and_again_is_kept_as_failed() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::Hang)).await;
    for attempt in 1..=12 {
        let working = Working::start(&desk, &app.platform, ALONE);
        if attempt > 1 {
            pass_on(&app.platform, job).await;
        }
        let started = |row: &Row| row.attempt == attempt && i32::try_from(desk.log().len()) == Ok(attempt);
        row_when(&app.platform, job, started).await;
        working.kill().await;
    }
    tokio::join!(drain(&desk, &app.platform), pass_on(&app.platform, job));
    let row = row(&app.platform, job).await;
    assert_eq!((row.state, row.error.as_deref()), (State::Failed, Some("its worker died 12 times")));
    assert_eq!(desk.log(), ["a"; 12]);
    app.discard().await;
}

#[tokio::test]
async fn a_death_is_no_failure() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &task("a", Script::Fail(99))).await;
    change(&app, job, Column::Attempt, 2).await;
    change(&app, job, Column::Deaths, 2).await;
    let working = Working::start(&desk, &app.platform, ALONE);
    let row = row_when(&app.platform, job, |row| row.error.is_some()).await;
    assert_eq!((row.state, row.attempt), (State::Queued, 3));
    working.stop().await;
    app.discard().await;
}
