//! How often one may ask.

use super::{post, standing};
use domain::identity::Role;
use insta::assert_debug_snapshot;
use serde_json::json;
use std::net::SocketAddr;
use tests::{RedisServer, TestApp, person::error_code};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const READ: &str = "{ stocks { totalCount } }";
const NOON: &str = "2026-01-05T12:00:00Z";

/// Limits so small that a test reaches them.
fn tighten(app: &mut TestApp) {
    let limits = &mut app.config.limits;
    (limits.enforce, limits.reads_per_minute, limits.writes_per_minute) = (true, 3, 2);
}

async fn limited() -> TestApp {
    let mut app = TestApp::start_on(NOON).await;
    tighten(&mut app);
    app
}

async fn ask(address: SocketAddr, query: &str) -> String {
    standing(post(address, query).send().await.unwrap()).await
}

#[tokio::test]
async fn who_asks_too_often_is_told_how_long_to_wait() {
    let mut app = limited().await;
    let address = app.serve().await;
    let mut found = Vec::new();
    for _ in 0..4 {
        found.push(ask(address, READ).await);
    }
    app.platform.clock.set("2026-01-05T12:00:19Z".parse().unwrap());
    found.push(ask(address, "what is this").await);
    app.platform.clock.set("2026-01-05T12:00:20Z".parse().unwrap());
    found.push(ask(address, "what is this").await);
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "200 3/2/20  -",
        "200 3/1/40  -",
        "200 3/0/60  -",
        "429 3/0/60 20 RATE_LIMITED",
        "429 3/0/41 1 RATE_LIMITED",
        "200 3/0/60  BAD_USER_INPUT",
    ]
    "#);
}

#[tokio::test]
async fn mutations_count_each_and_what_cannot_be_undone_twice_a_day() {
    let mut app = limited().await;
    app.config.limits.writes_per_minute = 4;
    let address = app.serve().await;
    let mut found = Vec::new();
    for query in [
        "mutation { a: no b: no c: no d: no e: no }",
        "mutation { a: no b: no c: no }",
        "mutation { a: no b: no c: no }",
    ] {
        found.push(ask(address, query).await);
    }
    for minute in 1..4 {
        app.platform.clock.set(format!("2026-01-05T12:0{minute}:00Z").parse().unwrap());
        found.push(ask(address, "mutation { deleteMyAccount }").await);
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "200 4/4/1  QUERY_TOO_COMPLEX",
        "200 4/1/45  BAD_USER_INPUT",
        "429 4/1/45 30 RATE_LIMITED",
        "200 2/1/43200  BAD_USER_INPUT",
        "200 2/0/86340  BAD_USER_INPUT",
        "429 2/0/86280 43080 RATE_LIMITED",
    ]
    "#);
}

#[tokio::test]
async fn a_key_has_a_quota_of_its_own_within_the_share_of_its_account() {
    let mut app = limited().await;
    let owner = app.person("owner", Role::User).await;
    let create =
        "mutation { createApiKey(input: { name: \"x\", scopes: [READ], requestsPerHour: 2 }) { key } }";
    let made = app.data_as(&owner, create, json!({})).await;
    let key = made["createApiKey"]["key"].as_str().unwrap().to_owned();
    let address = app.serve().await;
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(standing(post(address, READ).header("x-api-key", &key).send().await.unwrap()).await);
    }
    let session = post(address, READ).bearer_auth(&owner.access_token);
    found.push(standing(session.send().await.unwrap()).await);
    found.push(ask(address, READ).await);
    // Another key brings no other share.
    let made = app.data_as(&owner, create, json!({})).await;
    let another = made["createApiKey"]["key"].as_str().unwrap().to_owned();
    found.push(standing(post(address, READ).header("x-api-key", &another).send().await.unwrap()).await);
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "200 2/1/1800  -",
        "200 2/0/3600  -",
        "429 2/0/3600 1800 RATE_LIMITED",
        "200 3/0/60  -",
        "200 3/2/20  -",
        "429 3/0/60 20 RATE_LIMITED",
    ]
    "#);
}

#[tokio::test]
async fn only_a_trusted_proxy_tells_clients_apart() {
    let mut found = Vec::new();
    for trusted in ["", "127.0.0.0/8"] {
        let mut app = limited().await;
        app.config.http.trusted_proxies = trusted.parse().into_iter().collect();
        let address = app.serve().await;
        for client in ["2001:db8::1", "2001:db8::2", "203.0.113.5"] {
            let request = post(address, READ).header("x-forwarded-for", client);
            found.push(standing(request.send().await.unwrap()).await);
        }
        app.finish().await;
    }
    assert_debug_snapshot!(found, @r#"
    [
        "200 3/2/20  -",
        "200 3/1/40  -",
        "200 3/0/60  -",
        "200 3/2/20  -",
        "200 3/1/40  -",
        "200 3/2/20  -",
    ]
    "#);
}

#[tokio::test]
async fn what_a_socket_asks_counts_too() {
    let mut app = limited().await;
    let address = app.serve().await;
    let mut socket = app.socket().await;
    let mut found = Vec::new();
    for _ in 0..4 {
        socket.subscribe(READ).await;
        let answer = socket.next().await;
        found.push(error_code(&answer).to_owned());
        // A refusal is an end in itself.
        if answer.get("errors").is_none() {
            assert_eq!(socket.receive().await.unwrap()["type"], "complete");
        }
    }
    found.push(ask(address, READ).await);
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "",
        "",
        "",
        "RATE_LIMITED",
        "429 3/0/60 20 RATE_LIMITED",
    ]
    "#);
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let answer = ask(address, READ).await;
    app.finish().await;
    assert_eq!(answer, "200 //  -");
}

#[tokio::test]
async fn two_servers_share_what_redis_keeps_and_go_on_without_it() {
    let Some(mut redis) = RedisServer::start() else { return };
    let mut app = TestApp::start_over(redis.config()).await;
    tighten(&mut app);
    let first = app.serve().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let second = listener.local_addr().unwrap();
    let (platform, config, shutdown) =
        (app.another_platform().await, app.config.clone(), CancellationToken::new());
    let token = shutdown.clone();
    let server = tokio::spawn(async move {
        api::command::serve_on(listener, &platform, &config, &token).await;
    });
    let status = |answer: String| answer[..3].to_owned();
    let mut found = Vec::new();
    for address in [first, second, first, second, first] {
        found.push(status(ask(address, READ).await));
    }
    redis.stop();
    // A mutation, of which each server still grants its share.
    for address in [first, second] {
        found.push(status(ask(address, "mutation { no }").await));
    }
    shutdown.cancel();
    server.await.unwrap();
    app.finish().await;
    assert_eq!(found, ["200", "200", "200", "429", "429", "200", "200"]);
}
