//! Which job goes first, and that each goes once.

use super::{Desk, Idle, SETTINGS, Script, Urgent, Working, drain, enqueue, task};
use domain::admin::job::{self, Filter, State};
use jobs::WorkerSettings;
use std::{collections::HashMap, time::Duration};
use tests::TestApp;
use tokio::time::sleep;

#[tokio::test]
async fn urgent_jobs_go_first_and_equals_in_the_order_of_their_coming() {
    let app = TestApp::start().await;
    enqueue(&app.platform, &Idle(task("idle", Script::Succeed))).await;
    enqueue(&app.platform, &task("normal 1", Script::Succeed)).await;
    enqueue(&app.platform, &task("normal 2", Script::Succeed)).await;
    enqueue(&app.platform, &Urgent(task("urgent", Script::Succeed))).await;
    let desk = Desk::default();
    let runner = desk.runner(&app.platform, WorkerSettings { concurrency: 1, ..SETTINGS });
    runner.drain(None).await.unwrap();
    let started: Vec<_> = desk.log().into_iter().filter(|line| !line.ends_with("done")).collect();
    assert_eq!(started, ["urgent", "normal 1", "normal 2", "idle"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runners_over_one_queue_run_each_of_500_jobs_exactly_once() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let txn = app.platform.db.begin().await.unwrap();
    for number in 0..500 {
        jobs::enqueue(&txn, &app.platform.clock, &task(&number.to_string(), Script::Succeed)).await.unwrap();
    }
    txn.commit().await.unwrap();
    let platforms = [app.another_platform().await, app.another_platform().await];
    let settings = WorkerSettings { concurrency: 4, ..SETTINGS };
    let workers = platforms.each_ref().map(|platform| Working::start(&desk, platform, settings));
    let unfinished = Filter { states: vec![State::Queued, State::Running], ..Filter::default() };
    while job::count(app.platform.db.connection(), &unfinished).await.unwrap() > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    for worker in workers {
        worker.stop().await;
    }
    let mut runs: HashMap<String, usize> = HashMap::new();
    for line in desk.log() {
        *runs.entry(line).or_default() += 1;
    }
    assert_eq!(runs.len(), 1000);
    assert!(runs.values().all(|count| *count == 1));
    app.finish().await;
}

#[tokio::test]
async fn draining_one_kind_leaves_the_others() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    enqueue(&app.platform, &Urgent(task("urgent", Script::Succeed))).await;
    enqueue(&app.platform, &task("normal", Script::Succeed)).await;
    desk.runner(&app.platform, SETTINGS).drain(Some("test.task")).await.unwrap();
    assert_eq!(desk.log(), ["normal", "normal is done"]);
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log().last().unwrap(), "urgent is done");
    app.finish().await;
}

#[tokio::test]
async fn draining_a_queue_that_cannot_be_read_fails_instead_of_waiting_for_ever() {
    use sea_orm::ConnectionTrait as _;
    let app = TestApp::start().await;
    app.platform.db.connection().execute_unprepared("ALTER TABLE job RENAME TO away").await.unwrap();
    let runner = Desk::default().runner(&app.platform, SETTINGS);
    let drained = tokio::time::timeout(Duration::from_secs(5), runner.drain(None)).await;
    assert!(drained.expect("it waits for ever").is_err());
    app.discard().await;
}

/// An idle runner asks the queue now and then, not once for each message that it heard while it worked.
#[tokio::test]
async fn what_was_announced_during_an_attempt_is_looked_at_once() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let settings = WorkerSettings { concurrency: 1, ..SETTINGS };
    enqueue(&app.platform, &Urgent(task("a", Script::Report))).await;
    let working = Working::start(&desk, &app.platform, settings);
    while desk.log().is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    for _ in 0..500 {
        app.platform.bus.publish(jobs::TOPIC, String::new()).await;
    }
    sleep(Duration::from_millis(200)).await;
    let before = app.platform.db.statements();
    desk.go_on.notify_one();
    sleep(Duration::from_millis(500)).await;
    let statements = app.platform.db.statements() - before;
    assert!(statements < 20, "{statements} statements");
    working.stop().await;
    app.finish().await;
}
