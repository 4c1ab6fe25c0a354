//! A client that speaks graphql-transport-ws.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};

/// What clients say of a connection that broke, or never came to be.
pub const LOST: u16 = 1006;
const PATIENCE: Duration = Duration::from_secs(15);

/// An open socket with one subscription at a time.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects as nobody and waits for the acknowledgement.
    pub async fn open(address: SocketAddr) -> Self {
        Self::open_with(address, json!({ "type": "connection_init" })).await
    }

    /// Connects with a credential and waits for the acknowledgement.
    pub async fn open_as(address: SocketAddr, bearer: &str) -> Self {
        let payload = json!({ "authorization": format!("Bearer {bearer}") });
        Self::open_with(address, json!({ "type": "connection_init", "payload": payload })).await
    }

    /// Connects as nobody, or gives the code with which it failed.
    pub async fn try_open(address: SocketAddr) -> Result<Self, u16> {
        let mut socket = Self::connect(address).await.map_err(|_| LOST)?;
        socket.try_send(&json!({ "type": "connection_init" })).await?;
        assert_eq!(socket.wait().await?["type"], "connection_ack");
        Ok(socket)
    }

    async fn connect(address: SocketAddr) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, _) = connect_async(request).await?;
        Ok(Self(stream))
    }

    async fn open_with(address: SocketAddr, init: Value) -> Self {
        let mut socket = Self::connect(address).await.unwrap();
        socket.send(&init).await;
        assert_eq!(socket.receive().await.unwrap()["type"], "connection_ack");
        socket
    }

    /// Starts a subscription.
    pub async fn subscribe(&mut self, query: &str) {
        self.send(&json!({ "id": "1", "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// The payload of the next `next` message.
    pub async fn next(&mut self) -> Value {
        loop {
            let mut message = self.receive().await.unwrap_or_else(|code| panic!("closed with {code}"));
            match message["type"].as_str() {
                Some("next") => return message["payload"].take(),
                Some("error") => return json!({ "errors": message["payload"] }),
                Some("ping" | "pong") => {}
                _ => panic!("unexpected {message}"),
            }
        }
    }

    /// The data of the next event of the only field.
    pub async fn event(&mut self, field: &str) -> Value {
        let mut payload = self.next().await;
        assert_eq!(payload.get("errors"), None);
        payload["data"][field].take()
    }

    pub async fn send(&mut self, message: &Value) {
        self.try_send(message).await.unwrap();
    }

    pub async fn try_send(&mut self, message: &Value) -> Result<(), u16> {
        self.0.send(Message::text(message.to_string())).await.map_err(|_| LOST)
    }

    /// The next message whenever it comes, or the code with which the server closed.
    pub async fn wait(&mut self) -> Result<Value, u16> {
        loop {
            match self.0.next().await.ok_or(LOST)?.map_err(|_| LOST)? {
                Message::Text(text) => return Ok(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                _ => {}
            }
        }
    }

    /// The next message, or the code with which the server closed.
    pub async fn receive(&mut self) -> Result<Value, u16> {
        timeout(PATIENCE, self.wait()).await.expect("no message came in time")
    }
}
