//! Documents that clients name by their ids.

use super::{client, post};
use insta::assert_debug_snapshot;
use platform::config::{Manifest, document_id};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tests::{Program, Socket, TestApp};

const READ: &str = "{ stocks { totalCount } }";
const CHANGE: &str = "mutation { logout(input: {}) { done } }";
const LIVE: &str = "subscription { marketUpdated { asOf } }";
const UNKNOWN: &str = "query Other { __typename }";

fn apq(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

/// What became of an answer, in short.
fn verdict(answer: &Value) -> String {
    let error = &answer["errors"][0];
    match error["extensions"]["code"].as_str() {
        Some(code) => format!("{code}: {}", error["message"].as_str().unwrap_or_default()),
        None => answer["data"].to_string(),
    }
}

async fn send(address: SocketAddr, body: &Value) -> String {
    let request = client().post(format!("http://{address}/graphql")).json(body);
    verdict(&request.send().await.unwrap().json().await.unwrap())
}

/// A server that knows `READ`, `CHANGE` and `LIVE`, the first one also by another name.
async fn with_manifest(only: bool) -> TestApp {
    let mut documents: serde_json::Map<String, Value> =
        [READ, CHANGE, LIVE].map(|text| (document_id(text), text.into())).into_iter().collect();
    documents.insert("md5-of-relay".to_owned(), READ.into());
    let manifest = Manifest::parse(&Value::Object(documents).to_string()).unwrap();
    TestApp::start_configured(|config| {
        config.persisted.manifest = Some(manifest);
        config.persisted.only = only;
    })
    .await
}

#[tokio::test]
async fn a_document_that_a_client_left_is_found_by_its_hash() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let hash = document_id(READ);
    let mut found = Vec::new();
    for body in [
        json!({ "extensions": apq(&hash) }),
        json!({ "query": READ, "extensions": apq(&hash) }),
        json!({ "extensions": apq(&hash) }),
        json!({ "extensions": apq(&hash.to_uppercase()) }),
        json!({ "query": "", "extensions": apq(&hash) }),
        json!({ "documentId": hash }),
        json!({ "documentId": format!("sha256:{hash}") }),
    ] {
        found.push(send(address, &body).await);
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
    ]
    "#);
}

#[tokio::test]
async fn a_wrong_hash_is_refused_and_nothing_is_kept_under_it() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let (hash, long) = (document_id(UNKNOWN), format!("{{ __typename }}#{}", "x".repeat(200_000)));
    let mut found = Vec::new();
    for body in [
        json!({ "query": READ, "extensions": apq(&hash) }),
        json!({ "extensions": apq(&hash) }),
        json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash } } }),
        json!({ "extensions": { "persistedQuery": { "version": 1 } } }),
        json!({ "extensions": { "persistedQuery": hash } }),
        json!({ "query": READ, "extensions": { "persistedQuery": null } }),
        json!({ "query": READ, "documentId": 1 }),
        json!({ "documentId": "" }),
        json!({ "query": 1, "documentId": hash }),
        json!({ "extensions": {} }),
        json!({ "query": long, "extensions": apq(&document_id(&long)) }),
        json!({ "extensions": apq(&document_id(&long)) }),
    ] {
        found.push(send(address, &body).await);
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "BAD_USER_INPUT: the id is of another document: send the SHA-256 of the document's exact text, in hex",
        "PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound",
        "BAD_USER_INPUT: `extensions.persistedQuery` must be { version: 1, sha256Hash: \"…\" }",
        "BAD_USER_INPUT: `extensions.persistedQuery` must be { version: 1, sha256Hash: \"…\" }",
        "BAD_USER_INPUT: `extensions.persistedQuery` must be { version: 1, sha256Hash: \"…\" }",
        "{\"stocks\":{\"totalCount\":0}}",
        "BAD_USER_INPUT: `documentId` must be a string",
        "PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound",
        "BAD_USER_INPUT: `query` must be a string with a GraphQL document",
        "BAD_USER_INPUT: `query` must be a string with a GraphQL document",
        "QUERY_TOO_COMPLEX: the document has more than 100000 bytes: send it in several requests, or its values as variables",
        "PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound",
    ]
    "#);
}

#[tokio::test]
async fn a_hash_is_answered_over_get_but_never_changes_anything() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let mut found = Vec::new();
    for document in [READ, CHANGE] {
        let extensions = apq(&document_id(document));
        send(address, &json!({ "query": document, "extensions": extensions })).await;
        let link = format!("http://{address}/graphql");
        let query = [("extensions", extensions.to_string())];
        let answer = client().get(link).query(&query).send().await.unwrap();
        let status = answer.status().as_u16();
        found.push(format!("{status} {}", verdict(&answer.json().await.unwrap())));
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "200 {\"stocks\":{\"totalCount\":0}}",
        "405 BAD_USER_INPUT: a mutation is sent with POST",
    ]
    "#);
}

