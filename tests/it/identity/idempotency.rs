//! A mutation that is sent again is not done again.

use chrono::TimeDelta;
use domain::identity::Role;
use platform::clock::Clock;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use tests::{Person, TestApp, person::error_code};

const RENAME: &str =
    "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { displayName } } }";
const ADD: &str =
    "mutation ($input: UpdateWatchlistInput!) { updateWatchlist(input: $input) { entries { symbol } } }";

async fn rename(app: &TestApp, person: &Person, id: &str, name: &str) -> Value {
    let input = json!({ "displayName": name, "clientMutationId": id });
    app.graphql_as(person, RENAME, json!({ "input": input })).await
}

async fn entries(app: &TestApp) -> u64 {
    let db = app.platform.db.connection();
    entity::identity::audit_entry::Entity::find().count(db).await.unwrap()
}

#[tokio::test]
async fn the_same_id_gives_the_first_answer_and_does_nothing_more() {
    let app = TestApp::start().await;
    let ann = app.person("ann", Role::User).await;
    let first = rename(&app, &ann, "a", "Ann").await;
    assert_eq!(first["data"]["updateProfile"]["user"]["displayName"], "Ann");
    rename(&app, &ann, "b", "Anna").await;
    let done = entries(&app).await;
    assert_eq!(rename(&app, &ann, "a", "Ann").await, first, "the answer of the first time");
    assert_eq!(entries(&app).await, done, "nothing was done");
    let now = app.data_as(&ann, "{ me { displayName } }", json!({})).await;
    assert_eq!(now["me"]["displayName"], "Anna");
    app.finish().await;
}

#[tokio::test]
async fn an_id_belongs_to_one_mutation_of_one_session() {
    let app = TestApp::start().await;
    let ann = app.person("ann", Role::User).await;
    let bob = app.person("bob", Role::User).await;
    rename(&app, &ann, "a", "Ann").await;
    let other = rename(&app, &ann, "a", "Anna").await;
    assert_eq!(error_code(&other), "CONFLICT", "{other}");
    let bobs = rename(&app, &bob, "a", "Bob").await;
    assert_eq!(bobs["data"]["updateProfile"]["user"]["displayName"], "Bob");
    let elsewhere = app.sign_in(&ann.email).await;
    let again = rename(&app, &elsewhere, "a", "Annie").await;
    assert_eq!(again["data"]["updateProfile"]["user"]["displayName"], "Annie");
    app.finish().await;
}

#[tokio::test]
async fn what_failed_can_be_tried_again_under_its_id() {
    let app = TestApp::start().await;
    let ann = app.person("ann", Role::User).await;
    let bad = json!({ "timeZone": "Nowhere", "clientMutationId": "a" });
    let refused = app.graphql_as(&ann, RENAME, json!({ "input": bad })).await;
    assert_eq!(error_code(&refused), "BAD_USER_INPUT");
    assert_eq!(rename(&app, &ann, "a", "Ann").await.get("errors"), None);
    let bad = rename(&app, &ann, "with space", "Ann").await;
    assert_eq!(bad["errors"][0]["extensions"]["field"], "clientMutationId");
    app.finish().await;
}

#[tokio::test]
async fn of_many_at_once_one_is_done_and_all_have_its_answer() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let before = entries(&app).await;
    let input = json!({ "input": { "add": ["NVDA"], "clientMutationId": "a" } });
    let sends = (0..20).map(|_| app.graphql_as(&admin, ADD, input.clone()));
    let answers = futures_util::future::join_all(sends).await;
    assert_eq!(answers[0].get("errors"), None, "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(entries(&app).await, before + 1);
    app.discard().await;
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stored_nowhere() {
    let app = TestApp::start().await;
    let ann = app.person("ann", Role::User).await;
    let create =
        "mutation { createApiKey(input: { name: \"a\", scopes: [READ], clientMutationId: \"a\" }) { key } }";
    let first = app.data_as(&ann, create, json!({})).await;
    let again = app.graphql_as(&ann, create, json!({})).await;
    assert_eq!(error_code(&again), "CONFLICT");
    let rows =
        entity::identity::idempotency_key::Entity::find().all(app.platform.db.connection()).await.unwrap();
    let key = first["createApiKey"]["key"].as_str().unwrap();
    let purpose = format!("identity.idempotency_key.{}.a", rows[0].caller_id);
    let kept = app.platform.vault.open(&purpose, &rows[0].sealed).await.unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains(key));
    app.finish().await;
}

#[tokio::test]
async fn after_a_day_an_id_is_free_again() {
    let mut app = TestApp::start().await;
    let ann = app.person("ann", Role::User).await;
    rename(&app, &ann, "a", "Ann").await;
    let later = app.platform.clock.now() + TimeDelta::hours(25);
    app.platform.clock = Clock::fixed(later);
    domain::identity::expiry::forget(&app.platform).await.unwrap();
    let left = entity::identity::idempotency_key::Entity::find().count(app.platform.db.connection()).await;
    assert_eq!(left.unwrap(), 0);
    app.finish().await;
}

#[tokio::test]
async fn every_mutation_takes_an_id() {
    let app = TestApp::start().await;
    let schema = "{ __schema { mutationType { fields { name args { name type { ofType { inputFields { name } } } } } } } }";
    let data = app.data(schema).await;
    for mutation in data["__schema"]["mutationType"]["fields"].as_array().unwrap() {
        let fields = mutation["args"][0]["type"]["ofType"]["inputFields"].as_array().unwrap();
        assert!(fields.iter().any(|field| field["name"] == "clientMutationId"), "{}", mutation["name"]);
    }
    app.finish().await;
}
