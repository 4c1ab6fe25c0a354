//! Second factors over processes.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{
    Program, TestApp,
    person::{PASSWORD, error_code},
};

const VERIFY: &str = "mutation ($code: String!) { verifyTotp(input: { code: $code }) { freshUntil } }";

#[tokio::test]
async fn of_a_hundred_uses_of_one_code_on_two_servers_one_is_accepted() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = TestApp::start().await;
    let admin = app.admin().await;
    // The code of now is spent; the next one is good already.
    let code = admin.code_in(&app, 30);
    let key = app.master_key();
    let separate = [("BELLWETHER_WORKER", "separate"), ("BELLWETHER_MASTER_KEY", key.as_str())];
    let mut servers = [(); 2].map(|()| bellwether.start(&app, &["serve"], &separate));
    let mut urls = Vec::new();
    for server in &mut servers {
        urls.push(format!("http://{}/graphql", server.logged("Serving on http://", "/graphql").await));
    }
    let client = reqwest::Client::new();
    let tries = (0..100).map(|round| {
        let body = json!({ "query": VERIFY, "variables": { "code": code } });
        let request = client.post(&urls[round % 2]).bearer_auth(&admin.access_token).json(&body);
        async move { request.send().await.unwrap().json::<Value>().await.unwrap() }
    });
    let answers = join_all(tries).await;
    let accepted = answers.iter().filter(|answer| answer.get("errors").is_none()).count();
    app.discard().await;
    assert_eq!(accepted, 1, "{answers:?}");
}

#[tokio::test]
async fn who_lost_authenticator_and_codes_is_let_in_again_from_the_machine() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let reset = |email: &str| bellwether.run_over(&app, &["admin", "reset-totp", "--email", email]);
    let unknown = reset("nobody@example.org");
    let done = reset(&admin.email);
    let other = app.another_platform().await;
    let ended =
        app.graphql_on(&other, &admin, "{ adminSession { totpVerifiedAt } me { email } }", json!({})).await;
    let login = "mutation ($password: String!) { login(input: { email: \"admin@example.org\", password: $password }) {
        user { hasTotp } } }";
    let back = app.graphql(login, json!({ "password": PASSWORD })).await;
    // And another one can be set up.
    let mut back_again = app.sign_in(&admin.email).await;
    app.enrol(&mut back_again).await;
    let log = "{ auditLog(filter: { action: \"identity.reset_totp\" }) { edges { node { actorKind } } } }";
    let log = app.data_as(&back_again, log, json!({})).await;
    app.finish().await;
    assert_eq!((unknown.code, done.code), (Some(1), Some(0)), "{unknown:?} {done:?}");
    assert!(unknown.text.contains("there is no such account"), "{}", unknown.text);
    assert!(done.text.contains("admin@example.org has no second factor any more"), "{}", done.text);
    assert!(done.text.contains("`enrollTotp`"), "{}", done.text);
    assert_eq!(error_code(&ended), "UNAUTHENTICATED");
    assert_eq!(back["data"]["login"]["user"]["hasTotp"], false, "{back}");
    assert_eq!(log["auditLog"]["edges"][0]["node"]["actorKind"], "COMMAND");
}
