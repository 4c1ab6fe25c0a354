//! Finnhub's socket.

use super::{Parameters, State, VENDOR_KEY};
use axum::{
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

pub(super) async fn socket(state: State, query: Parameters, upgrade: WebSocketUpgrade) -> Response {
    state.calls.lock().unwrap().push("/trades".to_owned());
    if query.get("token").is_none_or(|token| token != VENDOR_KEY) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    upgrade.on_upgrade(async move |socket| serve(&state, socket).await)
}

async fn serve(state: &State, mut socket: WebSocket) {
    let mut messages = state.world.lock().unwrap().trades.subscribe();
    loop {
        tokio::select! {
            Ok(message) = messages.recv() => {
                // An order of the test, not a message.
                if message == "\"hang up\"" || socket.send(Message::text(message)).await.is_err() {
                    return;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => state.world.lock().unwrap().heard.push(text.to_string()),
                Some(Ok(_)) => {}
                _ => return,
            }
        }
    }
}
