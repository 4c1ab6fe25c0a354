//! Registering, signing in, and finding back in.

use domain::identity::{self, Access, Origin, Role, SendLetter, letter};
use entity::identity::account;
use insta::assert_snapshot;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tests::{
    TestApp,
    person::{PASSWORD, error_code},
};
use uuid::Uuid;

const REGISTER: &str = "mutation ($email: String!, $password: String!) {
    register(input: { email: $email, password: $password, displayName: \"Anna\" }) { done } }";
const LOGIN: &str = "mutation ($email: String!, $password: String!) {
    login(input: { email: $email, password: $password }) { accessToken refreshToken user { email role hasTotp } } }";

/// The text of the letter that waits to be sent.
async fn letter(app: &TestApp) -> String {
    let jobs = entity::job::job::Entity::find().all(app.platform.db.connection()).await.unwrap();
    let job = jobs.into_iter().rfind(|job| job.kind == "identity.send_letter").unwrap();
    let job: SendLetter = serde_json::from_value(job.payload).unwrap();
    letter::compose(&app.platform, &job).await.unwrap().map(|mail| mail.body).unwrap_or_default()
}

fn token(letter: &str) -> String {
    letter.lines().find_map(|line| line.strip_prefix("    ")).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn someone_registers_verifies_and_signs_in() {
    let app = TestApp::start().await;
    let person = json!({ "email": "Anna@Example.org", "password": PASSWORD });
    let registered = app.graphql(REGISTER, person.clone()).await;
    assert_eq!(registered["data"]["register"]["done"], true, "{registered}");
    let unverified = app.graphql(LOGIN, person.clone()).await;
    assert_eq!(error_code(&unverified), "UNAUTHENTICATED");

    let verify = "mutation ($token: String!, $password: String!) { verifyEmail(input: { token: $token, password: $password }) { user { email emailVerifiedAt } } }";
    let token = token(&letter(&app).await);
    let hijacked =
        app.graphql(verify, json!({ "token": token, "password": "another-quite-long-secret" })).await;
    assert_eq!(hijacked["errors"][0]["extensions"]["field"], "password", "{hijacked}");
    let verified = app.graphql(verify, json!({ "token": token, "password": PASSWORD })).await;
    assert_eq!(verified["data"]["verifyEmail"]["user"]["email"], "anna@example.org", "{verified}");
    let again = app.graphql(verify, json!({ "token": token, "password": PASSWORD })).await;
    assert_eq!(
        (error_code(&again), &again["errors"][0]["extensions"]["field"]),
        ("BAD_USER_INPUT", &json!("token"))
    );

    let mut signed_in = app.graphql(LOGIN, person).await;
    let payload = signed_in["data"]["login"].take();
    let me = "{ me { email displayName timeZone sessions { isCurrent } apiKeys { id } } adminSession { expiresAt } }";
    let me = app.graphql_with(payload["accessToken"].as_str(), None, me, json!({})).await;
    app.run_jobs().await;
    app.finish().await;
    assert_eq!(payload["user"], json!({ "email": "anna@example.org", "role": "USER", "hasTotp": false }));
    let sessions = json!([{ "isCurrent": true }, { "isCurrent": false }]);
    let expected = json!({ "email": "anna@example.org", "displayName": "Anna", "timeZone": "UTC",
                           "sessions": sessions, "apiKeys": [] });
    assert_eq!(me["data"], json!({ "me": expected, "adminSession": null }));
}

#[tokio::test]
async fn who_registers_twice_learns_of_it_by_mail_only() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let again =
        app.graphql(REGISTER, json!({ "email": anna.email, "password": "another-quite-long-secret" })).await;
    let text = letter(&app).await;
    let old = app.graphql(LOGIN, json!({ "email": anna.email, "password": PASSWORD })).await;
    let new =
        app.graphql(LOGIN, json!({ "email": anna.email, "password": "another-quite-long-secret" })).await;
    app.run_jobs().await;
    app.finish().await;
    assert_eq!(again["data"], json!({ "register": { "done": true } }));
    assert!(text.contains("tried to register this address again"), "{text}");
    assert_eq!(token(&text), "");
    assert_eq!((old.get("errors"), error_code(&new)), (None, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_the_same_in_words_and_in_time() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let mut answers: Vec<(Value, Duration)> = Vec::new();
    for email in
        [anna.email.as_str(), "nobody@example.org", anna.email.as_str(), "nobody@example.org", "no address"]
    {
        let started = Instant::now();
        let answer = app.graphql(LOGIN, json!({ "email": email, "password": "wrong-wrong-wrong" })).await;
        answers.push((answer, started.elapsed()));
    }
    app.finish().await;
    assert!(answers[..4].windows(2).all(|pair| pair[0].0 == pair[1].0), "{answers:?}");
    assert_snapshot!(answers[0].0["errors"][0]["message"], @r#""e-mail address or password is wrong""#);
    // Both hash a password: the one without must not be an order of magnitude faster. The first made the decoy.
    assert!(answers[3].1 * 4 > answers[2].1, "{answers:?}");
}

#[tokio::test]
async fn a_reset_ends_all_sessions() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let ask = "mutation ($email: String!) { requestPasswordReset(input: { email: $email }) { done } }";
    let unknown = app.graphql(ask, json!({ "email": "nobody@example.org" })).await;
    let known = app.graphql(ask, json!({ "email": anna.email })).await;
    let token = token(&letter(&app).await);
    let reset = "mutation ($token: String!, $password: String!) {
        resetPassword(input: { token: $token, password: $password }) { done } }";
    let weak = app.graphql(reset, json!({ "token": token, "password": "password1234" })).await;
    let done = app.graphql(reset, json!({ "token": token, "password": "velvet-anchor-quiet-river" })).await;
    let old_session = app.graphql_as(&anna, "{ me { email } }", json!({})).await;
    let old = app.graphql(LOGIN, json!({ "email": anna.email, "password": PASSWORD })).await;
    let new =
        app.graphql(LOGIN, json!({ "email": anna.email, "password": "velvet-anchor-quiet-river" })).await;
    app.run_jobs().await;
    app.finish().await;
    assert_eq!(unknown, known);
    assert_eq!(
        (error_code(&weak), &weak["errors"][0]["extensions"]["field"]),
        ("BAD_USER_INPUT", &json!("password"))
    );
    assert_eq!(done.get("errors"), None, "{done}");
    assert_eq!(error_code(&old_session), "UNAUTHENTICATED");
    assert_eq!((error_code(&old), new.get("errors")), ("UNAUTHENTICATED", None));
}

#[tokio::test]
async fn guessing_is_slowed_down_but_the_owner_gets_in_from_a_known_address() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let wrong = json!({ "email": anna.email, "password": "wrong-wrong-wrong" });
    let mut last = Value::Null;
    for _ in 0..8 {
        last = app.graphql(LOGIN, wrong.clone()).await;
    }
    app.finish().await;
    assert_eq!(error_code(&last), "RATE_LIMITED");
    assert!(last["errors"][0]["extensions"]["retryAfterSeconds"].as_u64().unwrap() <= 60, "{last}");
}

#[tokio::test]
async fn a_profile_changes_in_what_is_given() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let update = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { displayName timeZone } } }";
    let both = json!({ "input": { "displayName": "Anna", "timeZone": "Europe/Berlin" } });
    app.data_as(&anna, update, both).await;
    let removed = app.data_as(&anna, update, json!({ "input": { "displayName": null } })).await;
    let bad = app.graphql_as(&anna, update, json!({ "input": { "timeZone": "Mars/Olympus" } })).await;
    app.finish().await;
    assert_eq!(removed["updateProfile"]["user"], json!({ "displayName": null, "timeZone": "Europe/Berlin" }));
    assert_eq!(bad["errors"][0]["extensions"]["field"], "timeZone");
}

