//! SIGTERM.

use domain::admin::job::{self, Filter, State};
use std::time::{Duration, Instant};
use tests::{Program, Socket, TestApp};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

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
async fn no_socket_is_cut_off_without_a_goodbye() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    // Several times, since it takes luck to be cut off.
    for _ in 0..5 {
        let mut process = bellwether.start(&app, &["serve"], &[("BELLWETHER_WORKER", "separate")]);
        let address = process.logged("Serving on http://", "/graphql").await.parse().unwrap();
        let mut sockets = Vec::new();
        for _ in 0..200 {
            sockets.push(Socket::open(address).await);
        }
        process.terminate();
        for mut socket in sockets {
            assert_eq!(socket.receive().await, Err(1001));
        }
        assert_eq!(process.wait(MOST).await, Some(0), "{}", process.log());
    }
    app.discard().await;
}

#[tokio::test]
async fn who_connected_before_the_end_is_answered_though_it_asks_later() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let mut process = bellwether.start(&app, &["serve"], &[]);
    let address = process.logged("Serving on http://", "/graphql").await;
    let mut early = TcpStream::connect(&address).await.unwrap();
    // Connections are taken in order: when this one is answered, the first has been taken.
    let mut second = TcpStream::connect(&address).await.unwrap();
    ask(&mut second).await;
    assert_answered(second).await;
    process.terminate();
    process.logged("Shutting", "down").await;
    ask(&mut early).await;
    assert_answered(early).await;
    assert_eq!(process.wait(MOST).await, Some(0), "{}", process.log());
    app.discard().await;
}

#[tokio::test]
async fn who_waits_to_be_taken_when_the_server_is_told_to_end_is_answered() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let mut process = bellwether.start(&app, &["serve"], &[]);
    let address = process.logged("Serving on http://", "/graphql").await;
    // While it stands still, the system makes connections for it.
    process.signal("STOP");
    let mut waiting = Vec::new();
    for _ in 0..100 {
        let mut connection = TcpStream::connect(&address).await.unwrap();
        ask(&mut connection).await;
        waiting.push(connection);
    }
    process.terminate();
    process.signal("CONT");
    for connection in waiting {
        assert_answered(connection).await;
    }
    assert_eq!(process.wait(MOST).await, Some(0), "{}", process.log());
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

async fn ask(connection: &mut TcpStream) {
    connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
}

async fn assert_answered(mut connection: TcpStream) {
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer:?}");
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
