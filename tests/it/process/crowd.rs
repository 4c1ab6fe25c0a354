//! More connections than a process may open files.

use std::time::{Duration, Instant};
use tests::{Process, Program, TestApp};
use tokio::{net::TcpStream, time::sleep};

const FILES: u32 = 64;
const REFUSED: &str = "Could not take a connection";

#[tokio::test]
async fn a_server_without_files_for_more_connections_goes_on_when_some_have_gone() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let mut process = bellwether.start(&app, &["serve"], &[]);
    let address = process.logged("Serving on http://", "/graphql").await;
    process.limit_files(FILES);
    let mut crowd = Vec::new();
    for _ in 0..2 * FILES {
        crowd.push(TcpStream::connect(&address).await.unwrap());
    }
    wait_for_refusal(&process).await;
    drop(crowd);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::get(format!("http://{address}/healthz")).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    app.discard().await;
}

async fn wait_for_refusal(process: &Process) {
    let started = Instant::now();
    while !process.log().contains(REFUSED) {
        assert!(started.elapsed() < Duration::from_secs(5), "{}", process.log());
        sleep(Duration::from_millis(50)).await;
    }
}
