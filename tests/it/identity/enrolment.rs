//! How a second factor is replaced, taken away and reset.

use domain::identity::{Access, Origin, Role};
use entity::identity::one_time_token::{self, Purpose};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use tests::{
    Person, TestApp,
    person::{PASSWORD, error_code},
};

const NOON: &str = "2026-03-02T12:00:00Z";
const ENROL: &str = "mutation ($password: String) { enrollTotp(input: { password: $password }) { secret } }";
const CONFIRM: &str = "mutation ($code: String!) { confirmTotp(input: { code: $code }) { recoveryCodes } }";
const VERIFY: &str = "mutation ($code: String!) { verifyTotp(input: { code: $code }) { freshUntil } }";
const REMOVE: &str = "mutation ($password: String) { removeTotp(input: { password: $password }) { done } }";
const RENEW: &str = "mutation { renewRecoveryCodes(input: {}) { recoveryCodes } }";
const HAS: &str = "{ me { hasTotp } }";

fn set(app: &TestApp, time: &str) {
    app.platform.clock.set(format!("2026-03-02T{time}Z").parse().unwrap());
}

async fn verify(app: &TestApp, person: &Person, code: &str) -> String {
    error_code(&app.graphql_as(person, VERIFY, json!({ "code": code })).await).to_owned()
}

/// Executes a document with a code in the header.
async fn with_code(app: &TestApp, person: &Person, document: &str, variables: Value) -> Value {
    let code = person.code(app);
    app.graphql_with(Some(&person.access_token), Some(&code), document, variables).await
}

fn codes(answer: &Value, field: &str) -> Vec<String> {
    serde_json::from_value(answer["data"][field]["recoveryCodes"].clone()).unwrap()
}

#[tokio::test]
async fn another_factor_takes_over_with_its_first_code_and_not_before() {
    let app = TestApp::start_on(NOON).await;
    let mut old = app.person("admin", Role::Admin).await;
    let old_codes = app.enrol(&mut old).await;
    let elsewhere = Person { totp_secret: old.totp_secret.clone(), ..app.sign_in(&old.email).await };
    set(&app, "12:05:30");
    let password = json!({ "password": PASSWORD });
    let stale = app.graphql_as(&old, ENROL, password.clone()).await;
    let wrong = app.graphql_as(&old, ENROL, json!({ "password": "wrong-wrong-wrong" })).await;
    let begun = with_code(&app, &old, ENROL, password).await;
    let new = Person {
        totp_secret: begun["data"]["enrollTotp"]["secret"].as_str().map(str::to_owned),
        ..old.clone()
    };
    set(&app, "12:06:30");
    let not_yet = verify(&app, &old, &new.code(&app)).await;
    let still = verify(&app, &elsewhere, &old.code(&app)).await;
    // In the very step that the old one used up.
    let confirmed = app.graphql_as(&old, CONFIRM, json!({ "code": new.code(&app) })).await;
    let again = app.graphql_as(&old, CONFIRM, json!({ "code": new.code(&app) })).await;
    set(&app, "12:10:00");
    let gone = verify(&app, &old, &old.code(&app)).await;
    let gone_paper = verify(&app, &old, &old_codes[0]).await;
    let log = app.graphql_as(&elsewhere, "{ auditLog { totalCount } }", json!({})).await;
    set(&app, "12:14:00");
    let taken = verify(&app, &old, &new.code(&app)).await;
    let paper = verify(&app, &old, &codes(&confirmed, "confirmTotp")[0]).await;
    app.finish().await;
    assert_eq!((error_code(&stale), error_code(&wrong)), ("TOTP_REQUIRED", "BAD_USER_INPUT"));
    assert_eq!((not_yet.as_str(), still.as_str()), ("TOTP_REQUIRED", ""));
    assert_eq!((confirmed.get("errors"), error_code(&again)), (None, "CONFLICT"));
    assert_eq!((gone.as_str(), gone_paper.as_str()), ("TOTP_REQUIRED", "TOTP_REQUIRED"));
    assert_eq!(error_code(&log), "TOTP_REQUIRED", "what was proven with the old one counts no more");
    assert_eq!((taken.as_str(), paper.as_str()), ("", ""));
}

#[tokio::test]
async fn of_two_enrolments_at_once_the_one_whose_code_comes_counts() {
    let app = TestApp::start_on(NOON).await;
    let anna = app.person("anna", Role::User).await;
    let password = json!({ "password": PASSWORD });
    let first = app.data_as(&anna, ENROL, password.clone()).await;
    app.data_as(&anna, ENROL, password).await;
    let first =
        Person { totp_secret: first["enrollTotp"]["secret"].as_str().map(str::to_owned), ..anna.clone() };
    let overtaken = app.graphql_as(&anna, CONFIRM, json!({ "code": first.code(&app) })).await;
    let has = app.data_as(&anna, HAS, json!({})).await;
    app.finish().await;
    assert_eq!((error_code(&overtaken), &has["me"]["hasTotp"]), ("TOTP_REQUIRED", &json!(false)));
}

