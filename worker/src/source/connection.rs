//! Whether a vendor answers and takes its credential: one cheap request to each, and how to read what comes.
//!
//! Several vendors report failures with status 200, so the body has the first word and the status the second.

use super::{
    Vendors, alpha_vantage, finnhub, marketaux, newsapi, reddit,
    vendor_http::{VendorAnswer, VendorError, sensitive},
    yahoo::{self, BROWSER},
};
use domain::admin::{
    connection::{Outcome, Report},
    provider,
};
use entity::SourceKind;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tracing::warn;

const FORM: &str = "application/x-www-form-urlencoded";

impl Vendors {
    /// Calls the vendor once with its `key`; one that wants none gets none.
    ///
    /// That counts as a request of the day, though it is made also when none is left: whoever asks wants to know.
    pub async fn test(&self, kind: SourceKind, key: &SecretString) -> Report {
        if let Err(error) = self.count(kind).await {
            warn!(%error, "Could not count a request");
        }
        match self.call(kind, key).await {
            Ok(answer) => read(kind, &answer),
            Err(error) => report(error.outcome().unwrap_or(Outcome::Unreachable), error.to_string()),
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
            let post = post.header(USER_AGENT, reddit::APP).header(CONTENT_TYPE, FORM);
            post.body("grant_type=client_credentials")
        });
        let answer = token.await?;
        let token = answer.json().and_then(|body| Some(SecretString::from(body["access_token"].as_str()?)));
        let Some(token) = token else { return Ok(answer) };
        let url = format!("{}/r/popular/hot", self.config.reddit);
        let query = [("limit", "1"), ("raw_json", "1")];
        let get = self.http.call(|client| {
            let get = client.get(url).query(&query).header(USER_AGENT, reddit::APP);
            get.bearer_auth(token.expose_secret())
        });
        get.await
    }
}

fn report(outcome: Outcome, message: impl Into<String>) -> Report {
    Report { outcome, message: message.into(), quota_left: None }
}

fn read(kind: SourceKind, answer: &VendorAnswer) -> Report {
    let outcome = match said(kind, answer) {
        Ok(()) => Outcome::Ok,
        // Everyone is given what these requests ask for.
        Err(VendorError::Forbidden) if provider::needs_credential(kind) => Outcome::WrongCredential,
        Err(error) => error.outcome().unwrap_or(Outcome::Unexpected),
    };
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

/// What the vendor's own client makes of the answer, and whether it is one to this request.
fn said(kind: SourceKind, answer: &VendorAnswer) -> Result<(), VendorError> {
    let is_good = match kind {
        SourceKind::Finnhub => finnhub::read::<Value>(answer)?["c"].is_number(),
        SourceKind::NewsApi => newsapi::read::<Value>(answer)?["status"] == "ok",
        SourceKind::Marketaux => marketaux::read::<Value>(answer)?["data"].is_array(),
        SourceKind::AlphaVantage => alpha_vantage::read(answer)?["Global Quote"].is_object(),
        SourceKind::Yahoo => yahoo::read(answer).map(|_| true)?,
        SourceKind::Reddit => reddit::read::<Value>(answer)?["data"]["children"].is_array(),
        SourceKind::Gdelt => gdelt(answer)?.is_object(),
        SourceKind::File | SourceKind::Simulated => false,
    };
    if is_good { Ok(()) } else { Err(VendorError::Malformed("something that it does not document")) }
}

/// Its errors are text, with status 200 too.
fn gdelt(answer: &VendorAnswer) -> Result<Value, VendorError> {
    if answer.text().contains("limit requests") {
        return Err(VendorError::RateLimited { retry_after: answer.retry_after() });
    }
    answer.parse()
}
