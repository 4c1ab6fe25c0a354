//! Tests of the connections to vendors.

use super::audited;
use domain::admin::job;
use insta::assert_snapshot;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use tests::{Mood, Person, TestApp, VENDOR_KEY, Vendors, build::time, person::error_code};

const NOON: &str = "2026-03-02T12:00:00Z";
const UPDATE: &str =
    "mutation ($input: UpdateProviderCredentialInput!) { updateProviderCredential(input: $input) {
    provider { health } job { id kind state } } }";
const TEST: &str = "mutation ($provider: SourceKind!) { testProvider(input: { provider: $provider }) {
    provider { health } job { id kind state } } }";
const PROVIDERS: &str =
    "{ providers { source health lastSuccessAt quotaLeft lastError { class at message } } }";
const KEYED: [&str; 5] = ["REDDIT", "FINNHUB", "NEWSAPI", "MARKETAUX", "ALPHA_VANTAGE"];
const KEYLESS: [&str; 2] = ["YAHOO", "GDELT"];

async fn product(vendors: &Vendors) -> TestApp {
    let mut app = TestApp::start_on(NOON).await;
    app.config.providers = vendors.config();
    app
}

async fn give(app: &TestApp, admin: &Person, provider: &str, secret: &str) -> Value {
    let input = json!({ "input": { "provider": provider, "secret": secret } });
    app.data_as(admin, UPDATE, input).await["updateProviderCredential"].take()
}

async fn providers(app: &TestApp, admin: &Person) -> Vec<Value> {
    let mut data = app.data_as(admin, PROVIDERS, json!({})).await;
    serde_json::from_value(data["providers"].take()).unwrap()
}

/// One line per vendor: health, quota, and how it failed.
async fn seen(app: &TestApp, admin: &Person) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| {
        let error = &one["lastError"];
        let words = [&one["source"], &one["health"], &error["class"], &error["message"]].map(text);
        format!("{} {} {} {}: {}", words[0], words[1], one["quotaLeft"], words[2], words[3])
    };
    providers(app, admin).await.iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn test_all(app: &TestApp, admin: &Person) {
    for provider in KEYED.into_iter().chain(KEYLESS) {
        app.data_as(admin, TEST, json!({ "provider": provider })).await;
    }
    app.run_jobs().await;
}