#[tokio::test]
async fn a_document_that_did_not_arrive_is_no_success_under_the_new_media_type() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let request = client()
        .post(format!("http://{address}/graphql"))
        .header("accept", "application/graphql-response+json")
        .json(&json!({ "extensions": apq(&document_id(READ)) }));
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    app.finish().await;
    assert_eq!((status, verdict(&body).as_str()), (400, "PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound"));
    assert_eq!(body.get("data"), None);
}

#[tokio::test]
async fn documents_of_the_manifest_are_known_from_the_start() {
    let mut app = with_manifest(false).await;
    let address = app.serve().await;
    let hash = document_id(READ);
    let mut found = Vec::new();
    for body in [
        json!({ "documentId": hash }),
        json!({ "extensions": apq(&hash) }),
        json!({ "documentId": "md5-of-relay" }),
        json!({ "query": READ, "documentId": "md5-of-relay" }),
        json!({ "query": UNKNOWN, "documentId": "md5-of-relay" }),
        json!({ "query": UNKNOWN }),
        json!({ "query": UNKNOWN, "extensions": apq(&document_id(UNKNOWN)) }),
        json!({ "documentId": "no-such-document" }),
    ] {
        found.push(send(address, &body).await);
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "BAD_USER_INPUT: the id is of another document: send the SHA-256 of the document's exact text, in hex",
        "{\"__typename\":\"Query\"}",
        "{\"__typename\":\"Query\"}",
        "PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound",
    ]
    "#);
}

#[tokio::test]
async fn only_the_manifest_s_documents_are_executed_where_it_is_so_set() {
    let mut app = with_manifest(true).await;
    let address = app.serve().await;
    let mut found = Vec::new();
    for body in [
        json!({ "documentId": document_id(READ) }),
        json!({ "query": READ }),
        json!({ "query": format!("{READ} ") }),
        json!({ "query": UNKNOWN }),
        json!({ "query": UNKNOWN, "extensions": apq(&document_id(UNKNOWN)) }),
        json!({ "extensions": apq(&document_id(UNKNOWN)) }),
        json!({ "query": "{ __schema { types { name } } }" }),
        json!({ "query": "" }),
    ] {
        found.push(send(address, &body).await);
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "{\"stocks\":{\"totalCount\":0}}",
        "{\"stocks\":{\"totalCount\":0}}",
        "UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
        "UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
        "UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
        "UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
        "UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
        "UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
    ]
    "#);
}

#[tokio::test]
async fn sockets_take_ids_too() {
    let mut app = with_manifest(true).await;
    let mut socket: Socket = app.socket().await;
    let mut found = Vec::new();
    for (id, payload) in [
        ("a", json!({ "documentId": document_id(READ) })),
        ("b", json!({ "query": UNKNOWN })),
        ("c", json!({ "extensions": apq(&document_id(LIVE)) })),
    ] {
        socket.send(&json!({ "id": id, "type": "subscribe", "payload": payload })).await;
        let answer = socket.receive().await.unwrap();
        let kind = answer["type"].as_str().unwrap().to_owned();
        let payload = &answer["payload"];
        let payload = if payload.is_array() { &json!({ "errors": payload }) } else { payload };
        found.push(format!("{id} {kind} {}", verdict(payload)));
        if kind == "next" && id == "a" {
            assert_eq!(socket.receive().await.unwrap()["type"], "complete");
        }
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "a next {\"stocks\":{\"totalCount\":0}}",
        "b error UNTRUSTED_DOCUMENT: this server executes only the documents of its manifest, and this is none of them",
        "c next {\"marketUpdated\":{\"asOf\":null}}",
    ]
    "#);
}

#[tokio::test]
async fn a_manifest_that_can_t_be_read_is_reported_at_start_with_all_other_problems() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("manifest.json"), format!(r#"{{ "{}": "{READ}" }}"#, "0".repeat(64)))
        .unwrap();
    let settings = [("BELLWETHER_PERSISTED_OPERATIONS", "manifest.json"), ("BELLWETHER_LISTEN", "nowhere")];
    let finished = bellwether.run_in(folder.path(), &["serve"], &settings);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.text.contains("2 settings cannot be used"), "{}", finished.text);
    assert!(finished.text.contains("is not the SHA-256 of its document"), "{}", finished.text);
}

#[tokio::test]
async fn limits_hold_for_documents_behind_a_hash() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let deep = format!("{}a{}", "{ a ".repeat(20), " }".repeat(20));
    let whole = verdict(&post(address, &deep).send().await.unwrap().json().await.unwrap());
    let hash = document_id(&deep);
    let left = send(address, &json!({ "query": deep, "extensions": apq(&hash) })).await;
    let named = send(address, &json!({ "extensions": apq(&hash) })).await;
    app.finish().await;
    assert!(whole.starts_with("QUERY_TOO_COMPLEX"), "{whole}");
    assert_eq!([left, named], [whole.clone(), whole]);
}
