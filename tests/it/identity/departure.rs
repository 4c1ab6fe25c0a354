//! Leaving.

use domain::identity::Role;
use entity::identity::{account, api_key, session};
use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{
    TestApp,
    person::{PASSWORD, error_code},
};

const DELETE: &str =
    "mutation ($password: String) { deleteMyAccount(input: { password: $password }) { done } }";

#[tokio::test]
async fn whoever_leaves_takes_everything_personal_along() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let key = "mutation { createApiKey(input: { name: \"x\", scopes: [READ] }) { key } }";
    let key = app.data_as(&anna, key, json!({})).await["createApiKey"]["key"].as_str().unwrap().to_owned();
    let wrong = app.graphql_as(&anna, DELETE, json!({ "password": "wrong-wrong-wrong" })).await;
    app.data_as(&anna, DELETE, json!({ "password": PASSWORD })).await;
    let me = app.graphql_as(&anna, "{ me { email } }", json!({})).await;
    let by_key = app.graphql_with(Some(&key), None, "{ me { email } }", json!({})).await;
    let db = app.platform.db.connection();
    let left = account::Entity::find().one(db).await.unwrap().unwrap();
    let sessions = session::Entity::find().all(db).await.unwrap().len();
    let keys = api_key::Entity::find().all(db).await.unwrap().len();
    // The address is free again.
    let again = app.person("anna", Role::User).await;
    app.finish().await;
    assert_eq!(wrong["errors"][0]["extensions"]["field"], "password");
    assert_eq!([error_code(&me), error_code(&by_key)], ["UNAUTHENTICATED"; 2]);
    assert_eq!(
        (left.email, left.password_hash, left.display_name),
        (format!("deleted:{}", left.id), None, None)
    );
    assert_eq!((sessions, keys, again.email.as_str()), (0, 0, "anna@example.org"));
}

#[tokio::test]
async fn a_second_factor_counts_more_than_a_password_and_the_last_administrator_stays() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let admin = app.admin().await;
    app.platform.clock.set("2026-03-02T12:10:00Z".parse().unwrap());
    let stale = app.graphql_as(&admin, DELETE, json!({ "password": PASSWORD })).await;
    let code = admin.code(&app);
    let last = app.graphql_with(Some(&admin.access_token), Some(&code), DELETE, json!({})).await;
    app.person("other", Role::Admin).await;
    app.platform.clock.set("2026-03-02T12:11:00Z".parse().unwrap());
    let code = admin.code(&app);
    let gone = app.graphql_with(Some(&admin.access_token), Some(&code), DELETE, json!({})).await;
    app.finish().await;
    assert_eq!((error_code(&stale), error_code(&last)), ("TOTP_REQUIRED", "CONFLICT"));
    assert_eq!(gone.get("errors"), None, "{gone}");
}

const DEMOTE: &str =
    "mutation ($email: String!) { setUserRole(input: { email: $email, role: USER }) { user { role } } }";

/// Two administrators who leave, or are demoted, at the same moment: each has done all but the last step before either ends.
async fn two_at_once(document: &str, variables: [Value; 2]) -> Vec<String> {
    let app = TestApp::start().await;
    let people = [app.admin().await, app.second_admin().await];
    // Whoever writes waits for the end of the log. SQLite has one writer, who waits already before.
    let blocker = app.another_platform().await;
    let held = blocker.db.begin().await.unwrap();
    held.execute_unprepared("UPDATE audit_head SET sequence = sequence").await.unwrap();
    let other = app.another_platform().await;
    let release = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        held.rollback().await.unwrap();
    };
    let [first, second] = variables;
    let (first, second, ()) = tokio::join!(
        app.graphql_as(&people[0], document, first),
        app.graphql_on(&other, &people[1], document, second),
        release
    );
    let admins = account::Entity::find().all(app.platform.db.connection()).await.unwrap();
    let left = admins.iter().filter(|row| row.role == Role::Admin && row.deleted_at.is_none()).count();
    app.finish().await;
    assert_eq!(left, 1, "{first} {second}");
    let mut codes = vec![error_code(&first).to_owned(), error_code(&second).to_owned()];
    codes.sort();
    codes
}

#[tokio::test]
async fn of_the_last_two_administrators_who_leave_at_once_one_stays() {
    assert_eq!(two_at_once(DELETE, [json!({}), json!({})]).await, ["", "CONFLICT"]);
}

#[tokio::test]
async fn of_the_last_two_administrators_who_are_demoted_at_once_one_stays() {
    let demoted = [json!({ "email": "second@example.org" }), json!({ "email": "admin@example.org" })];
    assert_eq!(two_at_once(DEMOTE, demoted).await, ["", "CONFLICT"]);
}
