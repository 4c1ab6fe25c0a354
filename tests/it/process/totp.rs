//! One code, two servers.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Program, TestApp};

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
