//! API keys.

use domain::identity::Role;
use serde_json::json;
use std::time::{Duration, Instant};
use tests::{Socket, TestApp, person::error_code};

const CREATE: &str = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
    key apiKey { id name prefix scopes requestsPerHour lastUsedAt revokedAt } } }";
const REVOKE: &str = "mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { revokedAt } } }";

#[tokio::test]
async fn a_key_is_shown_once_works_within_its_scopes_and_dies_when_revoked() {
    let mut app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let made =
        app.data_as(&anna, CREATE, json!({ "input": { "name": "notebook", "scopes": ["READ"] } })).await;
    let (key, api_key) = (made["createApiKey"]["key"].as_str().unwrap(), &made["createApiKey"]["apiKey"]);
    let me = app.graphql_with(Some(key), None, "{ me { email } }", json!({})).await;
    let manage = app
        .graphql_with(Some(key), None, CREATE, json!({ "input": { "name": "x", "scopes": ["ADMIN"] } }))
        .await;
    let address = app.serve().await;
    let mut socket = Socket::open_as(address, key).await;
    let listed = app.data_as(&anna, "{ me { apiKeys { prefix name lastUsedAt } } }", json!({})).await;
    let started = Instant::now();
    app.data_as(&anna, REVOKE, json!({ "id": api_key["id"] })).await;
    let closed = socket.receive().await;
    let waited = started.elapsed();
    let after = app.graphql_with(Some(key), None, "{ me { email } }", json!({})).await;
    app.finish().await;
    assert!(key.starts_with(api_key["prefix"].as_str().unwrap()) && key.len() > 40);
    assert_eq!((&api_key["scopes"], &api_key["requestsPerHour"]), (&json!(["READ"]), &json!(1000)));
    assert_eq!((&me["data"]["me"]["email"], error_code(&manage)), (&json!(anna.email), "FORBIDDEN"));
    assert!(listed["me"]["apiKeys"][0]["lastUsedAt"].is_string());
    assert_eq!((closed, error_code(&after)), (Err(4403), "UNAUTHENTICATED"));
    assert!(waited < Duration::from_secs(5), "{waited:?}");
}

#[tokio::test]
async fn a_key_that_acts_as_an_administrator_takes_a_fresh_second_factor() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let (anna, bare) = (app.person("anna", Role::User).await, app.person("bare", Role::Admin).await);
    let admin = app.admin().await;
    let input = json!({ "input": { "name": "x", "scopes": ["ADMIN"] } });
    let refused = [
        app.graphql_as(&anna, CREATE, input.clone()).await,
        app.graphql_as(&bare, CREATE, input.clone()).await,
    ];
    let made = app.graphql_as(&admin, CREATE, input).await;
    app.finish().await;
    assert_eq!(refused.each_ref().map(error_code), ["FORBIDDEN", "TOTP_REQUIRED"]);
    assert_eq!(made.get("errors"), None, "{made}");
}

#[tokio::test]
async fn a_key_ends_at_its_time_and_bad_keys_are_not_made() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let anna = app.person("anna", Role::User).await;
    let input = json!({ "name": "a week", "scopes": ["READ"], "expiresAt": "2026-03-09T12:00:00Z" });
    let made = app.data_as(&anna, CREATE, json!({ "input": input })).await;
    let key = made["createApiKey"]["key"].as_str().unwrap().to_owned();
    let mut fields = Vec::new();
    for bad in [
        json!({ "name": " ", "scopes": ["READ"] }),
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["READ"], "expiresAt": "2026-03-02T11:00:00Z" }),
        json!({ "name": "x", "scopes": ["READ"], "requestsPerHour": 0 }),
    ] {
        let answer = app.graphql_as(&anna, CREATE, json!({ "input": bad })).await;
        fields.push(answer["errors"][0]["extensions"]["field"].as_str().unwrap_or_default().to_owned());
    }
    app.platform.clock.set("2026-03-09T12:00:00Z".parse().unwrap());
    let late = app.graphql_with(Some(&key), None, "{ me { email } }", json!({})).await;
    app.finish().await;
    assert_eq!(fields, ["name", "scopes", "expiresAt", "requestsPerHour"]);
    assert_eq!(error_code(&late), "UNAUTHENTICATED");
}
