//! A service that speaks as much of S3 as whoever puts and fetches files needs.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::get,
};
use platform::{bucket::Bucket, config::BucketConfig};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// The service; it goes when dropped.
#[derive(Debug)]
pub struct S3 {
    endpoint: String,
    shared: Arc<Shared>,
    _server: AbortOnDropHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    /// What the next requests are answered instead.
    failures: Mutex<Vec<StatusCode>>,
}

const BUCKET: &str = "models";

impl S3 {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let router = Router::new().route("/models/{*key}", get(fetch).put(put)).with_state(shared.clone());
        let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { endpoint, shared, _server: AbortOnDropHandle::new(server) }
    }

    /// Its bucket, below a prefix, for who has the key.
    pub fn bucket(&self) -> Bucket {
        let key = Some(("me".to_owned(), "hunter2".to_owned().into()));
        let endpoint = Some(self.endpoint.parse().unwrap());
        let (name, prefix) = (BUCKET.to_owned(), "of/ours".to_owned());
        Bucket::new(&BucketConfig { name, prefix, region: "us-east-1".to_owned(), endpoint, key }).unwrap()
    }

    /// The names of all files.
    pub fn names(&self) -> Vec<String> {
        self.shared.files.lock().unwrap().keys().cloned().collect()
    }

    /// Changes every file.
    pub fn damage(&self) {
        self.shared.files.lock().unwrap().values_mut().for_each(|file| file.push(0));
    }

    pub fn empty(&self) {
        self.shared.files.lock().unwrap().clear();
    }

    /// Answers the next requests so, in order.
    pub fn fail(&self, failures: &[StatusCode]) {
        *self.shared.failures.lock().unwrap() = failures.iter().rev().copied().collect();
    }
}

fn refusal(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    if let Some(status) = shared.failures.lock().unwrap().pop() {
        return Some(error(status, "ServiceUnavailable"));
    }
    let signature = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_signed =
        signature.starts_with("AWS4-HMAC-SHA256 Credential=me/") && !signature.contains("hunter2");
    (!is_signed).then(|| error(StatusCode::FORBIDDEN, "AccessDenied"))
}

fn error(status: StatusCode, code: &str) -> Response {
    (status, format!("<Error><Code>{code}</Code><Message>no</Message></Error>")).into_response()
}

async fn put(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(refusal) = refusal(&shared, &headers) {
        return refusal;
    }
    shared.files.lock().unwrap().insert(key, body.to_vec());
    [("etag", "\"1\"")].into_response()
}

async fn fetch(State(shared): State<Arc<Shared>>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refusal) = refusal(&shared, &headers) {
        return refusal;
    }
    let found = shared.files.lock().unwrap().get(&key).cloned();
    let modified = ("last-modified", "Wed, 13 Mar 2024 20:30:00 GMT");
    found.map_or_else(
        || error(StatusCode::NOT_FOUND, "NoSuchKey"),
        |file| ([("etag", "\"1\""), modified], file).into_response(),
    )
}
