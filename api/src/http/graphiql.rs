//! The IDE, from the binary.

use super::Server;
use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE},
    response::{Html, IntoResponse},
    routing::get,
};

// Made by `npm run build` in ops/graphiql.
const SCRIPT: &[u8] = include_bytes!("../../assets/graphiql.js.gz");
const STYLE: &[u8] = include_bytes!("../../assets/graphiql.css.gz");

/// The page and its two assets.
pub fn routes() -> Router<Server> {
    Router::new()
        .route("/graphiql", get(|| async { Html(include_str!("../../assets/graphiql.html")) }))
        .route("/graphiql/graphiql.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/graphiql/graphiql.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
}

fn asset(kind: &'static str, bytes: &'static [u8]) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CONTENT_ENCODING, "gzip"), (CACHE_CONTROL, "max-age=3600")], bytes)
}
