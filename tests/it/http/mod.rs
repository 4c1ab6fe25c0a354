//! What HTTP itself says and refuses: limits, headers, origins, request ids, documents by their ids.

mod connection;
mod header;
mod hostile;
mod limit;
mod origin;
mod persisted;
mod shared;
mod socket;

use reqwest::{Client, RequestBuilder, Response, header::HeaderMap};
use serde_json::{Value, json};
use std::net::SocketAddr;

pub fn client() -> Client {
    // Without it the client refuses to start.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// A document as a client posts it.
pub fn post(address: SocketAddr, query: &str) -> RequestBuilder {
    client().post(format!("http://{address}/graphql")).json(&json!({ "query": query }))
}

/// The text of a header; empty if it is not there.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// `status limit/remaining/reset retry-after code` of an answer.
async fn standing(response: Response) -> String {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let of = |name: &str| text(&headers, name).to_owned();
    let names = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];
    let share = names.map(of).join("/");
    let body: Value = response.json().await.unwrap();
    let extensions = &body["errors"][0]["extensions"];
    let code = extensions["code"].as_str().unwrap_or("-");
    assert_eq!(
        extensions["retryAfterSeconds"].as_u64().map(|s| s.to_string()).unwrap_or_default(),
        of("retry-after")
    );
    format!("{status} {share} {} {code}", of("retry-after"))
}
