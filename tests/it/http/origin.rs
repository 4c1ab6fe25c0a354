//! Which sites' pages may call.

use super::{client, post, text};
use insta::assert_debug_snapshot;
use reqwest::Method;
use std::net::SocketAddr;
use tests::TestApp;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, client::IntoClientRequest as _},
};

const LISTED: &str = "https://app.example";

async fn app() -> TestApp {
    let mut app = TestApp::start().await;
    app.config.http.cors_origins = vec![LISTED.parse().unwrap()];
    app.config.http.public_url = "https://bellwether.example/api".parse().unwrap();
    app
}

#[tokio::test]
async fn only_pages_of_listed_sites_may_call_and_read_the_answer() {
    let mut app = app().await;
    let address = app.serve().await;
    let mut found = Vec::new();
    for origin in [LISTED, "https://evil.example"] {
        let asking = client()
            .request(Method::OPTIONS, format!("http://{address}/graphql"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,x-totp");
        let asked = post(address, "{ __typename }").header("origin", origin);
        for answer in [asking.send().await.unwrap(), asked.send().await.unwrap()] {
            let names = ["origin", "methods", "headers"].map(|what| format!("access-control-allow-{what}"));
            let mut values = names.map(|name| text(answer.headers(), &name).to_owned()).to_vec();
            values.push(text(answer.headers(), "access-control-expose-headers").to_owned());
            found.push(values.join(" | "));
        }
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "https://app.example | GET,POST | authorization,content-type,x-api-key,x-totp,x-request-id | ",
        "https://app.example |  |  | ratelimit-limit,ratelimit-remaining,ratelimit-reset,retry-after,x-request-id",
        " | GET,POST | authorization,content-type,x-api-key,x-totp,x-request-id | ",
        " |  |  | ratelimit-limit,ratelimit-remaining,ratelimit-reset,retry-after,x-request-id",
    ]
    "#);
}

/// The status with which a page of `origin` is answered that opens a socket.
async fn connect(address: SocketAddr, origin: Option<&str>) -> u16 {
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((_, answer)) => answer.status().as_u16(),
        Err(Error::Http(answer)) => answer.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn only_pages_of_listed_sites_and_our_own_open_sockets() {
    let mut app = app().await;
    let address = app.serve().await;
    let own = format!("http://{address}");
    for (origin, status) in [
        (None, 101),
        (Some(own.as_str()), 101),
        (Some("https://bellwether.example"), 101),
        (Some(LISTED), 101),
        (Some("https://evil.example"), 403),
        (Some("https://app.example.evil.example"), 403),
        (Some("null"), 403),
    ] {
        assert_eq!(connect(address, origin).await, status, "{origin:?}");
    }
    app.finish().await;
}
