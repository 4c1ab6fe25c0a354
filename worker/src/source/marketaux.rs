//! Marketaux: articles by the companies in them.

use super::{
    Habit, PostSource, VendorError,
    article::{Article, ordered},
    vendor_http::{Line, VendorAnswer},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{market::Symbol, news::NewPost};
use entity::SourceKind;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, de::DeserializeOwned};
use std::ops::Range;

/// Wished for; the plan caps it, and `meta.limit` tells.
const PAGE: &str = "100";
/// Of the free plan a page has three articles, and a day a hundred pages.
const MOST_PAGES: usize = 20;
const SYMBOLS: usize = 20;

/// Marketaux's client.
#[derive(Clone, Debug)]
pub struct Marketaux {
    line: Line,
    base: String,
}

#[derive(Deserialize)]
struct Page {
    meta: Meta,
    data: Vec<WireArticle>,
}

#[derive(Deserialize)]
struct Meta {
    returned: usize,
    limit: usize,
}

#[derive(Deserialize)]
struct WireArticle {
    uuid: String,
    title: Option<String>,
    description: Option<String>,
    snippet: Option<String>,
    url: Option<String>,
    published_at: DateTime<Utc>,
    source: Option<String>,
}

impl Marketaux {
    pub fn new(line: Line, base: String) -> Self {
        Self { line, base }
    }

    async fn get<T: DeserializeOwned + Send>(&self, query: &[(&str, String)]) -> Result<T, VendorError> {
        let url = format!("{}/news/all", self.base);
        let ask = |client: &reqwest::Client, key: &secrecy::SecretString| {
            Ok(client.get(&url).query(query).query(&[("api_token", key.expose_secret())]))
        };
        self.line.fetch(ask, read).await
    }

    async fn page(
        &self,
        symbols: &[Symbol],
        range: &Range<DateTime<Utc>>,
        page: usize,
    ) -> Result<Page, VendorError> {
        let time = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M").to_string();
        let query = [
            ("symbols", symbols.iter().map(Symbol::as_str).collect::<Vec<_>>().join(",")),
            ("filter_entities", "true".to_owned()),
            ("language", "en".to_owned()),
            ("published_after", time(range.start)),
            ("limit", PAGE.to_owned()),
            ("page", page.to_string()),
        ];
        self.get(&query).await
    }
}

#[async_trait::async_trait]
impl PostSource for Marketaux {
    fn kind(&self) -> SourceKind {
        SourceKind::Marketaux
    }

    fn habit(&self) -> Habit {
        Habit { reach: Some(SYMBOLS), pace: TimeDelta::hours(1), delay: TimeDelta::hours(1) }
    }

    async fn collect(
        &self,
        symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        let mut posts = Vec::new();
        for number in 1..=MOST_PAGES {
            let page = self.page(symbols, &range, number).await?;
            posts.extend(page.data.iter().filter_map(post));
            if page.meta.returned < page.meta.limit || page.data.is_empty() {
                break;
            }
        }
        Ok(ordered(posts, &range))
    }

    async fn validate_connection(&self) -> Result<(), VendorError> {
        let query = [("limit", "1".to_owned()), ("language", "en".to_owned())];
        self.get::<Page>(&query).await.map(drop)
    }
}

fn post(wire: &WireArticle) -> Option<NewPost> {
    let parts = [&wire.description, &wire.snippet].map(|part| part.as_deref().unwrap_or_default().trim());
    let [description, snippet] = parts;
    // One is often the beginning of the other.
    let body = if snippet.starts_with(description) {
        snippet.to_owned()
    } else if description.starts_with(snippet) {
        description.to_owned()
    } else {
        format!("{description} {snippet}")
    };
    let article = Article {
        id: Some(wire.uuid.clone()),
        title: wire.title.as_deref().unwrap_or_default(),
        body: &body,
        url: wire.url.as_deref().unwrap_or_default(),
        publisher: wire.source.as_deref(),
        author: None,
        published_at: wire.published_at,
    };
    article.post(SourceKind::Marketaux)
}

/// A good answer's body, or what its code means: an error can come with status 200 too.
pub(super) fn read<T: DeserializeOwned>(answer: &VendorAnswer) -> Result<T, VendorError> {
    let code = answer.json().and_then(|body| Some(body["error"]["code"].as_str()?.to_owned()));
    Err(match code.as_deref() {
        None => return answer.parse(),
        Some("invalid_api_token") => VendorError::WrongCredential,
        Some("usage_limit_reached") => VendorError::QuotaSpent,
        Some("rate_limit_reached") => VendorError::RateLimited { retry_after: answer.retry_after() },
        Some("endpoint_access_restricted") => VendorError::Forbidden,
        Some("resource_not_found" | "invalid_api_endpoint") => VendorError::NotFound,
        Some("server_error" | "maintenance_mode") => VendorError::Server(answer.status.as_u16()),
        Some(_) => VendorError::Rejected(answer.status.as_u16()),
    })
}
