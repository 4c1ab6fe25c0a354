//! The README's chapter *Administer it*, followed to the letter, with the loudest log: nothing secret is in it.

use domain::admin::job;
use entity::{admin::log_entry, job::job as job_row};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Process, Program, Socket, TestApp, VENDOR_KEY, Vendors, readme, secret};
use tokio::time::sleep;
use totp_rs::{Builder, Secret};

const PASSWORD: &str = "plum-orbit-carbon-lantern";
const MASTER_KEY: &str = "c2V2ZW50eSB0aHJlZSBzbGVlcHkgc2hlZXAgc3RhbmQ=";
const LOUD: [(&str, &str); 3] =
    [secret::LOUD, ("BELLWETHER_MASTER_KEY", MASTER_KEY), ("BELLWETHER_WORKER", "embedded")];

/// A client of a real server; remembers what must never be logged.
struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    secrets: Vec<String>,
}

impl Client {
    /// Sends a document with its placeholder filled in.
    async fn send(&mut self, document: &str, fill: (&str, &str)) -> Value {
        let query = document.replace(fill.0, fill.1);
        let mut request = self.http.post(&self.url).json(&json!({ "query": query }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].take()
    }

    fn keep(&mut self, secret: &Value) -> String {
        let secret = secret.as_str().unwrap().to_owned();
        secret::note(&secret);
        self.secrets.push(secret.clone());
        secret
    }
}

fn code(secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("any").build().unwrap();
    totp.generate_current().to_string()
}

/// Follows the chapter from the first to the last block; the audit log at its end.
async fn follow(client: &mut Client, token: &str) -> Value {
    let blocks = readme::graphql("Administer it");
    let [reset, login, enrol, confirm, credential, watchlist, log] = blocks.as_slice() else {
        panic!("the chapter has other blocks: {blocks:#?}");
    };
    let nothing = ("", "");
    client.send(reset, ("TOKEN", token)).await;
    let tokens = client.send(login, nothing).await;
    client.token = Some(client.keep(&tokens["login"]["accessToken"]));
    client.keep(&tokens["login"]["refreshToken"]);
    let enrolled = client.send(enrol, nothing).await;
    let secret = client.keep(&enrolled["enrollTotp"]["secret"]);
    let first = code(&secret);
    let confirmed = client.send(confirm, ("CODE", &first)).await;
    for recovery in confirmed["confirmTotp"]["recoveryCodes"].as_array().unwrap() {
        client.keep(recovery);
    }
    let provider = client.send(credential, ("VENDOR-KEY", VENDOR_KEY)).await;
    assert_eq!(provider["updateProviderCredential"]["provider"]["credential"]["last4"], "5b4a");
    client.send(watchlist, nothing).await;
    client.send(log, nothing).await["auditLog"].take()
}

/// What else hands out secrets.
async fn wander(client: &mut Client) {
    let key = "mutation { createApiKey(input: { name: \"x\", scopes: [READ] }) { key } }";
    let key = client.send(key, ("", "")).await;
    client.keep(&key["createApiKey"]["key"]);
    let reset = "mutation { requestPasswordReset(input: { email: \"admin@example.org\" }) { done } }";
    client.send(reset, ("", "")).await;
}

#[tokio::test]
async fn the_readme_makes_an_administrator_and_no_log_has_a_secret() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = TestApp::start().await;
    let vendors = Vendors::start().await;
    let elsewhere = vendors.settings();
    let elsewhere = elsewhere.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let loud: Vec<(&str, &str)> = LOUD.into_iter().chain(elsewhere).collect();
    let mut process = bellwether.start(&app, &["serve"], &loud);
    let address = process.logged("Serving on http://", "/graphql").await;
    let (settings, arguments) = (app.settings(), ["admin", "create", "--email", "admin@example.org"]);
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(LOUD).collect();
    let created = bellwether.run(&arguments, &settings);
    let token = created.text.split("token: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let secrets = vec![token.to_owned(), PASSWORD.to_owned(), MASTER_KEY.to_owned(), VENDOR_KEY.to_owned()];
    let url = format!("http://{address}/graphql");
    let mut client = Client { http: reqwest::Client::new(), url, token: None, secrets };
    let log = follow(&mut client, token).await;
    wander(&mut client).await;
    let bearer = client.token.clone().unwrap();
    let mut socket = Socket::open_as(address.parse().unwrap(), &bearer).await;
    socket.subscribe("subscription { sentimentUpdated { cursor } }").await;
    all_done(&app).await;
    let providers = client.send("{ providers { source health } }", ("", "")).await;
    let verified = bellwether.run(&["audit", "verify"], &settings);
    let texts = said(&app, &mut process).await;
    app.discard().await;

    let actions: Vec<&str> = log["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["node"]["action"].as_str().unwrap())
        .collect();
    assert!(actions.contains(&"admin.update_provider_credential"), "{actions:?}");
    assert!(actions.contains(&"market.update_watchlist"), "{actions:?}");
    assert_eq!(providers["providers"][1], json!({ "source": "FINNHUB", "health": "HEALTHY" }));
    assert!(verified.text.contains("is intact"), "{}", verified.text);
    for (place, text) in texts {
        assert!(text.len() > 100, "{place} is empty: the test shows nothing");
        let leaked: Vec<_> = client.secrets.iter().filter(|secret| text.contains(secret.as_str())).collect();
        assert!(leaked.is_empty(), "{place} has {leaked:?}");
    }
}

/// Waits until the letters are written.
async fn all_done(app: &TestApp) {
    let left =
        job::Filter { states: vec![job::State::Queued, job::State::Running], ..job::Filter::default() };
    for _ in 0..200 {
        if job::count(app.platform.db.connection(), &left).await.unwrap() == 0 {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("jobs are left over");
}

/// Everything that was logged, and what the jobs say.
async fn said(app: &TestApp, process: &mut Process) -> [(&'static str, String); 3] {
    // The log is stored once a second.
    sleep(Duration::from_millis(1500)).await;
    process.kill();
    let db = app.platform.db.connection();
    let stored = log_entry::Entity::find().all(db).await.unwrap();
    let jobs = job_row::Entity::find().all(db).await.unwrap();
    [("the log", process.log()), ("the stored log", format!("{stored:?}")), ("a job", format!("{jobs:?}"))]
}
