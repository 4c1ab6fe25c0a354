//! What every answer carries.

use super::{client, post, text};
use insta::assert_snapshot;
use serde_json::Value;
use tests::TestApp;

const STRICT: [&str; 6] = [
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "content-security-policy",
    "strict-transport-security",
    "cache-control",
];

#[tokio::test]
async fn browsers_are_told_to_be_strict() {
    let mut lines = Vec::new();
    for public_url in ["http://127.0.0.1:8000", "https://bellwether.example"] {
        let mut app = TestApp::start().await;
        app.config.http.public_url = public_url.parse().unwrap();
        let address = app.serve().await;
        let mut answers = vec![("/graphql", post(address, "{ __typename }").send().await.unwrap())];
        for path in ["/graphql", "/graphiql", "/graphiql/graphiql.js", "/healthz", "/nowhere"] {
            answers.push((path, client().get(format!("http://{address}{path}")).send().await.unwrap()));
        }
        for (path, answer) in answers {
            let values =
                STRICT.map(|name| Some(text(answer.headers(), name)).filter(|text| !text.is_empty()));
            let values = values.map(|value| value.unwrap_or("-"));
            lines.push(format!("{} {path}: {}", answer.status().as_u16(), values.join(" | ")));
        }
        app.finish().await;
    }
    assert_snapshot!(lines.join("\n"), @r"
    200 /graphql: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | - | no-store
    400 /graphql: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | - | no-store
    200 /graphiql: nosniff | DENY | no-referrer | default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none' | - | -
    200 /graphiql/graphiql.js: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | - | max-age=3600
    200 /healthz: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | - | -
    404 /nowhere: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | - | -
    200 /graphql: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | max-age=31536000 | no-store
    400 /graphql: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | max-age=31536000 | no-store
    200 /graphiql: nosniff | DENY | no-referrer | default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none' | max-age=31536000 | -
    200 /graphiql/graphiql.js: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | max-age=31536000 | max-age=3600
    200 /healthz: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | max-age=31536000 | -
    404 /nowhere: nosniff | DENY | no-referrer | default-src 'none'; frame-ancestors 'none' | max-age=31536000 | -
    ");
}

#[tokio::test]
async fn a_request_has_an_id_that_its_errors_name_too() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let longest = "a".repeat(64);
    for (sent, is_kept) in [
        ("7-Seven", true),
        (longest.as_str(), true),
        (&format!("{longest}a"), false),
        ("a b", false),
        ("a\"b", false),
        ("", false),
    ] {
        let answer = post(address, "{ nothing }").header("x-request-id", sent).send().await.unwrap();
        let id = text(answer.headers(), "x-request-id").to_owned();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(id == sent, is_kept, "{sent} became {id}");
        assert!(is_kept || id.parse::<uuid::Uuid>().is_ok_and(|id| id.get_version_num() == 7), "{id}");
        assert_eq!(body["errors"][0]["extensions"]["traceId"], id.as_str());
    }
    app.finish().await;
}

#[tokio::test]
async fn a_link_changes_nothing_and_only_json_is_read() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let link = format!("http://{address}/graphql?query=mutation%20%7B%20logout%20%7B%20done%20%7D%20%7D");
    let link = client().get(link).send().await.unwrap();
    let form = client().post(format!("http://{address}/graphql")).header("content-type", "text/plain");
    let form = form.body(r#"{ "query": "{ __typename }" }"#).send().await.unwrap();
    assert_eq!((link.status().as_u16(), text(link.headers(), "allow")), (405, "POST"));
    assert_eq!(form.status().as_u16(), 415);
    app.finish().await;
}
