//! Several servers on one port.

use std::time::Duration;
use tests::{Process, Program, TestApp};

const SHARED: (&str, &str) = ("BELLWETHER_HTTP__REUSE_PORT", "true");
/// Each request leaves a line.
const LOUD: (&str, &str) = ("BELLWETHER_LOG__FILTER", "info,api=debug");
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn two_servers_share_a_port_and_one_goes_on_when_the_other_ends() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let mut first = bellwether.start(&app, &["serve"], &[SHARED, LOUD]);
    let address = first.logged("Serving on http://", "/graphql").await;
    let settings = [SHARED, LOUD, ("BELLWETHER_LISTEN", address.as_str())];
    let mut second = bellwether.start(&app, &["serve"], &settings);
    second.logged("Serving on http://", "/graphql").await;
    let has_answered = |process: &Process| process.log().contains("Answered");
    for _ in 0..100 {
        ask(&address).await;
    }
    assert!(has_answered(&first) && has_answered(&second), "one of the two got all connections");
    first.terminate();
    assert_eq!(first.wait(PATIENCE).await, Some(0));
    for _ in 0..20 {
        ask(&address).await;
    }
    second.terminate();
    assert_eq!(second.wait(PATIENCE).await, Some(0));
    app.discard().await;
}

#[tokio::test]
async fn a_port_is_shared_only_by_those_who_all_want_to() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let mut first = bellwether.start(&app, &["serve"], &[]);
    let address = first.logged("Serving on http://", "/graphql").await;
    let mut second = bellwether.start(&app, &["serve"], &[SHARED, ("BELLWETHER_LISTEN", &address)]);
    assert_eq!(second.wait(PATIENCE).await, Some(1));
    assert!(second.log().contains(&format!("cannot listen on {address}")), "{}", second.log());
    app.discard().await;
}

/// On a connection of its own, since it is connections that are shared out.
async fn ask(address: &str) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::new().get(format!("http://{address}/healthz")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}
