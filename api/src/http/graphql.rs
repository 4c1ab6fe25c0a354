//! GraphQL over HTTP, by its specification: <https://graphql.github.io/graphql-over-http/draft/>.

use super::{
    Server, access,
    answer::{self, respond},
    events,
    negotiate::Media,
    request::{self, Unreadable},
};
use crate::error::ApiError;
use async_graphql::{Executor as _, Request as Operation, parser::types::OperationType};
use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{ALLOW, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
};
use std::time::Duration;
use tokio::time::timeout;

/// What takes longer is given up: its work ends with it.
const SLOWEST: Duration = Duration::from_secs(30);

/// Answers what came as a POST, or a query that came as a GET.
pub async fn answer(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let trace_id = access::origin(&server, &parts).trace_id;
    let Some(media) = Media::accepted(&parts.headers) else {
        let advice = "accept application/graphql-response+json, application/json or text/event-stream";
        let error = ApiError::malformed(advice);
        return answer::refuse(Media::Json, StatusCode::NOT_ACCEPTABLE, error, trace_id.as_deref());
    };
    let operation = if parts.method == Method::POST {
        request::from_body(&parts.headers, body).await
    } else {
        request::from_query(parts.uri.query().unwrap_or_default())
    };
    match operation {
        Ok(operation) => run(&server, &parts, media, operation).await,
        Err(Unreadable { status, error }) => answer::refuse(media, status, error, trace_id.as_deref()),
    }
}

async fn run(server: &Server, parts: &Parts, media: Media, mut operation: Operation) -> Response {
    // A link must never change anything.
    if parts.method != Method::POST
        && matches!(server.schema.judge.read(&mut operation), Ok(OperationType::Mutation))
    {
        let error = ApiError::malformed("a mutation is sent with POST");
        let trace_id = access::origin(server, parts).trace_id;
        let mut response = answer::refuse(media, StatusCode::METHOD_NOT_ALLOWED, error, trace_id.as_deref());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let access = match access::of(server, parts).await {
        Ok(access) => access,
        Err(error) => return respond(media, error.into()),
    };
    let trace_id = access.origin.trace_id.clone();
    let operation = operation.data(access);
    if media == Media::Events {
        return events::stream(server, operation);
    }
    match timeout(SLOWEST, server.schema.execute(operation)).await {
        Ok(answer) => respond(media, answer),
        Err(_) => {
            let error = ApiError::too_complex("this takes longer than 30 s: ask for less at once")
                .with_limit("seconds", SLOWEST.as_secs(), None);
            answer::refuse(media, StatusCode::SERVICE_UNAVAILABLE, error, trace_id.as_deref())
        }
    }
}

/// The schema of the running server.
pub async fn sdl() -> Response {
    ([(CONTENT_TYPE, "application/graphql; charset=utf-8")], crate::schema::sdl()).into_response()
}
