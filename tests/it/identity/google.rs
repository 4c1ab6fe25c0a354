//! Signing in with an OpenID Connect provider.

use domain::identity::Role;
use entity::identity::account;
use platform::config::{Config, GoogleConfig};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::{Value, json};
use tests::{
    OpenIdProvider, TestApp,
    person::{PASSWORD, error_code},
};

const START: &str =
    "mutation { startGoogleLogin(input: { redirectUri: \"https://app.example.org/back\" }) { url state } }";
const FINISH: &str = "mutation ($state: String!, $code: String!) {
    finishGoogleLogin(input: { state: $state, code: $code }) { accessToken user { email displayName emailVerifiedAt } } }";

async fn app(provider: &OpenIdProvider) -> TestApp {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let google = GoogleConfig {
        client_id: "bellwether".to_owned(),
        client_secret: "hunter2".into(),
        issuer: provider.issuer.parse().unwrap(),
    };
    TestApp::start_configured(|config: &mut Config| config.google = Some(google)).await
}

/// Signs in someone who is `claims`.
async fn sign_in(app: &TestApp, provider: &OpenIdProvider, claims: Value) -> Value {
    let begun = app.data(START).await;
    let (state, code) = provider.consent(begun["startGoogleLogin"]["url"].as_str().unwrap(), &claims);
    assert_eq!(begun["startGoogleLogin"]["state"], json!(state));
    app.graphql(FINISH, json!({ "state": state, "code": code })).await
}

#[tokio::test]
async fn whom_the_provider_vouches_for_has_one_account_whatever_the_address_becomes() {
    let provider = OpenIdProvider::start().await;
    let app = app(&provider).await;
    let first = json!({ "sub": "1", "email": "anna@example.org", "email_verified": true, "name": "Anna" });
    let first = sign_in(&app, &provider, first).await;
    let user = &first["data"]["finishGoogleLogin"]["user"];
    let moved = json!({ "sub": "1", "email": "new@example.org", "email_verified": true });
    let later = sign_in(&app, &provider, moved).await;
    let token = first["data"]["finishGoogleLogin"]["accessToken"].as_str();
    let me = app.graphql_with(token, None, "{ me { email sessions { isCurrent } } }", json!({})).await;
    app.finish().await;
    assert_eq!(
        (&user["email"], &user["displayName"]),
        (&json!("anna@example.org"), &json!("Anna")),
        "{first}"
    );
    assert!(user["emailVerifiedAt"].is_string());
    assert_eq!(later["data"]["finishGoogleLogin"]["user"]["email"], "anna@example.org");
    assert_eq!(me["data"]["me"]["sessions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_forged_mixed_up_or_unverified_signs_nobody_in() {
    let provider = OpenIdProvider::start().await;
    let app = app(&provider).await;
    let anna = json!({ "sub": "1", "email": "anna@example.org", "email_verified": true });
    let unverified = json!({ "sub": "2", "email": "bert@example.org", "email_verified": false });
    let mut codes = vec![
        error_code(&sign_in(&app, &provider, unverified).await).to_owned(),
        error_code(&sign_in(&app, &provider, json!({ "sub": "1", "nonce": "another" })).await).to_owned(),
        error_code(&sign_in(&app, &provider, json!({ "sub": "1", "aud": "another" })).await).to_owned(),
    ];
    let (one, two) = (app.data(START).await, app.data(START).await);
    let (_, code) = provider.consent(one["startGoogleLogin"]["url"].as_str().unwrap(), &anna);
    // The code of one sign-in with the state of another.
    let mixed = json!({ "state": two["startGoogleLogin"]["state"], "code": code });
    codes.push(error_code(&app.graphql(FINISH, mixed).await).to_owned());
    let forged = app.graphql(FINISH, json!({ "state": "x", "code": "y" })).await;
    codes.push(error_code(&forged).to_owned());
    app.finish().await;
    assert_eq!(codes[..4], ["UNAUTHENTICATED"; 4]);
    assert_eq!(
        (codes[4].as_str(), &forged["errors"][0]["extensions"]["field"]),
        ("BAD_USER_INPUT", &json!("state"))
    );
}

#[tokio::test]
async fn a_password_set_by_someone_who_never_proved_the_address_goes() {
    let provider = OpenIdProvider::start().await;
    let app = app(&provider).await;
    let register = "mutation ($password: String!) {
        register(input: { email: \"anna@example.org\", password: $password }) { done } }";
    app.graphql(register, json!({ "password": PASSWORD })).await;
    let anna = json!({ "sub": "1", "email": "anna@example.org", "email_verified": true });
    let signed_in = sign_in(&app, &provider, anna).await;
    let login = "mutation ($password: String!) {
        login(input: { email: \"anna@example.org\", password: $password }) { accessToken } }";
    let by_password = app.graphql(login, json!({ "password": PASSWORD })).await;
    app.run_jobs().await;
    app.finish().await;
    assert_eq!((signed_in.get("errors"), error_code(&by_password)), (None, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn an_account_is_linked_by_its_address_only_where_google_decides_who_has_it() {
    let provider = OpenIdProvider::start().await;
    let app = app(&provider).await;
    let admin = app.admin().await;
    for (name, email) in
        [("anna", "anna@gmail.com"), ("bert", "bert@firm.example"), ("cleo", "cleo@firm.example")]
    {
        app.person(name, Role::User).await;
        let rows = account::Entity::update_many().col_expr(account::Column::Email, Expr::val(email));
        let rows = rows.filter(account::Column::Email.eq(format!("{name}@example.org")));
        rows.exec(app.platform.db.connection()).await.unwrap();
    }
    let mut found = Vec::new();
    for claims in [
        json!({ "sub": "1", "email": "Anna@gmail.com", "email_verified": true }),
        json!({ "sub": "2", "email": "bert@firm.example", "email_verified": true, "hd": "Firm.example" }),
        json!({ "sub": "3", "email": "cleo@firm.example", "email_verified": true }),
        json!({ "sub": "4", "email": "cleo@firm.example", "email_verified": true, "hd": "other.example" }),
        json!({ "sub": "5", "email": "cleo@firm.example", "email_verified": false, "hd": "firm.example" }),
    ] {
        let answer = sign_in(&app, &provider, claims).await;
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        found.push((error_code(&answer).to_owned(), message.contains("sign in with the password")));
    }
    let log =
        "{ auditLog(filter: { action: \"identity.link_google\" }) { edges { node { actorKind subject } } } }";
    let log = app.data_as(&admin, log, json!({})).await["auditLog"]["edges"].take();
    app.finish().await;
    let expected =
        [("", false), ("", false), ("CONFLICT", true), ("CONFLICT", true), ("UNAUTHENTICATED", false)];
    assert_eq!(found, expected.map(|(code, told)| (code.to_owned(), told)));
    assert_eq!((log.as_array().unwrap().len(), &log[0]["node"]["actorKind"]), (2, &json!("ANONYMOUS")));
}

#[tokio::test]
async fn without_a_provider_it_says_so() {
    let app = TestApp::start().await;
    let answer = app.graphql(START, json!({})).await;
    app.finish().await;
    assert_eq!(error_code(&answer), "NOT_FOUND");
}
