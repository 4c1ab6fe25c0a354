//! GraphQL over WebSocket: `graphql-transport-ws`, by the stock integration's protocol machine.

use super::{Server, access, graphql, origin};
use crate::{error::ApiError, schema::Schema};
use async_graphql::{
    Data, Executor, Response as Answer,
    http::{WebSocketProtocols, WsMessage},
};
use axum::{
    body::Bytes,
    extract::{
        FromRequestParts, Request, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{StatusCode, header::SEC_WEBSOCKET_PROTOCOL, request::Parts},
    response::{IntoResponse, Response},
};
use domain::identity::{Access, Error, Gatekeeper, Origin};
use futures_util::{
    SinkExt as _, StreamExt as _, future,
    stream::{self, BoxStream},
};
use secrecy::SecretString;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tracing::{Instrument as _, Span, debug};

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
/// graphql-transport-ws: the sign-in is no good, or no longer.
const FORBIDDEN: u16 = 4403;
/// How often a socket's sign-in is looked at again.
const RECHECK: Duration = Duration::from_secs(1);

/// Upgrades to a socket, or answers a query that came as a GET.
pub async fn upgrade_or_query(State(server): State<Server>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let offers = |protocols: &str| protocols.split(',').any(|protocol| protocol.trim() == PROTOCOL);
    let offered =
        parts.headers.get(SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok()).is_some_and(offers);
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(_) if !origin::may_connect(&server.http, &parts.headers) => {
            let problem = "pages of this site may not connect; set BELLWETHER_HTTP__CORS_ORIGINS to allow it";
            (StatusCode::FORBIDDEN, problem).into_response()
        }
        Ok(upgrade) if offered => {
            let span = Span::current();
            let sign_in = SignIn::new(&server, &parts);
            upgrade
                .protocols([PROTOCOL])
                .max_message_size(LARGEST_MESSAGE)
                .on_upgrade(move |socket| serve(server, sign_in, socket).instrument(span))
        }
        Ok(_) => {
            let problem = format!("this server speaks the sub-protocol {PROTOCOL}");
            (StatusCode::BAD_REQUEST, problem).into_response()
        }
        Err(_) => graphql::answer(State(server), Request::from_parts(parts, body)).await,
    }
}

/// Who is at the other end; clones share it.
#[derive(Clone)]
struct SignIn {
    schema: Schema,
    gatekeeper: Gatekeeper,
    origin: Origin,
    /// From `connection_init`.
    bearer: Arc<OnceLock<SecretString>>,
}

impl SignIn {
    fn new(server: &Server, parts: &Parts) -> Self {
        Self {
            schema: server.schema.clone(),
            gatekeeper: server.gatekeeper.clone(),
            origin: access::origin(server, parts),
            bearer: Arc::default(),
        }
    }

    /// Remembers the credential of `connection_init`, whose refusal closes the socket.
    async fn init(self, payload: serde_json::Value) -> Result<Data, async_graphql::Error> {
        let text = payload.get("authorization").or_else(|| payload.get("Authorization"));
        if let Some(bearer) = access::bearer(text.and_then(serde_json::Value::as_str)) {
            let _ = self.bearer.set(bearer);
        }
        if self.is_over().await { Err("forbidden".into()) } else { Ok(Data::default()) }
    }

    /// Whether its credential is no good, or no longer.
    async fn is_over(&self) -> bool {
        let Some(bearer) = self.bearer.get() else { return false };
        matches!(self.gatekeeper.check(bearer).await, Err(Error::BadToken(_) | Error::BadKey))
    }

    /// Who asks now: a role, or a second factor, may have changed since the socket was opened.
    async fn access(&self) -> Result<Access, Error> {
        let standing = self.gatekeeper.standing(self.bearer.get()).await?;
        Ok(Access { origin: self.origin.clone(), standing, code: None })
    }
}

impl Executor for SignIn {
    async fn execute(&self, request: async_graphql::Request) -> Answer {
        match self.access().await {
            Ok(access) => self.schema.execute(request.data(access)).await,
            Err(error) => ApiError::from(error).into(),
        }
    }

    fn execute_stream(
        &self,
        request: async_graphql::Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, Answer> {
        let this = self.clone();
        let answers = async move {
            match this.access().await {
                Ok(access) => Executor::execute_stream(&this.schema, request.data(access), session),
                Err(error) => stream::once(future::ready(ApiError::from(error).into())).boxed(),
            }
        };
        stream::once(answers).flatten().boxed()
    }
}

async fn serve(server: Server, sign_in: SignIn, socket: WebSocket) {
    let tracker = server.sockets.clone();
    metrics::gauge!("bellwether_sockets").increment(1.0);
    tracker.track_future(converse(server, sign_in, socket)).await;
    metrics::gauge!("bellwether_sockets").decrement(1.0);
}

/// Carries messages both ways until either side, the sign-in, or the server ends.
async fn converse(server: Server, sign_in: SignIn, socket: WebSocket) {
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
    let init = sign_in.clone();
    let outgoing =
        async_graphql::http::WebSocket::new(sign_in.clone(), incoming, WebSocketProtocols::GraphQLWS)
            .keepalive_timeout(KEEP_ALIVE)
            .on_connection_init(move |payload| init.init(payload));
    let mut outgoing = std::pin::pin!(outgoing.take_until(server.shutdown.cancelled()));
    let mut pings = tokio::time::interval(PING_PERIOD);
    let mut checks = tokio::time::interval(RECHECK);
    let end = loop {
        let message = tokio::select! {
            message = outgoing.next() => match message {
                Some(WsMessage::Text(text)) => Message::Text(text.into()),
                Some(WsMessage::Close(..)) if sign_in.is_over().await => break forbidden(),
                Some(WsMessage::Close(code, reason)) => break close(code, reason),
                None => break close(GOING_AWAY, "the server restarts; connect again"),
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
            _ = checks.tick() => {
                if sign_in.is_over().await {
                    break forbidden();
                }
                continue;
            }
        };
        if sink.send(message).await.is_err() {
            return;
        }
    };
    if let Err(error) = sink.send(end).await {
        debug!(%error, "Could not say goodbye to a socket");
    }
}

fn forbidden() -> Message {
    close(FORBIDDEN, "Forbidden")
}

fn close(code: u16, reason: impl Into<String>) -> Message {
    let reason: String = reason.into();
    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
}
