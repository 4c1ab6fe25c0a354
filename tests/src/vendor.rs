//! All vendors on this machine, each in its own wire shape.

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use platform::config::ProvidersConfig;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// The one credential that all of them take.
pub const VENDOR_KEY: &str = "sandbox:d3m0-9f8e7d6c5b4a";

/// How the vendors feel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Good,
    /// Enough was asked.
    Limited,
    /// They are down, behind a proxy that says so.
    Down,
    /// They answer with a page for people.
    Strange,
}

/// The vendors; they go when dropped.
#[derive(Debug)]
pub struct Vendors {
    pub url: String,
    mood: Shared,
    _server: AbortOnDropHandle<()>,
}

type Shared = Arc<Mutex<Mood>>;
type Parameters = Query<HashMap<String, String>>;

impl Vendors {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mood: Shared = Arc::new(Mutex::new(Mood::Good));
        let router = Router::new()
            .route("/finnhub/quote", get(finnhub))
            .route("/newsapi/top-headlines", get(newsapi))
            .route("/marketaux/news/all", get(marketaux))
            .route("/alphavantage", get(alpha_vantage))
            .route("/yahoo/v8/finance/chart/AAPL", get(yahoo))
            .route("/reddit/r/popular/hot", get(reddit))
            .route("/token", post(reddit_token))
            .route("/gdelt", get(gdelt))
            .with_state(mood.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, mood, _server: AbortOnDropHandle::new(server) }
    }

    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Where they are, for a product of this process.
    pub fn config(&self) -> ProvidersConfig {
        config(&self.url)
    }

    /// Where they are, for other processes.
    pub fn settings(&self) -> Vec<(String, String)> {
        settings(&self.url)
    }
}

/// The parts of the addresses below `base`.
const PATHS: [(&str, &str); 8] = [
    ("FINNHUB_URL", "finnhub"),
    ("NEWSAPI_URL", "newsapi"),
    ("MARKETAUX_URL", "marketaux"),
    ("ALPHA_VANTAGE_URL", "alphavantage"),
    ("YAHOO_URL", "yahoo"),
    ("REDDIT_URL", "reddit"),
    ("REDDIT_TOKEN_URL", "token"),
    ("GDELT_URL", "gdelt"),
];

pub(crate) fn settings(base: &str) -> Vec<(String, String)> {
    PATHS.map(|(name, path)| (format!("BELLWETHER_PROVIDERS__{name}"), format!("{base}/{path}"))).to_vec()
}

pub(crate) fn config(base: &str) -> ProvidersConfig {
    let at = |path: &str| format!("{base}/{path}").parse().unwrap();
    ProvidersConfig {
        finnhub: at("finnhub"),
        newsapi: at("newsapi"),
        marketaux: at("marketaux"),
        alpha_vantage: at("alphavantage"),
        yahoo: at("yahoo"),
        reddit: at("reddit"),
        reddit_token: at("token"),
        gdelt: at("gdelt"),
    }
}

/// The answer of a vendor that is down or strange; `limited` when enough was asked.
fn moody(mood: &Shared, limited: (u16, Value)) -> Option<Response> {
    match *mood.lock().unwrap() {
        Mood::Good => None,
        Mood::Limited => Some(answer(limited.0, limited.1)),
        Mood::Down => Some((StatusCode::SERVICE_UNAVAILABLE, "<html>down</html>").into_response()),
        Mood::Strange => Some("<html>Hello, human</html>".into_response()),
    }
}

fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn has(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers.get(name).is_some_and(|found| found == value)
}

async fn finnhub(State(mood): State<Shared>, headers: HeaderMap) -> Response {
    let limit = json!({ "error": "API limit reached. Please try again later. Remaining Limit: 0" });
    if let Some(answer) = moody(&mood, (429, limit)) {
        return answer;
    }
    if !has(&headers, "x-finnhub-token", VENDOR_KEY) {
        return answer(401, json!({ "error": "Invalid API key" }));
    }
    let quote = json!({ "c": 261.74, "d": 2.29, "dp": 0.8826, "h": 263.31, "l": 260.68, "o": 261.07,
        "pc": 259.45, "t": 1_582_641_000 });
    ([("X-Ratelimit-Remaining", "59")], Json(quote)).into_response()
}

