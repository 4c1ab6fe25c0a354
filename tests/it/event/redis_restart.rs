//! Redis goes and comes back while events flow.

use super::{
    history::{in_order, post},
    subscription::{START, subscription},
};
use platform::Platform;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tests::{RedisServer, Socket, TestApp, build};
use tokio_util::sync::CancellationToken;
use worker::{Sources, Worker};

const EVENTS: u32 = 1000;
const BATCH: u32 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_sees_each_event_once_in_order_though_redis_restarts() {
    let Some(mut redis) = RedisServer::start() else { return };
    let mut app = TestApp::start_over(redis.config()).await;
    build::stocks(&app.platform, &["ACME"]).await;
    let address = app.serve().await;
    let mut socket = subscribe(address, START).await;
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(work(app.another_platform().await, *app.config.clone(), shutdown.clone()));
    let importer = tokio::spawn(import(app.another_platform().await));
    let mut got = vec![];
    while got.len() < EVENTS as usize {
        got.push(socket.event("sentimentUpdated").await);
        match got.len() {
            150 | 600 => redis.stop(),
            400 | 800 => assert!(redis.restart()),
            // A client that comes again while Redis is away.
            300 | 650 => socket = subscribe(address, got.last().unwrap()["cursor"].as_str().unwrap()).await,
            _ => {}
        }
    }
    importer.await.unwrap();
    let snippets: Vec<&str> = got.iter().map(|event| event["record"]["snippet"].as_str().unwrap()).collect();
    assert_eq!(snippets, in_order(&app, EVENTS as usize).await);
    // Announcements flow again: nobody has to wait for the poll.
    assert_prompt(&app, &mut socket).await;
    shutdown.cancel();
    worker.await.unwrap();
    app.finish().await;
}

async fn subscribe(address: SocketAddr, after: &str) -> Socket {
    let mut socket = Socket::open(address).await;
    socket.subscribe(&subscription(after)).await;
    socket
}

async fn work(platform: Platform, config: platform::config::Config, shutdown: CancellationToken) {
    Worker::new(&platform, Sources::default(), &config).unwrap().run(&shutdown).await.unwrap();
}

/// Stores posts little by little.
async fn import(platform: Platform) {
    for start in (0..EVENTS).step_by(BATCH as usize) {
        let posts: Vec<_> = (start..start + BATCH).map(post).collect();
        build::posts(&platform, &posts).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn assert_prompt(app: &TestApp, socket: &mut Socket) {
    let mut fastest = Duration::MAX;
    // All connections have come back after the longest pause between two attempts.
    for number in EVENTS..EVENTS + 20 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let started = Instant::now();
        build::posts(&app.platform, &[post(number)]).await;
        socket.event("sentimentUpdated").await;
        fastest = fastest.min(started.elapsed());
        if fastest < Duration::from_millis(250) {
            return;
        }
    }
    panic!("the fastest event took {fastest:?}");
}
