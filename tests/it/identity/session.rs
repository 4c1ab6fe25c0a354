//! Sessions: refreshed, listed, ended, stolen.

use domain::PageRequest;
use domain::identity::{Role, audit};
use entity::identity::session;
use sea_orm::{EntityTrait as _, sea_query::Expr};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{
    Person, Socket, TestApp,
    person::{PASSWORD, error_code},
};
use tokio::time::timeout;

const REFRESH: &str = "mutation ($token: String!) {
    refreshToken(input: { refreshToken: $token }) { accessToken refreshToken } }";

async fn refresh(app: &TestApp, token: &str) -> Value {
    app.graphql(REFRESH, json!({ "token": token })).await
}

async fn actions(app: &TestApp) -> Vec<String> {
    let page =
        audit::list(app.platform.db.connection(), &audit::Filter::default(), &PageRequest::first(100)).await;
    page.unwrap().rows.into_iter().rev().map(|row| row.action).collect()
}

#[tokio::test]
async fn a_refresh_token_works_once_and_a_second_time_ends_the_session() {
    let mut app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let address = app.serve().await;
    let mut socket = Socket::open_as(address, &anna.access_token).await;
    let fresh = refresh(&app, &anna.refresh_token).await["data"]["refreshToken"].take();
    // The one who stole the first token, or the one it was stolen from, comes with it again.
    let stolen = refresh(&app, &anna.refresh_token).await;
    let later = refresh(&app, fresh["refreshToken"].as_str().unwrap()).await;
    let asked = app.graphql_with(fresh["accessToken"].as_str(), None, "{ me { email } }", json!({})).await;
    let closed = socket.receive().await;
    let actions = actions(&app).await;
    app.finish().await;
    assert_eq!([error_code(&stolen), error_code(&later), error_code(&asked)], ["UNAUTHENTICATED"; 3]);
    assert_eq!(closed, Err(4403));
    assert_eq!(actions.last().map(String::as_str), Some("identity.refresh_token_reused"), "{actions:?}");
}

#[tokio::test]
async fn of_many_refreshes_at_once_at_most_one_wins() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let tries = (0..20).map(|_| refresh(&app, &anna.refresh_token));
    let answers = futures_util::future::join_all(tries).await;
    app.finish().await;
    assert_eq!(answers.iter().filter(|answer| answer.get("errors").is_none()).count(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_logout_ends_one_session_and_closes_its_socket() {
    let mut app = TestApp::start().await;
    let phone = app.person("anna", Role::User).await;
    let laptop = app.sign_in(&phone.email).await;
    let address = app.serve().await;
    let mut socket = Socket::open_as(address, &laptop.access_token).await;
    let sessions = app.data_as(&phone, "{ me { sessions { id isCurrent } } }", json!({})).await;
    let other = sessions["me"]["sessions"].as_array().unwrap().iter().find(|one| one["isCurrent"] == false);
    let logout = "mutation ($id: ID!) { logout(input: { sessionId: $id }) { done } }";
    app.data_as(&phone, logout, json!({ "id": other.unwrap()["id"] })).await;
    let closed = socket.receive().await;
    let mine = app.graphql_as(&phone, "{ me { sessions { isCurrent } } }", json!({})).await;
    let theirs = app.graphql_as(&laptop, "{ me { email } }", json!({})).await;
    app.finish().await;
    assert_eq!(closed, Err(4403));
    assert_eq!(mine["data"]["me"]["sessions"], json!([{ "isCurrent": true }]));
    assert_eq!(error_code(&theirs), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_logout_ends_what_the_session_listens_to_over_http() {
    let mut app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let address = app.serve().await;
    let listen = |bearer: Option<&str>| {
        let request = crate::http::post(address, "subscription { sentimentUpdated { cursor } }");
        let request = request.header("accept", "text/event-stream");
        let request = if let Some(bearer) = bearer { request.bearer_auth(bearer) } else { request };
        async { request.send().await.unwrap() }
    };
    let (mut hers, mut nobodys) = (listen(Some(&anna.access_token)).await, listen(None).await);
    let soon = Duration::from_millis(300);
    assert!(timeout(soon, hers.chunk()).await.is_err(), "it ended early");
    app.data_as(&anna, "mutation { logout(input: {}) { done } }", json!({})).await;
    let end = timeout(Duration::from_secs(5), hers.chunk()).await.expect("it goes on");
    assert_eq!(end.unwrap(), None);
    assert!(timeout(soon, nobodys.chunk()).await.is_err(), "it ended too");
    drop((hers, nobodys));
    app.finish().await;
}

#[tokio::test]
async fn a_bad_credential_listens_to_what_is_public_and_is_told_of_the_rest() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let listen = async |query: &str| {
        let request = crate::http::post(address, query).header("accept", "text/event-stream");
        request.bearer_auth("not.a.token").send().await.unwrap()
    };
    let mut public = listen("subscription { sentimentUpdated { cursor } }").await;
    assert!(timeout(Duration::from_millis(300), public.chunk()).await.is_err(), "it ended");
    let refused = listen("{ me { email } }").await.text().await.unwrap();
    let refresh = "mutation { refreshToken(input: { refreshToken: \"none\" }) { accessToken } }";
    let refreshed = listen(refresh).await.text().await.unwrap();
    drop(public);
    app.finish().await;
    for answer in [refused, refreshed] {
        assert!(answer.contains("UNAUTHENTICATED") && answer.contains("event: complete"), "{answer}");
    }
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let bert = app.person("bert", Role::User).await;
    let session = async |person: &Person| {
        app.data_as(person, "{ me { sessions { id } } }", json!({})).await["me"]["sessions"][0]["id"].take()
    };
    let id = session(&anna).await;
    let logout = "mutation ($id: ID!) { logout(input: { sessionId: $id }) { done } }";
    let refused = app.graphql_as(&bert, logout, json!({ "id": id })).await;
    let alive = app.graphql_as(&anna, "{ me { email } }", json!({})).await;
    app.finish().await;
    assert_eq!((error_code(&refused), alive.get("errors")), ("NOT_FOUND", None));
}

#[tokio::test]
async fn what_is_withdrawn_behind_the_bus_closes_the_socket_too() {
    let mut app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let mut socket = Socket::open_as(app.serve().await, &anna.access_token).await;
    // As a command at the machine does it, which is on no bus of the server's.
    let now = app.platform.clock.now();
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::val(now))
        .exec(app.platform.db.connection())
        .await
        .unwrap();
    assert_eq!(socket.receive().await, Err(4403));
    app.finish().await;
}

#[tokio::test]
async fn nobody_s_sessions_are_shown_as_another_s() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.person("anna", Role::User).await;
    let role = "mutation { setUserRole(input: { email: \"anna@example.org\", role: ANALYST }) {
        user { email sessions { id } apiKeys { id } } } }";
    let user = app.data_as(&admin, role, json!({})).await["setUserRole"]["user"].take();
    let login = format!(
        "mutation {{ login(input: {{ email: \"anna@example.org\", password: \"{PASSWORD}\" }}) {{
        accessToken user {{ sessions {{ id }} }} }} }}"
    );
    let signed_in = app.data(&login).await;
    app.finish().await;
    assert_eq!(user, json!({ "email": "anna@example.org", "sessions": [], "apiKeys": [] }));
    assert_eq!(signed_in["login"]["user"]["sessions"], json!([]));
}
