//! What every answer carries: the request's id, and what browsers may do with it.

use super::{Server, access::REQUEST_ID};
use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue,
        header::{
            CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
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

/// Tells browsers to be strict.
pub async fn protect(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    if server.http.public_url.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, A_YEAR_OF_TLS);
    }
    response
}

/// Gives the request an id, the sender's if it is well formed, for logs, errors and the answer.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(REQUEST_ID).filter(|id| is_well_formed(id.as_bytes())).cloned();
    let id = sent.unwrap_or_else(fresh);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let span = info_span!("request", trace_id = id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// It goes into logs and the audit log: nothing in it may mean anything there.
fn is_well_formed(id: &[u8]) -> bool {
    let fits = (1..=LONGEST_ID).contains(&id.len());
    fits && id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn fresh() -> HeaderValue {
    HeaderValue::try_from(Uuid::now_v7().to_string()).expect("a UUID is plain text")
}
