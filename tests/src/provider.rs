//! An OpenID Connect provider on this machine, in place of Google.

use axum::{
    Json, Router,
    extract::{Form, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

/// A provider that knows one client, and vouches for whomever a test says.
#[derive(Debug)]
pub struct OpenIdProvider {
    pub issuer: String,
    shared: Arc<Shared>,
    _server: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    issuer: String,
    key: SigningKey,
    /// What was granted for each code that was not used yet.
    grants: Mutex<HashMap<String, Grant>>,
}

#[derive(Debug)]
struct Grant {
    challenge: String,
    claims: Value,
}

impl OpenIdProvider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = SigningKey::from_bytes(&[11; 32]);
        let shared = Arc::new(Shared { issuer: issuer.clone(), key, grants: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discover))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, shared, _server: AbortOnDropHandle::new(server) }
    }

    /// What happens when someone who is `claims` consents at `url`: the parameters that the browser comes back with.
    pub fn consent(&self, url: &str, claims: &Value) -> (String, String) {
        let url = Url::parse(url).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(
            (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        let mut all = json!({
            "iss": self.issuer, "aud": asked["client_id"], "nonce": asked["nonce"],
            "iat": 1, "exp": 9_999_999_999_u64
        });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let code = format!("code-{}", uuid::Uuid::now_v7());
        let grant = Grant { challenge: asked["code_challenge"].clone(), claims: all };
        self.shared.grants.lock().unwrap().insert(code.clone(), grant);
        (asked["state"].clone(), code)
    }
}

async fn discover(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"]
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let x = URL_SAFE_NO_PAD.encode(shared.key.verifying_key().to_bytes());
    Json(json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "1", "x": x }] }))
}

async fn token(State(shared): State<Arc<Shared>>, Form(form): Form<HashMap<String, String>>) -> Response {
    let grant = form.get("code").and_then(|code| shared.grants.lock().unwrap().remove(code));
    let proof = form.get("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text)));
    let Some(grant) = grant.filter(|grant| Some(&grant.challenge) == proof.as_ref()) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let der = shared.key.to_pkcs8_der().unwrap();
    let header = Header { kid: Some("1".to_owned()), ..Header::new(Algorithm::EdDSA) };
    let id_token = encode(&header, &grant.claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap();
    Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": id_token })).into_response()
}
