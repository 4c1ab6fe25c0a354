//! The IDE, from the binary.

use super::Server;
use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::{Html, IntoResponse},
    routing::get,
};
use std::sync::Arc;

// Made by `npm run build` in ops/graphiql.
const SCRIPT: &[u8] = include_bytes!("../../assets/graphiql.js.gz");
const STYLE: &[u8] = include_bytes!("../../assets/graphiql.css.gz");

// The editor measures itself with styles of its own making, and its fonts are in the style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page and its two assets.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/graphiql", get(page))
        .route("/graphiql/graphiql.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/graphiql/graphiql.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
}

async fn page() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(include_str!("../../assets/graphiql.html")))
}

fn asset(kind: &'static str, bytes: &'static [u8]) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CONTENT_ENCODING, "gzip"), (CACHE_CONTROL, "max-age=3600")], bytes)
}
