//! Shapes answers as HTTP carries them.

use super::{access::REQUEST_ID, negotiate::Media};
use crate::{
    answer::Answer,
    error::{ApiError, ErrorCode},
};
use async_graphql::ServerError;
use axum::{
    body::Body,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY},
        request::Parts,
    },
    response::Response,
};

/// Of all answers of GraphQL: they differ by who asks, and by when.
pub const NOT_STORED: (HeaderName, HeaderValue) = (CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The answer to an operation.
pub fn respond(media: Media, mut answer: Answer) -> Response {
    let headers = std::mem::take(&mut answer.headers);
    let status = if headers.contains_key(RETRY_AFTER) {
        StatusCode::TOO_MANY_REQUESTS
    } else if answer.is_refusal() {
        refused(media, &answer)
    } else {
        StatusCode::OK
    };
    let mut response = written(media, status, &answer);
    response.headers_mut().extend(headers);
    response
}

/// The answer to what is no operation.
pub fn refuse(media: Media, status: StatusCode, error: ApiError, request: &Parts) -> Response {
    let pause = error.pause();
    let mut error: ServerError = error.into();
    if let Some(id) = request.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
        error.extensions.get_or_insert_default().set("traceId", id);
    }
    let mut response = written(media, status, &Answer::refusal(vec![error]));
    response.headers_mut().extend(pause.map(|pause| (RETRY_AFTER, pause.into())));
    response
}

/// The status of an operation that did not run.
fn refused(media: Media, answer: &Answer) -> StatusCode {
    let has = |code: ErrorCode| {
        let code_of = |error: &ServerError| error.extensions.as_ref()?.get("code").cloned();
        answer.errors.iter().any(|error| code_of(error) == Some(code.name()))
    };
    if has(ErrorCode::Internal) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if has(ErrorCode::SourceUnavailable) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if media == Media::GraphQl {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    }
}

fn written(media: Media, status: StatusCode, answer: &Answer) -> Response {
    // Nobody reads an error as a stream of events.
    let media = if media == Media::Events { Media::Json } else { media };
    let body = serde_json::to_vec(answer).expect("an answer can be written as JSON");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    let (name, value) = NOT_STORED;
    headers.insert(name, value);
    response
}
