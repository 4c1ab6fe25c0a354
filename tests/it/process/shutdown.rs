//! SIGTERM.

use domain::admin::job::{self, Filter, State};
use std::time::{Duration, Instant};
use tests::{Program, Socket, TestApp};
use tokio::time::sleep;

const STREAMS: [&str; 2] = ["market.stream_quotes", "news.stream_posts"];
/// What orchestrators usually allow.
const MOST: Duration = Duration::from_secs(10);
const SIMULATED: [(&str, &str); 4] = [
    ("BELLWETHER_SIMULATE", "true"),
    ("BELLWETHER_WORKER", "embedded"),
    ("BELLWETHER_SIMULATION__HISTORY_DAYS", "10"),
    ("BELLWETHER_SIMULATION__POST_DAYS", "5"),
];

#[tokio::test]
async fn a_server_says_goodbye_to_its_sockets_gives_jobs_back_and_exits_in_time() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let mut process = bellwether.start(&app, &["serve"], &SIMULATED);
    let address = process.logged("Serving on http://", "/graphql").await;
    let mut socket = Socket::open(address.parse().unwrap()).await;
    socket.subscribe("subscription { sentimentUpdated { cursor } }").await;
    wait_for_streams(&app, State::Running).await;
    let started = Instant::now();
    process.terminate();
    let code = loop {
        if let Err(code) = socket.receive().await {
            break code;
        }
    };
    assert_eq!(code, 1001);
    assert_eq!(process.wait(MOST).await, Some(0), "{}", process.log());
    println!("it took {:?}", started.elapsed());
    assert!(started.elapsed() < MOST, "it took {:?}", started.elapsed());
    assert_given_back(&app).await;
    app.discard().await;
}

#[tokio::test]
async fn a_worker_gives_jobs_back_and_exits_in_time() {
    let Some(worker) = Program::find("bellwether-worker") else { return };
    let app = TestApp::start().await;
    let mut process = worker.start(&app, &[], &SIMULATED);
    wait_for_streams(&app, State::Running).await;
    process.terminate();
    assert_eq!(process.wait(MOST).await, Some(0), "{}", process.log());
    assert_given_back(&app).await;
    app.discard().await;
}

async fn streams(app: &TestApp, state: State) -> u64 {
    let filter = Filter { kinds: STREAMS.map(str::to_owned).to_vec(), states: vec![state] };
    job::count(app.platform.db.connection(), &filter).await.unwrap()
}

async fn wait_for_streams(app: &TestApp, state: State) {
    let started = Instant::now();
    while streams(app, state).await < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "the streams do not start");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn assert_given_back(app: &TestApp) {
    let running = Filter { states: vec![State::Running], ..Filter::default() };
    assert_eq!(job::count(app.platform.db.connection(), &running).await.unwrap(), 0);
    assert_eq!(streams(app, State::Queued).await, 2);
}
