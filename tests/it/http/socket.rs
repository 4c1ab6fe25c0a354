//! How sockets end.

use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tests::TestApp;
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest as _,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

#[tokio::test]
async fn a_client_s_goodbye_is_answered() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    socket.send(Message::text(r#"{ "type": "connection_init" }"#)).await.unwrap();
    assert!(socket.next().await.unwrap().unwrap().is_text());
    let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    socket.send(Message::Close(Some(goodbye))).await.unwrap();
    // Without an answer this is an error: clients take it for a lost connection, and connect again.
    let answer = timeout(Duration::from_secs(5), socket.next()).await.unwrap().unwrap().unwrap();
    let Message::Close(Some(frame)) = answer else { panic!("it was {answer:?}") };
    assert_eq!(frame.code, CloseCode::Normal);
    assert!(socket.next().await.is_none());
    app.finish().await;
}
