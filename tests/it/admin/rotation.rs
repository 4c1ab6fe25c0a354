//! Reminders of credentials that grow old.

use domain::{admin::RemindRotation, identity::Role};
use insta::assert_snapshot;
use serde_json::json;
use std::fs;
use tests::{Person, TestApp, Vendors, build::time};

const UPDATE: &str = "mutation ($input: UpdateProviderCredentialInput!) {
    updateProviderCredential(input: $input) { provider { source } } }";
const SECRET: &str = "hunter2hunter2-abcd";

async fn give(app: &TestApp, admin: &Person, provider: &str, expires_at: Option<&str>) {
    let input = json!({ "provider": provider, "secret": SECRET, "expiresAt": expires_at });
    app.data_as(admin, UPDATE, json!({ "input": input })).await;
}

/// What is mailed on a day: recipient and subject, sorted.
async fn mailed(app: &TestApp, day: &str) -> Vec<String> {
    app.platform.clock.set(time(&format!("{day}T08:00:00Z")));
    for entry in fs::read_dir(app.mails.path()).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &RemindRotation {}).await.unwrap();
    app.run_jobs().await;
    let mut mails: Vec<String> = letters(app)
        .iter()
        .map(|mail| {
            let of = |name: &str| mail.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
            format!("{} {}", of("To: "), of("Subject: "))
        })
        .collect();
    mails.sort();
    mails
}

fn letters(app: &TestApp) -> Vec<String> {
    let files = fs::read_dir(app.mails.path()).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[tokio::test]
async fn administrators_are_reminded_once_two_weeks_before_and_once_when_it_is_due() {
    let vendors = Vendors::start().await;
    let mut app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    app.config.providers = vendors.config();
    let admin = app.admin().await;
    app.person("other", Role::Admin).await;
    app.person("user", Role::User).await;
    give(&app, &admin, "FINNHUB", None).await;
    give(&app, &admin, "NEWSAPI", Some("2026-03-10T12:00:00Z")).await;
    app.run_jobs().await;
    let mut lines = Vec::new();
    for day in
        ["2026-03-03", "2026-03-04", "2026-03-11", "2026-05-17", "2026-05-18", "2026-05-19", "2026-06-01"]
    {
        lines.push(format!("{day}: {:?}", mailed(&app, day).await));
    }
    let last = letters(&app).swap_remove(0);
    app.finish().await;
    assert_snapshot!(lines.join("\n"), @r#"
    2026-03-03: ["admin@example.org Replace the credential of NewsAPI by 2026-03-10", "other@example.org Replace the credential of NewsAPI by 2026-03-10"]
    2026-03-04: []
    2026-03-11: ["admin@example.org The credential of NewsAPI is due", "other@example.org The credential of NewsAPI is due"]
    2026-05-17: []
    2026-05-18: ["admin@example.org Replace the credential of Finnhub by 2026-05-31", "other@example.org Replace the credential of Finnhub by 2026-05-31"]
    2026-05-19: []
    2026-06-01: ["admin@example.org The credential of Finnhub is due", "other@example.org The credential of Finnhub is due"]
    "#);
    assert!(last.contains("the credential of Finnhub should have been replaced by 2026-05-31"), "{last}");
    assert!(!last.contains("abcd") && !last.contains("hunter2"), "{last}");
}

#[tokio::test]
async fn a_new_credential_is_reminded_of_anew() {
    let vendors = Vendors::start().await;
    let mut app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    app.config.providers = vendors.config();
    let admin = app.admin().await;
    give(&app, &admin, "FINNHUB", Some("2026-03-05T12:00:00Z")).await;
    let first = mailed(&app, "2026-03-03").await;
    app.platform.clock.set(time("2026-03-03T09:00:00Z"));
    let code = admin.code(&app);
    let admin = Person { totp_secret: admin.totp_secret.clone(), ..app.sign_in(&admin.email).await };
    let input = json!({ "provider": "FINNHUB", "secret": SECRET, "expiresAt": "2026-03-06T12:00:00Z" });
    let bearer = Some(admin.access_token.as_str());
    let given = app.graphql_with(bearer, Some(&code), UPDATE, json!({ "input": input })).await;
    let second = mailed(&app, "2026-03-04").await;
    app.finish().await;
    assert_eq!(given.get("errors"), None, "{given}");
    assert_eq!(first, ["admin@example.org Replace the credential of Finnhub by 2026-03-05"]);
    assert_eq!(second, ["admin@example.org Replace the credential of Finnhub by 2026-03-06"]);
}
