//! Sockets on which nobody says anything.

use serde_json::json;
use std::time::Duration;
use tests::{TestApp, drills};
use tokio::time::timeout;

#[tokio::test]
async fn a_client_that_only_listens_is_not_thrown_out() {
    if !drills("listening for more than a minute") {
        return;
    }
    let mut app = TestApp::start().await;
    let mut socket = app.socket().await;
    socket.subscribe("subscription { sentimentUpdated { cursor } }").await;
    // Listening is what answers pings; nothing else is said.
    if let Ok(message) = timeout(Duration::from_secs(70), socket.wait()).await {
        panic!("the server said {message:?}");
    }
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.receive().await.unwrap()["type"], "pong");
    app.finish().await;
}