/// Makes accounts with the password of the one that is there; their addresses.
async fn fellows(app: &TestApp, count: u8) -> Vec<String> {
    let db = app.platform.db.connection();
    let anna = account::Entity::find().one(db).await.unwrap().unwrap();
    let emails: Vec<String> = (0..count).map(|number| format!("fellow{number}@example.org")).collect();
    let rows = emails.iter().map(|email| account::ActiveModel {
        id: Set(Uuid::now_v7()),
        email: Set(email.clone()),
        ..anna.clone().into_active_model().reset_all()
    });
    account::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
    emails
}

#[tokio::test]
async fn fifty_sign_ins_at_once_leave_reads_alone() {
    let app = Arc::new(TestApp::start().await);
    app.person("anna", Role::User).await;
    let fellows = fellows(&app, 50).await;
    let logins = fellows.into_iter().zip(0..).map(|(email, number)| {
        let app = app.clone();
        let address = Some(IpAddr::from([192, 0, 2, number]));
        let access = Access { origin: Origin { address, ..Origin::default() }, ..Access::default() };
        tokio::spawn(async move {
            app.execute(LOGIN, json!({ "email": email, "password": PASSWORD }), access).await
        })
    });
    let logins: Vec<_> = logins.collect();
    let mut reads = Vec::new();
    while !logins.iter().all(tokio::task::JoinHandle::is_finished) {
        let started = Instant::now();
        app.data("{ stocks(first: 1) { edges { node { symbol } } } }").await;
        reads.push(started.elapsed());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for login in logins {
        assert_eq!(login.await.unwrap().get("errors"), None);
    }
    Arc::into_inner(app).unwrap().finish().await;
    reads.sort_unstable();
    let median = reads[reads.len() / 2];
    println!("{} reads, median {median:?}, slowest {:?}", reads.len(), reads.last());
    // Off the async threads reads take milliseconds; on them, as long as all the sign-ins.
    assert!(reads.len() > 10 && median < Duration::from_millis(50), "{reads:?}");
}

#[tokio::test]
async fn nobody_s_own_address_is_a_password_and_no_mailbox_is_filled_by_others() {
    let app = TestApp::start().await;
    let email = "katherine.montgomery@lakeside-brokers.org";
    let token = identity::account::create_admin(&app.platform, &email.parse().unwrap()).await.unwrap();
    let reset = "mutation ($token: String!, $password: String!) {
        resetPassword(input: { token: $token, password: $password }) { done } }";
    let token = token.expose_secret();
    let own = app.graphql(reset, json!({ "token": token, "password": email })).await;
    let ask = "mutation ($email: String!) { requestPasswordReset(input: { email: $email }) { done } }";
    for _ in 0..12 {
        app.graphql(ask, json!({ "email": email })).await;
    }
    let letters = entity::job::job::Entity::find().all(app.platform.db.connection()).await.unwrap();
    app.discard().await;
    assert_eq!(own["errors"][0]["extensions"]["field"], "password", "{own}");
    assert_eq!(letters.len(), 5);
}
