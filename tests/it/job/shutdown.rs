//! The end of a worker that was asked to go.

use super::{Desk, SETTINGS, Script, Urgent, Working, drain, enqueue, row, row_when, task};
use domain::admin::job::State;
use jobs::WorkerSettings;
use std::time::{Duration, Instant};
use tests::TestApp;

#[tokio::test]
async fn a_job_that_does_not_end_in_time_is_given_back_unharmed() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Hang))).await;
    let settings = WorkerSettings { grace: Duration::from_millis(200), ..SETTINGS };
    let working = Working::start(&desk, &app.platform, settings);
    row_when(&app.platform, job, |row| row.state == State::Running).await;
    let started = Instant::now();
    working.stop().await;
    assert!(started.elapsed() < Duration::from_secs(1));
    let row = row(&app.platform, job).await;
    assert_eq!((row.state, row.attempt, row.error), (State::Queued, 0, None));
    assert_eq!((row.lease_token, row.lease_until), (None, None));
    app.discard().await;
}

#[tokio::test]
async fn a_job_that_ends_in_time_is_completed() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let job = enqueue(&app.platform, &Urgent(task("a", Script::Sleep(Duration::from_millis(300))))).await;
    let working = Working::start(&desk, &app.platform, SETTINGS);
    row_when(&app.platform, job, |row| row.state == State::Running).await;
    working.stop().await;
    assert_eq!(row(&app.platform, job).await.state, State::Completed);
    app.finish().await;
}

#[tokio::test]
async fn no_new_job_starts_after_the_word_to_stop() {
    let app = TestApp::start().await;
    let desk = Desk::default();
    let first = enqueue(&app.platform, &Urgent(task("a", Script::Sleep(Duration::from_millis(300))))).await;
    let second = enqueue(&app.platform, &task("b", Script::Succeed)).await;
    let working = Working::start(&desk, &app.platform, WorkerSettings { concurrency: 1, ..SETTINGS });
    row_when(&app.platform, first, |row| row.state == State::Running).await;
    working.stop().await;
    assert_eq!(row(&app.platform, second).await.state, State::Queued);
    drain(&desk, &app.platform).await;
    assert_eq!(desk.log(), ["a", "a is done", "b", "b is done"]);
    app.finish().await;
}

/// Streams go on until the worker stops: waiting for them to end would only delay every restart.
#[tokio::test]
async fn the_streams_are_given_back_at_once() {
    let app = TestApp::start().await;
    let shutdown = tokio_util::sync::CancellationToken::new();
    let mut config = app.config.clone();
    config.simulate = Some(true);
    (config.simulation.history_days, config.simulation.post_days) = (10, 0);
    let sources = worker::Sources::of(&config, &app.platform.clock);
    let worker = worker::Worker::new(&app.platform, sources, &config).unwrap();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let started = Instant::now();
        shutdown.cancel();
        started
    };
    let (result, stopped) = tokio::join!(worker.run(&shutdown), stop);
    result.unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(2), "it took {:?}", stopped.elapsed());
    let streams = domain::admin::job::Filter {
        kinds: vec!["market.stream_quotes".to_owned(), "news.stream_posts".to_owned()],
        states: vec![State::Queued],
    };
    assert_eq!(domain::admin::job::count(app.platform.db.connection(), &streams).await.unwrap(), 2);
    app.discard().await;
}
