//! What every answer carries: the request's id, and what browsers may do with it.

use super::{Server, access::REQUEST_ID, telemetry};
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
use platform::config::BaseUrl;
use std::sync::Arc;
use tracing::{Instrument as _, info_span};
use uuid::Uuid;

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Answers are data; GraphiQL, which is a page, brings a policy of its own.
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];
const A_YEAR_OF_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");
const LONGEST_ID: usize = 64;

/// Gives the request an id, measures it, and tells browsers to be strict with its answer.
pub async fn frame(State(server): State<Arc<Server>>, mut request: Request, next: Next) -> Response {
    let id = identify(request.headers_mut());
    let span = info_span!("request", trace_id = id.to_str().unwrap_or_default());
    let mut response = telemetry::observe(request, next).instrument(span).await;
    protect(response.headers_mut(), &server.http.public_url);
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The sender's id, if it is well formed, or one of our own: for logs, errors and the answer.
fn identify(headers: &mut HeaderMap) -> HeaderValue {
    let sent = headers.get(REQUEST_ID).filter(|id| is_well_formed(id.as_bytes())).cloned();
    let id = sent.unwrap_or_else(fresh);
    headers.insert(REQUEST_ID, id.clone());
    id
}

fn protect(headers: &mut HeaderMap, public_url: &BaseUrl) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    if public_url.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, A_YEAR_OF_TLS);
    }
}

/// It goes into logs and the audit log: nothing in it may mean anything there.
fn is_well_formed(id: &[u8]) -> bool {
    let fits = (1..=LONGEST_ID).contains(&id.len());
    fits && id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn fresh() -> HeaderValue {
    HeaderValue::try_from(Uuid::now_v7().to_string()).expect("a UUID is plain text")
}
