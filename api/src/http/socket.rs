//! GraphQL over WebSocket: `graphql-transport-ws`, by the stock integration's protocol machine.

use super::{Server, graphql};
use async_graphql::http::{WebSocketProtocols, WsMessage};
use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Request, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::header::SEC_WEBSOCKET_PROTOCOL,
    response::{IntoResponse, Response},
};
use futures_util::{SinkExt as _, StreamExt as _, future};
use std::time::Duration;
use tracing::debug;

const PROTOCOL: &str = "graphql-transport-ws";
/// A subscription's document is small; nobody sends more in one message.
const LARGEST_MESSAGE: usize = 256 * 1024;
/// A client that says nothing, not even a pong, for so long is gone.
const KEEP_ALIVE: Duration = Duration::from_mins(1);
/// How often a client is pinged; every WebSocket answers by itself, also one that only listens.
const PING_PERIOD: Duration = Duration::from_secs(20);
const PONG: &[u8] = br#"{"type":"pong"}"#;
/// RFC 6455: the server goes away.
const GOING_AWAY: u16 = 1001;

/// Upgrades to a socket, or answers a query that came as a GET.
pub async fn upgrade_or_query(State(server): State<Server>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let offers = |protocols: &str| protocols.split(',').any(|protocol| protocol.trim() == PROTOCOL);
    let offered =
        parts.headers.get(SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok()).is_some_and(offers);
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) if offered => upgrade
            .protocols([PROTOCOL])
            .max_message_size(LARGEST_MESSAGE)
            .on_upgrade(move |socket| serve(server, socket)),
        Ok(_) => {
            let problem = format!("this server speaks the sub-protocol {PROTOCOL}");
            (axum::http::StatusCode::BAD_REQUEST, problem).into_response()
        }
        Err(_) => match graphql::GraphQLRequest::from_request(Request::from_parts(parts, body), &()).await {
            Ok(request) => graphql::get(State(server), request).await.into_response(),
            Err(rejection) => rejection.into_response(),
        },
    }
}

async fn serve(server: Server, socket: WebSocket) {
    let tracker = server.sockets.clone();
    tracker.track_future(converse(server, socket)).await;
}

/// Carries messages both ways until either side, or the server, goes.
async fn converse(server: Server, socket: WebSocket) {
    metrics::gauge!("bellwether_sockets").increment(1.0);
    let (mut sink, stream) = socket.split();
    let incoming = stream
        .take_while(|message| future::ready(message.is_ok()))
        .filter_map(|message| future::ready(message.ok()))
        .filter_map(|message| {
            future::ready(match message {
                Message::Text(text) => Some(text.as_bytes().to_vec()),
                Message::Binary(bytes) => Some(bytes.to_vec()),
                // The protocol machine knows only pongs of its own, and closes who is silent.
                Message::Pong(_) => Some(PONG.to_vec()),
                _ => None,
            })
        });
    let schema = server.schema.clone();
    let outgoing = async_graphql::http::WebSocket::new(schema, incoming, WebSocketProtocols::GraphQLWS)
        .keepalive_timeout(KEEP_ALIVE);
    let mut outgoing = std::pin::pin!(outgoing.take_until(server.shutdown.cancelled()));
    let mut pings = tokio::time::interval(PING_PERIOD);
    let mut closed = false;
    loop {
        let message = tokio::select! {
            message = outgoing.next() => match message {
                Some(WsMessage::Text(text)) => Message::Text(text.into()),
                Some(WsMessage::Close(code, reason)) => {
                    closed = true;
                    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
                }
                None => break,
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
        };
        if sink.send(message).await.is_err() {
            closed = true;
            break;
        }
    }
    if !closed {
        let reason = "the server restarts; connect again".into();
        let frame = Message::Close(Some(CloseFrame { code: GOING_AWAY, reason }));
        if let Err(error) = sink.send(frame).await {
            debug!(%error, "Could not say goodbye to a socket");
        }
    }
    metrics::gauge!("bellwether_sockets").decrement(1.0);
}
