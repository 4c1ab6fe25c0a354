//! `kill -9` of the worker at random moments.

use super::scored::{assert_once, posts, stocks};
use domain::admin::job::{self, Filter, State};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::time::{Duration, Instant};
use tests::{Process, Program, TestApp, build, drills};
use tokio::time::sleep;

const SETTINGS: [(&str, &str); 2] =
    [("BELLWETHER_JOBS__LEASE_SECONDS", "2"), ("BELLWETHER_LOG__FILTER", "warn")];
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_worker_that_is_killed_a_few_times_scores_every_post_once() {
    let Some(worker) = Program::find("bellwether-worker") else { return };
    kill(&worker, 4, 100).await;
}

#[tokio::test]
async fn a_worker_that_is_killed_50_times_during_10_000_posts_scores_every_post_once() {
    if !drills("killing the worker 50 times") {
        return;
    }
    let worker = Program::find("bellwether-worker").unwrap();
    kill(&worker, 50, 200).await;
}

/// Stores `batch` posts, starts a worker and kills it, so many `times`; then lets one end the work.
async fn kill(worker: &Program, times: usize, batch: usize) {
    let app = TestApp::start().await;
    stocks(&app).await;
    let seed = rand::rng().random();
    println!("the moments are those of seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for time in 0..times {
        let mut process = worker.start(&app, &[], &SETTINGS);
        build::posts(&app.platform, &posts(time * batch..(time + 1) * batch)).await;
        sleep(Duration::from_millis(random.random_range(20..600))).await;
        process.kill();
    }
    finish(&app, worker.start(&app, &[], &SETTINGS)).await;
    assert_once(&app, times * batch).await;
    app.finish().await;
}

/// Waits until the queue is empty, then stops the worker.
async fn finish(app: &TestApp, mut process: Process) {
    let started = Instant::now();
    let unfinished = Filter { states: vec![State::Queued, State::Running], ..Filter::default() };
    while job::count(app.platform.db.connection(), &unfinished).await.unwrap() > 0 {
        assert!(started.elapsed() < PATIENCE, "the work does not end: {}", process.log());
        sleep(Duration::from_millis(50)).await;
    }
    process.terminate();
    assert_eq!(process.wait(PATIENCE).await, Some(0), "{}", process.log());
}