#[tokio::test]
async fn a_new_credential_is_tried_at_once_and_the_vendor_found_healthy() {
    let vendors = Vendors::start().await;
    let app = product(&vendors).await;
    let admin = app.admin().await;
    let given = give(&app, &admin, "FINNHUB", VENDOR_KEY).await;
    assert_eq!(given["provider"]["health"], "UNKNOWN");
    assert_eq!(
        (&given["job"]["kind"], &given["job"]["state"]),
        (&json!("admin.test_credential"), &json!("QUEUED"))
    );
    for provider in ["REDDIT", "NEWSAPI", "MARKETAUX", "ALPHA_VANTAGE"] {
        give(&app, &admin, provider, VENDOR_KEY).await;
    }
    for provider in KEYLESS {
        app.data_as(&admin, TEST, json!({ "provider": provider })).await;
    }
    app.run_jobs().await;
    let found = seen(&app, &admin).await;
    let first = providers(&app, &admin).await.swap_remove(0);
    let entries = audited(&app, &admin, "admin.test_provider").await;
    app.finish().await;
    assert_snapshot!(found, @r"
    REDDIT HEALTHY 997 -: -
    FINNHUB HEALTHY 59 -: -
    NEWSAPI HEALTHY null -: -
    MARKETAUX HEALTHY 97 -: -
    ALPHA_VANTAGE HEALTHY null -: -
    YAHOO HEALTHY null -: -
    GDELT HEALTHY null -: -
    ");
    assert_eq!(first["lastSuccessAt"], "2026-03-02T12:00:00+00:00");
    assert_eq!((entries.len(), &entries[0]["subject"]), (2, &json!("provider:GDELT")));
}

#[tokio::test]
async fn each_way_to_fail_is_told_in_words_of_our_own() {
    let vendors = Vendors::start().await;
    let app = product(&vendors).await;
    let admin = app.admin().await;
    for provider in KEYED {
        give(&app, &admin, provider, "hunter2:hunter2hunter2").await;
    }
    app.run_jobs().await;
    let mut found = vec![seen(&app, &admin).await];
    for mood in [Mood::Limited, Mood::Down, Mood::Strange] {
        vendors.feel(mood);
        test_all(&app, &admin).await;
        found.push(seen(&app, &admin).await);
    }
    let db = app.platform.db.connection();
    let rows = entity::admin::provider_state::Entity::find().all(db).await.unwrap();
    app.finish().await;
    let kept = format!("{rows:?}");
    assert!(!kept.contains("hunter2") && !kept.contains("html") && !kept.contains("http"), "{kept}");
    assert_snapshot!(found.join("\n\n"), @r"
    REDDIT FAILING null WRONG_CREDENTIAL: the vendor refuses the credential (status 401)
    FINNHUB FAILING null WRONG_CREDENTIAL: the vendor refuses the credential (status 401)
    NEWSAPI FAILING null WRONG_CREDENTIAL: the vendor refuses the credential (status 401)
    MARKETAUX FAILING null WRONG_CREDENTIAL: the vendor refuses the credential (status 200)
    ALPHA_VANTAGE FAILING null WRONG_CREDENTIAL: the vendor refuses the credential (status 200)
    YAHOO UNKNOWN null -: -
    GDELT UNKNOWN null -: -

    REDDIT FAILING null LIMITED: the vendor grants no more requests for now (status 429)
    FINNHUB FAILING null LIMITED: the vendor grants no more requests for now (status 429)
    NEWSAPI FAILING null LIMITED: the vendor grants no more requests for now (status 429)
    MARKETAUX FAILING null LIMITED: the vendor grants no more requests for now (status 402)
    ALPHA_VANTAGE FAILING null LIMITED: the vendor grants no more requests for now (status 200)
    YAHOO FAILING null LIMITED: the vendor grants no more requests for now (status 429)
    GDELT FAILING null LIMITED: the vendor grants no more requests for now (status 200)

    REDDIT FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)
    FINNHUB FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)
    NEWSAPI FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)
    MARKETAUX FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)
    ALPHA_VANTAGE FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)
    YAHOO FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)
    GDELT FAILING null UNREACHABLE: the vendor has a failure of its own (status 503)

    REDDIT FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    FINNHUB FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    NEWSAPI FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    MARKETAUX FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    ALPHA_VANTAGE FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    YAHOO FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    GDELT FAILING null UNEXPECTED: the vendor answers with something it does not document (status 200)
    ");
}

#[tokio::test]
async fn what_went_wrong_stays_in_sight_after_it_is_over() {
    let vendors = Vendors::start().await;
    let app = product(&vendors).await;
    let admin = app.admin().await;
    vendors.feel(Mood::Down);
    give(&app, &admin, "FINNHUB", VENDOR_KEY).await;
    app.run_jobs().await;
    vendors.feel(Mood::Good);
    app.platform.clock.set(time("2026-03-02T12:01:00Z"));
    app.data_as(&admin, TEST, json!({ "provider": "FINNHUB" })).await;
    app.run_jobs().await;
    let over = providers(&app, &admin).await.swap_remove(1);
    // Another credential: what was found says nothing of it.
    app.platform.clock.set(time("2026-03-02T12:02:00Z"));
    let replaced = give(&app, &admin, "FINNHUB", "hunter2hunter2").await;
    app.run_jobs().await;
    let failing = providers(&app, &admin).await.swap_remove(1);
    app.finish().await;
    assert_eq!(
        (&over["health"], &over["lastSuccessAt"]),
        (&json!("HEALTHY"), &json!("2026-03-02T12:01:00+00:00"))
    );
    assert_eq!(over["lastError"]["at"], "2026-03-02T12:00:00+00:00");
    assert_eq!(replaced["provider"]["health"], "UNKNOWN");
    assert_eq!(
        (&failing["health"], &failing["lastError"]["class"]),
        (&json!("FAILING"), &json!("WRONG_CREDENTIAL"))
    );
    assert_eq!(failing["lastSuccessAt"], "2026-03-02T12:01:00+00:00");
}