#[tokio::test]
async fn a_factor_goes_by_password_and_code_together_but_not_an_administrator_s() {
    let app = TestApp::start_on(NOON).await;
    let admin = app.admin().await;
    let mut anna = app.person("anna", Role::User).await;
    let none = app.graphql_as(&anna, REMOVE, json!({ "password": PASSWORD })).await;
    let papers = app.enrol(&mut anna).await;
    let kept = app.graphql_as(&admin, REMOVE, json!({ "password": PASSWORD })).await;
    let wrong = app.graphql_as(&anna, REMOVE, json!({ "password": "wrong-wrong-wrong" })).await;
    set(&app, "12:10:00");
    let stale = app.graphql_as(&anna, REMOVE, json!({ "password": PASSWORD })).await;
    let removed = with_code(&app, &anna, REMOVE, json!({ "password": PASSWORD })).await;
    let paper = verify(&app, &anna, &papers[0]).await;
    let has = app.data_as(&anna, HAS, json!({})).await;
    let log = "{ auditLog(filter: { action: \"identity.remove_totp\" }) { totalCount } }";
    let log = app.data_as(&admin, log, json!({})).await;
    // And it can come again.
    app.enrol(&mut anna).await;
    app.finish().await;
    assert_eq!([error_code(&none), error_code(&kept)], ["NOT_FOUND", "CONFLICT"]);
    assert_eq!([error_code(&wrong), error_code(&stale)], ["BAD_USER_INPUT", "TOTP_REQUIRED"]);
    assert_eq!((removed.get("errors"), paper.as_str()), (None, "TOTP_REQUIRED"));
    assert_eq!((&has["me"]["hasTotp"], &log["auditLog"]["totalCount"]), (&json!(false), &json!(1)));
}

#[tokio::test]
async fn new_recovery_codes_withdraw_the_old_ones() {
    let app = TestApp::start_on(NOON).await;
    let mut anna = app.person("anna", Role::User).await;
    let bare = app.graphql_as(&anna, RENEW, json!({})).await;
    let old = app.enrol(&mut anna).await;
    set(&app, "12:10:00");
    let stale = app.graphql_as(&anna, RENEW, json!({})).await;
    let renewed = with_code(&app, &anna, RENEW, json!({})).await;
    let new = codes(&renewed, "renewRecoveryCodes");
    let typed = "mutation ($code: String) { renewRecoveryCodes(input: { code: $code }) { recoveryCodes } }";
    set(&app, "12:12:00");
    let newest = app.graphql_as(&anna, typed, json!({ "code": anna.code(&app) })).await;
    let newest = codes(&newest, "renewRecoveryCodes");
    set(&app, "12:14:00");
    let tried = [verify(&app, &anna, &old[0]).await, verify(&app, &anna, &new[0]).await];
    let good = verify(&app, &anna, &newest[0]).await;
    // Which makes the session fresh.
    let fresh = app.graphql_as(&anna, RENEW, json!({})).await;
    app.finish().await;
    assert_eq!([error_code(&bare), error_code(&stale)], ["TOTP_REQUIRED"; 2]);
    assert_eq!((new.len(), newest.len()), (10, 10));
    assert_eq!((tried, good.as_str()), (["TOTP_REQUIRED".to_owned(), "TOTP_REQUIRED".to_owned()], ""));
    assert_eq!(fresh.get("errors"), None);
}

#[tokio::test]
async fn two_renewals_at_once_leave_ten_codes() {
    let app = TestApp::start().await;
    let mut anna = app.person("anna", Role::User).await;
    app.enrol(&mut anna).await;
    let other = app.another_platform().await;
    for _ in 0..5 {
        let (first, second) = tokio::join!(
            app.graphql_as(&anna, RENEW, json!({})),
            app.graphql_on(&other, &anna, RENEW, json!({}))
        );
        assert_eq!((first.get("errors"), second.get("errors")), (None, None));
    }
    let codes = one_time_token::Entity::find().filter(one_time_token::Column::Purpose.eq(Purpose::Recovery));
    let count = codes.count(app.platform.db.connection()).await.unwrap();
    app.finish().await;
    assert_eq!(count, 10);
}

/// A wrong code from `address`.
async fn guess(app: &TestApp, person: &Person, address: &str) -> Value {
    let access = Access {
        origin: Origin { address: Some(address.parse().unwrap()), ..Origin::default() },
        standing: app.gatekeeper.standing(Some(&person.access_token.as_str().into())).await.unwrap(),
        code: None,
    };
    app.execute(VERIFY, json!({ "code": "not a code" }), access).await
}

#[tokio::test]
async fn strangers_have_fifty_wrong_codes_a_day_and_the_owner_s_session_none_the_less() {
    let app = TestApp::start_on(NOON).await;
    let owner = app.admin().await;
    let mut thief = app.sign_in(&owner.email).await;
    let mut found = Vec::new();
    for number in 0..60_u32 {
        // Slower than any brake by the hour, and never twice from one address.
        let minutes = number * 2;
        set(&app, &format!("{}:{:02}:00", 12 + minutes / 60, minutes % 60));
        // A token lives for 15 minutes only.
        if number % 7 == 6 {
            thief = app.sign_in(&owner.email).await;
        }
        found.push(error_code(&guess(&app, &thief, &format!("203.0.113.{number}")).await).to_owned());
    }
    let count = |code: &str| found.iter().filter(|found| *found == code).count();
    let (wrong, refused) = (count("TOTP_REQUIRED"), count("RATE_LIMITED"));
    let owner = Person { access_token: refreshed(&app, &owner).await, ..owner };
    let own = verify(&app, &owner, &owner.code(&app)).await;
    app.finish().await;
    // Two hours bring four more back.
    assert!((50..=55).contains(&wrong) && refused == 60 - wrong, "{found:?}");
    assert_eq!(own, "");
}

async fn refreshed(app: &TestApp, person: &Person) -> String {
    let refresh =
        "mutation ($token: String!) { refreshToken(input: { refreshToken: $token }) { accessToken } }";
    let answer = app.graphql(refresh, json!({ "token": person.refresh_token })).await;
    answer["data"]["refreshToken"]["accessToken"].as_str().unwrap().to_owned()
}
