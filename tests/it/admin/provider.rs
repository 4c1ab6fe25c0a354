//! Vendors and their credentials.

use super::audited;
use domain::{SourceKind, admin::provider};
use sea_orm::EntityTrait as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tests::{Person, TestApp, Vendors, build::time, person::error_code};

const NOW: &str = "2026-03-02T12:00:00Z";
const SECRET: &str = "finnhub-key-abcd1234";
const UPDATE: &str =
    "mutation ($input: UpdateProviderCredentialInput!) { updateProviderCredential(input: $input) {
    provider { source health credential { last4 updatedAt expiresAt rotateBy isRotationDue } } } }";
const REMOVE: &str = "mutation { removeProviderCredential(input: { provider: FINNHUB }) {
    provider { source health credential { last4 } } } }";

/// With vendors for the tests that each credential brings.
async fn start() -> (TestApp, Vendors) {
    let vendors = Vendors::start().await;
    let mut app = TestApp::start_on(NOW).await;
    app.config.providers = vendors.config();
    (app, vendors)
}

fn finnhub(secret: &str) -> Value {
    json!({ "input": { "provider": "FINNHUB", "secret": secret } })
}

async fn of_another_process(app: &TestApp) -> Option<String> {
    let other = app.another_platform().await;
    let opened = provider::open(&other, SourceKind::Finnhub).await.unwrap();
    opened.map(|opened| opened.secret.expose_secret().to_owned())
}

async fn due(app: &TestApp, admin: &Person) -> Value {
    let query = "{ providers { source credential { isRotationDue } } }";
    app.data_as(admin, query, json!({})).await["providers"][1]["credential"]["isRotationDue"].take()
}

#[tokio::test]
async fn a_credential_is_sealed_shown_by_its_end_and_known_to_every_process() {
    let (app, _vendors) = start().await;
    let admin = app.admin().await;
    let answer = app.data_as(&admin, UPDATE, finnhub(SECRET)).await;
    let shown = json!({ "source": "FINNHUB", "health": "UNKNOWN", "credential": {
        "last4": "1234", "updatedAt": "2026-03-02T12:00:00+00:00", "expiresAt": null,
        "rotateBy": "2026-05-31T12:00:00+00:00", "isRotationDue": false } });
    assert_eq!(answer["updateProviderCredential"]["provider"], shown);
    assert_eq!(of_another_process(&app).await.as_deref(), Some(SECRET));
    app.data_as(&admin, UPDATE, finnhub("another-key-5678")).await;
    assert_eq!(of_another_process(&app).await.as_deref(), Some("another-key-5678"));
    let rows =
        entity::admin::provider_credential::Entity::find().all(app.platform.db.connection()).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].sealed.contains("another-key"));
    let removed = app.data_as(&admin, REMOVE, json!({})).await["removeProviderCredential"]["provider"].take();
    assert_eq!(removed, json!({ "source": "FINNHUB", "health": "NOT_CONFIGURED", "credential": null }));
    assert_eq!(of_another_process(&app).await, None);
    let entries = audited(&app, &admin, "admin").await;
    app.run_jobs().await;
    app.finish().await;
    assert_eq!(entries.len(), 3);
    let text = json!(entries).to_string();
    assert!(text.contains("provider:FINNHUB") && !text.contains("key") && !text.contains(SECRET), "{text}");
}

#[tokio::test]
async fn a_credential_wants_to_be_replaced_after_90_days_and_ends_with_its_time() {
    let (app, _vendors) = start().await;
    let admin = app.admin().await;
    let mut input = finnhub(SECRET);
    input["input"]["expiresAt"] = json!("2026-03-02T12:00:30Z");
    app.data_as(&admin, UPDATE, input).await;
    assert_eq!(due(&app, &admin).await, false);
    app.platform.clock.set(time("2026-03-02T12:01:00Z"));
    assert_eq!(due(&app, &admin).await, true);
    assert_eq!(of_another_process(&app).await, None, "it has expired");
    app.data_as(&admin, UPDATE, finnhub(SECRET)).await;
    assert_eq!(due(&app, &admin).await, false);
    app.platform.clock.set(time("2026-05-31T12:01:00Z"));
    let admin = app.sign_in(&admin.email).await;
    let providers = provider::list(app.platform.db.connection(), app.platform.clock.now()).await.unwrap();
    let credential = providers[1].credential.as_ref().unwrap();
    assert_eq!(provider::rotate_by(credential), app.platform.clock.now());
    let stale = app.graphql_as(&admin, UPDATE, finnhub(SECRET)).await;
    app.run_jobs().await;
    app.finish().await;
    assert_eq!(error_code(&stale), "TOTP_REQUIRED");
}

#[tokio::test]
async fn what_is_no_credential_is_refused_without_repeating_it() {
    let app = TestApp::start_on(NOW).await;
    let admin = app.admin().await;
    let input = |provider: &str, secret: &str| json!({ "provider": provider, "secret": secret });
    let mut past = input("NEWSAPI", SECRET);
    past["expiresAt"] = json!(NOW);
    for (input, field) in [
        (input("FINNHUB", "short"), "secret"),
        (input("FINNHUB", "with a space"), "secret"),
        (input("GDELT", SECRET), "provider"),
        (input("SIMULATED", SECRET), "provider"),
        (past, "expiresAt"),
    ] {
        let answer = app.graphql_as(&admin, UPDATE, json!({ "input": input })).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], field);
        assert!(!answer.to_string().contains(input["secret"].as_str().unwrap()), "{answer}");
    }
    let absent = app.graphql_as(&admin, REMOVE, json!({})).await;
    let providers =
        "{ providers { source needsCredential health lastSuccessAt quotaLeft credential { last4 } } }";
    let providers = app.data_as(&admin, providers, json!({})).await["providers"].take();
    app.finish().await;
    assert_eq!(error_code(&absent), "NOT_FOUND");
    assert_eq!(providers.as_array().unwrap().len(), 7);
    let gdelt = json!({ "source": "GDELT", "needsCredential": false, "health": "UNKNOWN", "lastSuccessAt": null,
        "quotaLeft": null, "credential": null });
    assert_eq!(providers[6], gdelt);
}
