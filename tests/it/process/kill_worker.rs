//! `kill -9` of the worker at random moments.

use super::scored::{assert_once, posts, stocks};
use domain::admin::job::{self, Filter, State};
use entity::job::job::Entity;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sea_orm::EntityTrait as _;
use std::time::{Duration, Instant};
use tests::{Process, Program, TestApp, build, drills};
use tokio::time::sleep;

const SETTINGS: [(&str, &str); 1] = [("BELLWETHER_JOBS__LEASE_SECONDS", "2")];
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_worker_that_is_killed_a_few_times_scores_every_post_once() {
    let Some(worker) = Program::find("bellwether-worker") else { return };
    kill(&worker, 5, 200).await;
}

#[tokio::test]
async fn a_worker_that_is_killed_50_times_during_10_000_posts_scores_every_post_once() {
    if !drills("killing the worker 50 times") {
        return;
    }
    let worker = Program::find("bellwether-worker").unwrap();
    let interrupted = kill(&worker, 50, 200).await;
    assert!(interrupted > 2, "hardly a kill hit a job: the drill proves little");
}

/// Stores `batch` posts, starts a worker and kills it, so many `times`; then lets one end the work.
///
/// Returns how many jobs were in the middle of an attempt when their worker died.
async fn kill(worker: &Program, times: usize, batch: usize) -> usize {
    let app = TestApp::start().await;
    stocks(&app).await;
    let seed = rand::rng().random();
    println!("the moments are those of seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for time in 0..times {
        build::posts(&app.platform, &posts(time * batch..(time + 1) * batch)).await;
        let mut process = worker.start(&app, &[], &SETTINGS);
        // Now and then it dies already while it starts.
        if random.random_bool(0.9) {
            process.logged("Worker is", "ready").await;
        }
        sleep(Duration::from_millis(random.random_range(0..150))).await;
        process.kill();
    }
    finish(&app, worker.start(&app, &[], &SETTINGS)).await;
    let jobs = Entity::find().all(app.platform.db.connection()).await.unwrap();
    let most = jobs.iter().map(|job| job.attempt).max();
    println!("a job took at most {most:?} attempts");
    let failed: Vec<_> = jobs.iter().filter(|job| job.state != State::Completed).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_once(&app, times * batch).await;
    let interrupted = jobs.iter().filter(|job| job.attempt > 1).count();
    println!("{interrupted} jobs were interrupted");
    app.finish().await;
    interrupted
}

/// Waits until the queue is empty, then stops the worker.
async fn finish(app: &TestApp, mut process: Process) {
    let started = Instant::now();
    let unfinished = Filter { states: vec![State::Queued, State::Running], ..Filter::default() };
    while job::count(app.platform.db.connection(), &unfinished).await.unwrap() > 0 {
        assert!(started.elapsed() < PATIENCE, "the work does not end: {}", process.log());
        sleep(Duration::from_millis(50)).await;
    }
    // Before, it does not hear signals.
    process.logged("Worker is", "ready").await;
    process.terminate();
    assert_eq!(process.wait(PATIENCE).await, Some(0), "{}", process.log());
}
