//! Shapes answers as HTTP carries them.

use super::{access::REQUEST_ID, negotiate::Media};
use crate::error::{ApiError, ErrorCode};
use async_graphql::{Response as Answer, ServerError, Value};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER, VARY},
        request::Parts,
    },
    response::Response,
};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// An answer as it is written: without `data` where nothing ran.
#[derive(Debug)]
pub struct Written<'a>(pub &'a Answer);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Answer { data, extensions, errors, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        if !errors.is_empty() {
            map.serialize_entry("errors", errors)?;
        }
        if !is_refusal(self.0) {
            map.serialize_entry("data", data)?;
        }
        if !extensions.is_empty() {
            map.serialize_entry("extensions", extensions)?;
        }
        map.end()
    }
}

/// Whether the request was refused before anything ran: whatever fails later stands at a path.
pub fn is_refusal(answer: &Answer) -> bool {
    answer.data == Value::Null && answer.errors.iter().any(|error| error.path.is_empty())
}

/// The answer to an operation.
pub fn respond(media: Media, mut answer: Answer) -> Response {
    let headers = std::mem::take(&mut answer.http_headers);
    let status = if headers.contains_key(RETRY_AFTER) {
        StatusCode::TOO_MANY_REQUESTS
    } else if is_refusal(&answer) {
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
    let mut response = written(media, status, &Answer::from_errors(vec![error]));
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
    let body = serde_json::to_vec(&Written(answer)).expect("an answer can be written as JSON");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}
