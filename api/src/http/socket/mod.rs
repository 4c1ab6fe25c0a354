//! GraphQL over WebSocket: `graphql-transport-ws`, by its protocol:
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

mod board;
mod close;
mod cohort;
mod conversation;
mod message;
mod operations;
mod place;
mod row;

pub use cohort::Cohorts;
pub use message::Payload;
pub use place::Places;

use super::{Server, access, answer::NOT_STORED, graphql, origin, sign_in::SignIn, wire::Wire};
use axum::{
    Extension,
    extract::{
        FromRequestParts, Request, State,
        ws::{WebSocket, WebSocketUpgrade},
    },
    http::{StatusCode, header::SEC_WEBSOCKET_PROTOCOL, request::Parts},
    response::{IntoResponse, Response},
};
use conversation::Conversation;
use std::sync::Arc;
use tracing::Span;

const PROTOCOL: &str = "graphql-transport-ws";
/// A subscription's document is small; nobody sends more in one message.
const LARGEST_MESSAGE: usize = 256 * 1024;
/// Most messages are small; the library's own 128 KiB for each socket would be most of what a socket costs.
const READ_BUFFER: usize = 1024;

/// Upgrades to a socket, or answers what came as a plain GET.
pub async fn upgrade_or_query(
    State(server): State<Arc<Server>>,
    Extension(wire): Extension<Arc<Wire>>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        return graphql::answer(State(server), Request::from_parts(parts, body)).await;
    };
    if !origin::may_connect(&server.http, &parts.headers) {
        let problem = "pages of this site may not connect; set BELLWETHER_HTTP__CORS_ORIGINS to allow it";
        return (StatusCode::FORBIDDEN, [NOT_STORED], problem).into_response();
    }
    let who = access::origin(&server, &parts);
    let Some(place) = server.places.take(&who) else {
        return (
            StatusCode::TOO_MANY_REQUESTS,
            [NOT_STORED],
            "too many sockets from this address: close some",
        )
            .into_response();
    };
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0);
    let is_understood = offers_protocol(&parts);
    // Of shutdown, which waits for the socket from now on: nobody knows how soon the upgrade is through.
    let held = server.sockets.token();
    let span = Span::current();
    let serve = async move |socket: WebSocket| {
        let _held = (place, held);
        metrics::gauge!("bellwether_sockets").increment(1.0);
        let conversation = Conversation::new(server.clone(), span, SignIn::new(server, who), socket, wire);
        if is_understood {
            conversation.hold().await;
        } else {
            conversation.end(close::PROTOCOL_UNKNOWN).await;
        }
        metrics::gauge!("bellwether_sockets").decrement(1.0);
    };
    upgrade.on_upgrade(serve)
}

fn offers_protocol(parts: &Parts) -> bool {
    let lines = parts.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|protocol| protocol.trim() == PROTOCOL)
}
