//! Into the queue.

use super::{Desk, Script, Single, drain, enqueue, row, task};
use domain::admin::job::{self, State};
use tests::TestApp;

fn single(name: &str) -> Single {
    Single(task(name, Script::Succeed))
}

#[tokio::test]
async fn a_job_is_rolled_back_with_its_transaction() {
    let app = TestApp::start().await;
    let txn = app.platform.db.begin().await.unwrap();
    let lost = jobs::enqueue(&txn, &app.platform.clock, &task("lost", Script::Succeed)).await.unwrap();
    txn.rollback().await.unwrap();
    let txn = app.platform.db.begin().await.unwrap();
    let kept = jobs::enqueue(&txn, &app.platform.clock, &task("kept", Script::Succeed)).await.unwrap();
    txn.commit().await.unwrap();
    let desk = Desk::default();
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log(), ["kept", "kept is done"]);
    assert_eq!(job::find(app.platform.db.connection(), lost).await.unwrap(), None);
    assert_eq!(row(&app.platform, kept).await.state, State::Completed);
    app.finish().await;
}

#[tokio::test]
async fn a_job_that_waits_takes_its_key_until_it_ends() {
    let app = TestApp::start().await;
    let first = enqueue(&app.platform, &single("a")).await;
    assert_eq!(enqueue(&app.platform, &single("a")).await, first);
    let other = enqueue(&app.platform, &single("b")).await;
    assert_ne!(other, first);
    let desk = Desk::default();
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log().iter().filter(|line| *line == "a").count(), 1);
    let second = enqueue(&app.platform, &single("a")).await;
    assert_ne!(second, first);
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log().iter().filter(|line| *line == "a").count(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_job_that_runs_keeps_its_key() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let first = enqueue(&app.platform, &Single(task("a", Script::Report))).await;
    let working = super::Working::start(&desk, &app.platform, super::SETTINGS);
    super::row_when(&app.platform, first, |row| row.progress == Some(0.25)).await;
    assert_eq!(enqueue(&app.platform, &single("a")).await, first);
    desk.go_on.notify_one();
    super::row_when(&app.platform, first, |row| row.state == State::Completed).await;
    assert_ne!(enqueue(&app.platform, &single("a")).await, first);
    drain(&desk, &app.platform).await;
    working.stop().await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_is_taken_once_however_many_ask_at_the_same_time() {
    let app = TestApp::start().await;
    let askers = (0..12).map(|_| {
        let platform = app.platform.clone();
        tokio::spawn(async move { enqueue(&platform, &single("a")).await })
    });
    let ids: Vec<_> = futures_util::future::join_all(askers).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    drain(&Desk::default(), &app.platform).await;
    app.finish().await;
}

#[tokio::test]
async fn jobs_without_a_key_are_never_merged() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    for _ in 0..3 {
        enqueue(&app.platform, &task("a", Script::Succeed)).await;
    }
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log().iter().filter(|line| *line == "a").count(), 3);
    app.finish().await;
}