#[tokio::test]
async fn without_a_network_the_test_is_done_and_the_vendor_unreachable() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The vendors of a product under test are where nobody listens.
    let app = TestApp::start_on(NOON).await;
    let admin = app.admin().await;
    let asked = app.data_as(&admin, TEST, json!({ "provider": "GDELT" })).await;
    let again = app.data_as(&admin, TEST, json!({ "provider": "GDELT" })).await;
    app.run_jobs().await;
    let job = "query ($id: ID!) { job(id: $id) { state error } }";
    let job = app.data_as(&admin, job, json!({ "id": asked["testProvider"]["job"]["id"] })).await;
    let gdelt = providers(&app, &admin).await.swap_remove(6);
    app.finish().await;
    assert_eq!(asked["testProvider"]["job"]["id"], again["testProvider"]["job"]["id"]);
    assert_eq!(job["job"], json!({ "state": "COMPLETED", "error": null }));
    let error = json!({ "class": "UNREACHABLE", "at": "2026-03-02T12:00:00+00:00",
        "message": "the vendor cannot be reached" });
    assert_eq!((&gdelt["health"], &gdelt["lastError"]), (&json!("FAILING"), &error));
}

#[tokio::test]
async fn what_cannot_be_tested_is_refused_and_what_is_gone_passed_over() {
    let vendors = Vendors::start().await;
    let app = product(&vendors).await;
    let admin = app.admin().await;
    let mut found = Vec::new();
    for provider in ["FINNHUB", "FILE", "SIMULATED"] {
        let answer = app.graphql_as(&admin, TEST, json!({ "provider": provider })).await;
        found.push(format!("{} {}", error_code(&answer), answer["errors"][0]["extensions"]["field"]));
    }
    let bare = json!({ "input": { "provider": "REDDIT", "secret": "no-colon-in-it" } });
    let bare = app.graphql_as(&admin, UPDATE, bare).await;
    give(&app, &admin, "FINNHUB", VENDOR_KEY).await;
    let remove = "mutation { removeProviderCredential(input: { provider: FINNHUB }) { provider { health } job { id } } }";
    let removed = app.data_as(&admin, remove, json!({})).await;
    app.run_jobs().await;
    let finnhub = providers(&app, &admin).await.swap_remove(1);
    app.finish().await;
    assert_eq!(found, ["BAD_USER_INPUT \"provider\""; 3]);
    assert_eq!(bare["errors"][0]["extensions"]["field"], "secret");
    assert_eq!(removed["removeProviderCredential"]["job"], Value::Null);
    assert_eq!((&finnhub["health"], &finnhub["lastError"]), (&json!("NOT_CONFIGURED"), &Value::Null));
}

#[tokio::test]
async fn a_credential_that_comes_while_the_one_before_is_tested_is_tested_too() {
    let vendors = Vendors::start().await;
    let app = product(&vendors).await;
    let admin = app.admin().await;
    let first = give(&app, &admin, "FINNHUB", "hunter2hunter2").await;
    app.platform.clock.set(time("2026-03-02T12:00:01Z"));
    let second = give(&app, &admin, "FINNHUB", VENDOR_KEY).await;
    app.run_jobs().await;
    let finnhub = providers(&app, &admin).await.swap_remove(1);
    let tests = job::Filter { kinds: vec!["admin.test_credential".to_owned()], ..job::Filter::default() };
    let tests = job::count(app.platform.db.connection(), &tests).await.unwrap();
    app.finish().await;
    assert_ne!(first["job"]["id"], second["job"]["id"]);
    assert_eq!((tests, &finnhub["health"]), (2, &json!("HEALTHY")));
}
