//! Second factors.

use domain::identity::Role;
use insta::assert_snapshot;
use serde_json::{Value, json};
use tests::{TestApp, on_postgres, person::error_code};

const VERIFY: &str = "mutation ($code: String!) { verifyTotp(input: { code: $code }) { freshUntil adminSession { user { email } } } }";
const SET_ROLE: &str =
    "mutation { setUserRole(input: { email: \"admin@example.org\", role: ADMIN }) { user { role } } }";

fn said(answer: &Value) -> String {
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if error.is_null() {
        return "OK".to_owned();
    }
    format!("{} {}", text(&error["extensions"]["code"]), text(&error["message"]))
}

#[tokio::test]
async fn what_is_sensitive_needs_a_code_that_is_fresh() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let bare = app.person("bare", Role::Admin).await;
    let admin = app.admin().await;
    let bluff = app
        .graphql_with(Some(&bare.access_token), Some("123456"), "{ auditLog { totalCount } }", json!({}))
        .await;
    let mut lines = vec![
        format!("reading with a code out of the blue: {}", said(&bluff)),
        format!("without a second factor: {}", said(&app.graphql_as(&bare, SET_ROLE, json!({})).await)),
        format!("just confirmed: {}", said(&app.graphql_as(&admin, SET_ROLE, json!({})).await)),
    ];
    app.platform.clock.set("2026-03-02T12:05:01Z".parse().unwrap());
    lines.push(format!("five minutes later: {}", said(&app.graphql_as(&admin, SET_ROLE, json!({})).await)));
    lines.push(format!(
        "reading still goes: {}",
        said(&app.graphql_as(&admin, "{ auditLog { totalCount } }", json!({})).await)
    ));
    let code = admin.code(&app);
    let with_code = |code: String| {
        let app = &app;
        let token = admin.access_token.clone();
        async move { said(&app.graphql_with(Some(&token), Some(&code), SET_ROLE, json!({})).await) }
    };
    lines.push(format!("with the header: {}", with_code(code.clone()).await));
    lines.push(format!("with the header again: {}", with_code(code.clone()).await));
    lines.push(format!(
        "verified with it: {}",
        said(&app.graphql_as(&admin, VERIFY, json!({ "code": code })).await)
    ));
    lines.push(format!("wrong: {}", with_code("000000".to_owned()).await));
    app.platform.clock.set("2026-03-02T12:05:31Z".parse().unwrap());
    let next = admin.code(&app);
    lines.push(format!(
        "the next one: {}",
        said(&app.graphql_as(&admin, VERIFY, json!({ "code": next })).await)
    ));
    lines.push(format!("fresh again: {}", said(&app.graphql_as(&admin, SET_ROLE, json!({})).await)));
    app.finish().await;
    assert_snapshot!(lines.join("\n"), @r"
    reading with a code out of the blue: TOTP_REQUIRED this needs a second factor: set one up with `enrollTotp` and `confirmTotp`
    without a second factor: TOTP_REQUIRED this needs a second factor: set one up with `enrollTotp` and `confirmTotp`
    just confirmed: OK
    five minutes later: TOTP_REQUIRED this needs a fresh TOTP code: call `verifyTotp` first, or send the code as the header `X-TOTP`
    reading still goes: OK
    with the header: OK
    with the header again: TOTP_REQUIRED this TOTP code was used before: wait for the next one, at most 30 s
    verified with it: TOTP_REQUIRED this TOTP code was used before: wait for the next one, at most 30 s
    wrong: TOTP_REQUIRED this TOTP code is wrong: give the one that the authenticator shows now
    the next one: OK
    fresh again: OK
    ");
}

#[tokio::test]
async fn of_a_hundred_uses_of_one_code_one_is_accepted() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let admin = app.admin().await;
    app.platform.clock.set("2026-03-02T12:10:00Z".parse().unwrap());
    // Over the same database, but nothing else in common.
    let other = api::schema::build(
        &app.another_platform().await,
        &domain::identity::Gatekeeper::start(&app.another_platform().await),
        &app.config,
    );
    let code = admin.code(&app);
    let tries = (0..100).map(|round| {
        let (app, admin, code, other) = (&app, &admin, &code, &other);
        async move {
            if round % 2 == 0 {
                return app.graphql_as(admin, VERIFY, json!({ "code": code })).await;
            }
            let access = domain::identity::Access {
                standing: app.gatekeeper.standing(Some(&admin.access_token.as_str().into())).await.unwrap(),
                ..domain::identity::Access::default()
            };
            let request = async_graphql::Request::new(VERIFY)
                .variables(async_graphql::Variables::from_json(json!({ "code": code })))
                .data(access);
            serde_json::to_value(async_graphql::Executor::execute(other, request).await).unwrap()
        }
    });
    let answers = futures_util::future::join_all(tries).await;
    let accepted = answers.iter().filter(|answer| answer.get("errors").is_none()).count();
    app.finish().await;
    assert_eq!(accepted, 1, "PostgreSQL: {}; {answers:?}", on_postgres());
    assert!(answers.iter().all(|answer| matches!(error_code(answer), "" | "TOTP_REQUIRED" | "RATE_LIMITED")));
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let anna = app.person("anna", Role::User).await;
    let enrol =
        "mutation ($password: String!) { enrollTotp(input: { password: $password }) { uri secret qrSvg } }";
    let wrong = app.graphql_as(&anna, enrol, json!({ "password": "wrong-wrong-wrong" })).await;
    let enrolled = app.data_as(&anna, enrol, json!({ "password": tests::person::PASSWORD })).await;
    let enrolled = &enrolled["enrollTotp"];
    let anna = tests::Person { totp_secret: enrolled["secret"].as_str().map(str::to_owned), ..anna };
    let confirm = "mutation ($code: String!) { confirmTotp(input: { code: $code }) { recoveryCodes } }";
    let bad = app.graphql_as(&anna, confirm, json!({ "code": "123456" })).await;
    let codes = app.data_as(&anna, confirm, json!({ "code": anna.code(&app) })).await;
    let codes = codes["confirmTotp"]["recoveryCodes"].as_array().unwrap().clone();
    // Past the brake on guessing.
    app.platform.clock.set("2026-03-02T12:02:00Z".parse().unwrap());
    let first = app.graphql_as(&anna, VERIFY, json!({ "code": codes[3] })).await;
    let second = app.graphql_as(&anna, VERIFY, json!({ "code": codes[3] })).await;
    app.finish().await;
    assert_eq!(wrong["errors"][0]["extensions"]["field"], "password");
    assert!(
        enrolled["uri"].as_str().unwrap().starts_with("otpauth://totp/Bellwether:anna%40example.org?secret=")
    );
    assert!(enrolled["qrSvg"].as_str().unwrap().contains("<svg"));
    assert_eq!((error_code(&bad), codes.len()), ("TOTP_REQUIRED", 10));
    assert_eq!((first.get("errors"), error_code(&second)), (None, "TOTP_REQUIRED"));
}
