//! Whether a vendor answers and takes its credential: one cheap request to each, and how to read what comes.
//!
//! Several vendors report failures with status 200, so the body has the first word and the status the second.

use super::vendor_http::{VendorAnswer, VendorError, VendorHttp, sensitive};
use domain::admin::connection::{Outcome, Report};
use entity::SourceKind;
use platform::config::ProvidersConfig;
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, USER_AGENT},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// Yahoo answers browsers only.
const BROWSER: &str = concat!("Mozilla/5.0 (compatible; Bellwether/", env!("CARGO_PKG_VERSION"), ")");
/// Reddit slows down whoever has no name of this form.
const REDDIT_APP: &str = concat!("server:bellwether:", env!("CARGO_PKG_VERSION"));
const FORM: &str = "application/x-www-form-urlencoded";

/// Where the vendors are, and how to call them.
#[derive(Clone, Debug)]
pub struct Vendors {
    http: VendorHttp,
    config: ProvidersConfig,
}

impl Vendors {
    pub fn new(config: ProvidersConfig) -> Self {
        Self { http: VendorHttp::default(), config }
    }

    /// Calls the vendor with its `key`; one that wants none gets none.
    pub async fn test(&self, kind: SourceKind, key: &SecretString) -> Report {
        match self.call(kind, key).await {
            Ok(answer) => read(kind, &answer),
            Err(VendorError::TooLarge) => report(Outcome::Unexpected, VendorError::TooLarge.to_string()),
            Err(error) => report(Outcome::Unreachable, error.to_string()),
        }
    }

    async fn call(&self, kind: SourceKind, key: &SecretString) -> Result<VendorAnswer, VendorError> {
        let (http, config, plain) = (&self.http, &self.config, key.expose_secret());
        match kind {
            SourceKind::Finnhub => {
                let (url, key) = (format!("{}/quote", config.finnhub), sensitive(key)?);
                let query = [("symbol", "AAPL")];
                http.call(|client| client.get(url).query(&query).header("X-Finnhub-Token", key)).await
            }
            SourceKind::NewsApi => {
                let (url, key) = (format!("{}/top-headlines", config.newsapi), sensitive(key)?);
                let query = [("country", "us"), ("pageSize", "1")];
                http.call(|client| client.get(url).query(&query).header("X-Api-Key", key)).await
            }
            SourceKind::Marketaux => {
                let url = format!("{}/news/all", config.marketaux);
                let query = [("limit", "1"), ("language", "en"), ("api_token", plain)];
                http.call(|client| client.get(url).query(&query)).await
            }
            SourceKind::AlphaVantage => {
                let url = config.alpha_vantage.to_string();
                let query = [("function", "GLOBAL_QUOTE"), ("symbol", "IBM"), ("apikey", plain)];
                http.call(|client| client.get(url).query(&query)).await
            }
            SourceKind::Yahoo => {
                let url = format!("{}/v8/finance/chart/AAPL", config.yahoo);
                let query = [("range", "1d"), ("interval", "1d")];
                http.call(|client| client.get(url).query(&query).header(USER_AGENT, BROWSER)).await
            }
            SourceKind::Reddit => self.call_reddit(plain).await,
            SourceKind::Gdelt => {
                let url = config.gdelt.to_string();
                let query = [("query", "economy sourcelang:english"), ("mode", "artlist")];
                let limits = [("format", "json"), ("maxrecords", "1"), ("timespan", "1d")];
                http.call(|client| client.get(url).query(&query).query(&limits)).await
            }
            SourceKind::File | SourceKind::Simulated => Err(VendorError::Unreachable),
        }
    }

    /// Trades the credential for an access token, and reads one post with it: only that tells of the quota.
    async fn call_reddit(&self, credential: &str) -> Result<VendorAnswer, VendorError> {
        let (id, secret) = credential.split_once(':').unwrap_or((credential, ""));
        let token = self.http.call(|client| {
            let post = client.post(self.config.reddit_token.to_string()).basic_auth(id, Some(secret));
            let post = post.header(USER_AGENT, REDDIT_APP).header(CONTENT_TYPE, FORM);
            post.body("grant_type=client_credentials")
        });
        let answer = token.await?;
        let token = answer.json().and_then(|body| Some(SecretString::from(body["access_token"].as_str()?)));
        let Some(token) = token else { return Ok(answer) };
        let url = format!("{}/r/popular/hot", self.config.reddit);
        let query = [("limit", "1"), ("raw_json", "1")];
        let get = self.http.call(|client| {
            let get = client.get(url).query(&query).header(USER_AGENT, REDDIT_APP);
            get.bearer_auth(token.expose_secret())
        });
        get.await
    }
}

