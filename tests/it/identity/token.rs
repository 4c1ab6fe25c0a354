//! Access tokens that are no good.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::identity::{Actor, Role, key_set, rotate_signing_key};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use insta::assert_snapshot;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tests::TestApp;

async fn verdict(app: &TestApp, token: &str) -> String {
    let answer = app.graphql_with(Some(token), None, "{ me { email } }", json!({})).await;
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if error.is_null() {
        return "OK".to_owned();
    }
    format!("{} {}", text(&error["extensions"]["code"]), text(&error["message"]))
}

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

fn join(header: &Value, claims: &Value, signature: &str) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", encode(header), encode(claims))
}

#[tokio::test]
async fn every_way_of_forging_a_token_is_refused() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let anna = app.person("anna", Role::User).await;
    let good = anna.access_token.clone();
    let (header, claims) = (part(&good, 0), part(&good, 1));
    let signature = good.rsplit('.').next().unwrap();
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    let kid = header["kid"].as_str().unwrap().to_owned();
    let none = json!({ "alg": "none", "typ": "JWT", "kid": kid });
    // With the public key as the secret of an HMAC: the classic confusion of algorithms.
    let public = key_set(&app.platform).await.unwrap()["keys"][0]["x"].as_str().unwrap().to_owned();
    let public = URL_SAFE_NO_PAD.decode(public).unwrap();
    let hmac = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
    let theirs = SigningKey::from_bytes(&[7; 32]).to_pkcs8_der().unwrap();
    let theirs = EncodingKey::from_ed_der(theirs.as_bytes());
    let ed = |kid: &str| Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) };
    let forged = [
        ("as it is", good.clone()),
        ("malformed", "not.a.token".to_owned()),
        ("empty claims", join(&header, &json!({}), signature)),
        ("changed claims", join(&header, &with("exp", json!(9_999_999_999_u64)), signature)),
        ("alg none", join(&none, &claims, "")),
        ("alg hmac", encode(&hmac, &claims, &EncodingKey::from_secret(&public)).unwrap()),
        ("wrong key", encode(&ed(&kid), &claims, &theirs).unwrap()),
        ("unknown key", encode(&ed("0123456789abcdef"), &claims, &theirs).unwrap()),
        ("no key id", encode(&Header::new(Algorithm::EdDSA), &claims, &theirs).unwrap()),
        ("wrong audience", encode(&ed(&kid), &with("aud", json!("another")), &theirs).unwrap()),
        ("unknown API key", "bw_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
    ];
    let mut lines = Vec::new();
    for (name, token) in &forged {
        lines.push(format!("{name}: {}", verdict(&app, token).await));
    }
    app.platform.clock.set("2026-03-02T12:15:00Z".parse().unwrap());
    lines.push(format!("a quarter of an hour later: {}", verdict(&app, &good).await));
    app.finish().await;
    assert_snapshot!(lines.join("\n"), @r"
    as it is: OK
    malformed: UNAUTHENTICATED the access token cannot be read; send it as you got it
    empty claims: UNAUTHENTICATED the access token is not valid; sign in again
    changed claims: UNAUTHENTICATED the access token is not valid; sign in again
    alg none: UNAUTHENTICATED the access token cannot be read; send it as you got it
    alg hmac: UNAUTHENTICATED the access token is not valid; sign in again
    wrong key: UNAUTHENTICATED the access token is not valid; sign in again
    unknown key: UNAUTHENTICATED the access token was signed with a key that is not ours
    no key id: UNAUTHENTICATED the access token names no key; it is not one of ours
    wrong audience: UNAUTHENTICATED the access token is not valid; sign in again
    unknown API key: UNAUTHENTICATED the API key is unknown, expired or revoked; create another one
    a quarter of an hour later: UNAUTHENTICATED the access token has expired; get another one with `refreshToken`
    ");
}

#[tokio::test]
async fn a_new_key_signs_while_the_old_one_still_verifies() {
    let app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let anna = app.person("anna", Role::User).await;
    rotate_signing_key(&app.platform, &Actor::command()).await.unwrap();
    app.platform.clock.set("2026-03-02T12:10:00Z".parse().unwrap());
    let old = verdict(&app, &anna.access_token).await;
    let both = key_set(&app.platform).await.unwrap()["keys"].as_array().unwrap().len();
    app.platform.clock.set("2026-03-02T12:40:00Z".parse().unwrap());
    let one = key_set(&app.platform).await.unwrap()["keys"].as_array().unwrap().len();
    let fresh = app.sign_in(&anna.email).await;
    let new = verdict(&app, &fresh.access_token).await;
    app.finish().await;
    assert_eq!((old.as_str(), both, one, new.as_str()), ("OK", 2, 1, "OK"));
    assert_ne!(part(&anna.access_token, 0)["kid"], part(&fresh.access_token, 0)["kid"]);
}
