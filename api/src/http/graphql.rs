//! GraphQL over HTTP, by its specification: <https://graphql.github.io/graphql-over-http/draft/>.

use super::{
    Server, access,
    answer::{refuse, respond},
    events,
    negotiate::Media,
    request::{self, Unreadable},
};
use crate::{answer::Answer, error::ApiError};
use async_graphql::{Request as Operation, parser::types::OperationType};
use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{ALLOW, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// What takes longer is given up: its work ends with it.
const SLOWEST: Duration = Duration::from_secs(30);

/// Answers what came as a POST, or a query that came as a GET.
pub async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media) = Media::accepted(&parts.headers) else {
        let advice = "accept application/graphql-response+json, application/json or text/event-stream";
        return refuse(Media::Json, StatusCode::NOT_ACCEPTABLE, ApiError::malformed(advice), &parts);
    };
    let operation = if parts.method == Method::POST {
        request::from_body(&parts.headers, body).await
    } else {
        request::from_query(parts.uri.query().unwrap_or_default())
    };
    match operation {
        Ok(operation) => run(&server, &parts, media, operation).await,
        Err(Unreadable { status, error }) => refuse(media, status, error, &parts),
    }
}

async fn run(server: &Arc<Server>, parts: &Parts, media: Media, mut operation: Operation) -> Response {
    // A link must never change anything.
    if parts.method != Method::POST && is_mutation(server, &mut operation) {
        let error = ApiError::malformed("a mutation is sent with POST");
        let mut response = refuse(media, StatusCode::METHOD_NOT_ALLOWED, error, parts);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let operation = match access::of(server, parts).await {
        Ok(access) => operation.data(access),
        Err(error) => return respond(media, Answer::refusal(vec![error.into()])),
    };
    if media == Media::Events {
        return events::stream(server, parts, operation).await;
    }
    if let Ok(answer) = timeout(SLOWEST, server.schema.answer(operation)).await {
        return respond(media, answer);
    }
    let error = ApiError::too_complex("this takes longer than 30 s: ask for less at once");
    let error = error.with_limit("seconds", SLOWEST.as_secs(), None);
    refuse(media, StatusCode::SERVICE_UNAVAILABLE, error, parts)
}

/// The document may be one that is known by its id.
fn is_mutation(server: &Server, operation: &mut Operation) -> bool {
    server.schema.library.open(operation).is_ok()
        && server.schema.judge.kind(operation) == Some(OperationType::Mutation)
}

/// The schema of the running server.
pub async fn sdl() -> Response {
    ([(CONTENT_TYPE, "application/graphql; charset=utf-8")], crate::schema::sdl()).into_response()
}