fn report(outcome: Outcome, message: impl Into<String>) -> Report {
    Report { outcome, message: message.into(), quota_left: None }
}

fn read(kind: SourceKind, answer: &VendorAnswer) -> Report {
    let outcome = said(kind, answer).unwrap_or_else(|| by_status(kind, answer.status));
    let status = answer.status.as_u16();
    let message = match outcome {
        Outcome::Ok => String::new(),
        Outcome::WrongCredential => format!("the vendor refuses the credential (status {status})"),
        Outcome::Limited => format!("the vendor grants no more requests for now (status {status})"),
        Outcome::Unreachable => format!("the vendor has a failure of its own (status {status})"),
        Outcome::Unexpected => {
            format!("the vendor answers with something it does not document (status {status})")
        }
    };
    let quota_left = match kind {
        SourceKind::Finnhub | SourceKind::Reddit => answer.number("x-ratelimit-remaining"),
        SourceKind::Marketaux => answer.number("x-usagelimit-remaining"),
        _ => None,
    };
    Report { outcome, message, quota_left }
}

/// What the status means where the body says nothing.
fn by_status(kind: SourceKind, status: StatusCode) -> Outcome {
    match status.as_u16() {
        401 | 403 if domain::admin::provider::needs_credential(kind) => Outcome::WrongCredential,
        402 | 429 => Outcome::Limited,
        500..=599 => Outcome::Unreachable,
        _ => Outcome::Unexpected,
    }
}

/// What the body means, where it is one that the vendor documents.
fn said(kind: SourceKind, answer: &VendorAnswer) -> Option<Outcome> {
    let good = |is_good: bool| (is_good && answer.status.is_success()).then_some(Outcome::Ok);
    let body = answer.json();
    if kind == SourceKind::Gdelt {
        // Its errors are text, with status 200 too.
        let is_limit = String::from_utf8_lossy(&answer.body).contains("limit requests");
        return if is_limit {
            Some(Outcome::Limited)
        } else {
            good(body.is_some_and(|body| body.is_object()))
        };
    }
    let body = body?;
    match kind {
        SourceKind::Finnhub => good(body["c"].is_number()),
        SourceKind::NewsApi => newsapi(&body).or_else(|| good(body["status"] == "ok")),
        SourceKind::Marketaux => marketaux(&body).or_else(|| good(body["data"].is_array())),
        SourceKind::AlphaVantage => alpha_vantage(&body).or_else(|| good(body["Global Quote"].is_object())),
        SourceKind::Yahoo => good(body["chart"]["result"].is_array()),
        SourceKind::Reddit => good(body["data"]["children"].is_array()),
        _ => None,
    }
}

fn newsapi(body: &Value) -> Option<Outcome> {
    match body["code"].as_str()? {
        "apiKeyDisabled" | "apiKeyInvalid" | "apiKeyMissing" => Some(Outcome::WrongCredential),
        "apiKeyExhausted" | "rateLimited" => Some(Outcome::Limited),
        _ => None,
    }
}

fn marketaux(body: &Value) -> Option<Outcome> {
    match body["error"]["code"].as_str()? {
        "invalid_api_token" => Some(Outcome::WrongCredential),
        "usage_limit_reached" | "rate_limit_reached" => Some(Outcome::Limited),
        "server_error" | "maintenance_mode" => Some(Outcome::Unreachable),
        _ => Some(Outcome::Unexpected),
    }
}

/// Everything comes with status 200; the words are all there is to go by.
fn alpha_vantage(body: &Value) -> Option<Outcome> {
    let text = ["Note", "Information", "Error Message"].iter().find_map(|key| body[key].as_str())?;
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // The text about a limit names the key too, so it comes first.
    if says(&["rate limit", "call frequency", "requests per day", "calls per"]) {
        Some(Outcome::Limited)
    } else if says(&["apikey", "api key"]) {
        Some(Outcome::WrongCredential)
    } else {
        Some(Outcome::Unexpected)
    }
}
