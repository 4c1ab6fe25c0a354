use super::{State, answer};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

pub(super) async fn articles(state: State) -> Response {
    if state.is_limited() {
        return "Please limit requests to one every 5 seconds or contact us.".into_response();
    }
    state.moody((200, Value::Null)).unwrap_or_else(|| answer(200, json!({})))
}