async fn newsapi(State(mood): State<Shared>, headers: HeaderMap) -> Response {
    let error = |code: &str| json!({ "status": "error", "code": code, "message": "…" });
    if let Some(answer) = moody(&mood, (429, error("rateLimited"))) {
        return answer;
    }
    if !has(&headers, "x-api-key", VENDOR_KEY) {
        return answer(401, error("apiKeyInvalid"));
    }
    answer(200, json!({ "status": "ok", "totalResults": 0, "articles": [] }))
}

async fn marketaux(State(mood): State<Shared>, query: Parameters) -> Response {
    let error = |code: &str| json!({ "error": { "code": code, "message": "…" } });
    if let Some(answer) = moody(&mood, (402, error("usage_limit_reached"))) {
        return answer;
    }
    if query.get("api_token").is_none_or(|token| token != VENDOR_KEY) {
        // One client reports that errors come with status 200 too.
        return answer(200, error("invalid_api_token"));
    }
    let found = json!({ "meta": { "found": 0, "returned": 0, "limit": 1, "page": 1 }, "data": [] });
    ([("X-UsageLimit-Remaining", "97")], Json(found)).into_response()
}

async fn alpha_vantage(State(mood): State<Shared>, query: Parameters) -> Response {
    let key = query.get("apikey").cloned().unwrap_or_default();
    let limit = format!(
        "We have detected your API key as {key} and our standard API rate limit is 25 requests per day."
    );
    if let Some(answer) = moody(&mood, (200, json!({ "Information": limit }))) {
        return answer;
    }
    if key != VENDOR_KEY {
        let wrong = format!("the parameter apikey is invalid or missing: {key}");
        return answer(200, json!({ "Error Message": wrong }));
    }
    answer(200, json!({ "Global Quote": { "01. symbol": "IBM", "05. price": "112.1300" } }))
}

async fn yahoo(State(mood): State<Shared>, headers: HeaderMap) -> Response {
    if *mood.lock().unwrap() == Mood::Limited {
        return (StatusCode::TOO_MANY_REQUESTS, "Edge: Too Many Requests").into_response();
    }
    if let Some(answer) = moody(&mood, (429, Value::Null)) {
        return answer;
    }
    let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    assert!(agent.starts_with("Mozilla/5.0"), "{agent}");
    answer(200, json!({ "chart": { "result": [{ "meta": { "symbol": "AAPL" } }], "error": null } }))
}

async fn reddit_token(State(mood): State<Shared>, headers: HeaderMap, body: String) -> Response {
    if let Some(answer) = moody(&mood, (429, json!({ "message": "Too Many Requests", "error": 429 }))) {
        return answer;
    }
    let basic = format!("Basic {}", STANDARD.encode(VENDOR_KEY));
    if body != "grant_type=client_credentials" || !has(&headers, "authorization", &basic) {
        return answer(401, json!({ "message": "Unauthorized", "error": 401 }));
    }
    let token = json!({ "access_token": "t0k3n", "token_type": "bearer", "expires_in": 3600, "scope": "*" });
    answer(200, token)
}

async fn reddit(headers: HeaderMap) -> Response {
    if !has(&headers, "authorization", "Bearer t0k3n") {
        return answer(401, json!({ "message": "Unauthorized", "error": 401 }));
    }
    let listing = json!({ "kind": "Listing", "data": { "after": null, "dist": 0, "children": [] } });
    ([("x-ratelimit-remaining", "997.0")], Json(listing)).into_response()
}

async fn gdelt(State(mood): State<Shared>) -> Response {
    if *mood.lock().unwrap() == Mood::Limited {
        return "Please limit requests to one every 5 seconds or contact us.".into_response();
    }
    moody(&mood, (200, Value::Null)).unwrap_or_else(|| answer(200, json!({})))
}
