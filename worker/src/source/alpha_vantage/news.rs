//! `NEWS_SENTIMENT`: articles by company.

use crate::source::{VendorError, article::Article};
use chrono::NaiveDateTime;
use domain::news::NewPost;
use entity::SourceKind;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct WireArticle {
    title: Option<String>,
    url: String,
    /// Without a zone: UTC.
    time_published: String,
    summary: Option<String>,
    source: Option<String>,
    authors: Option<Vec<String>>,
}

pub(super) fn parse(body: &Value) -> Result<Vec<NewPost>, VendorError> {
    let feed = body.get("feed").ok_or(VendorError::Malformed("no articles"))?;
    let feed: Vec<WireArticle> = serde_json::from_value(feed.clone())
        .map_err(|_| VendorError::Malformed("values of another kind than it documents"))?;
    let posts: Result<Vec<_>, _> = feed.iter().map(post).collect();
    Ok(posts?.into_iter().flatten().collect())
}

fn post(wire: &WireArticle) -> Result<Option<NewPost>, VendorError> {
    let formats = ["%Y%m%dT%H%M%S", "%Y%m%dT%H%M"];
    let published_at =
        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(&wire.time_published, format).ok());
    let published_at = published_at.ok_or(VendorError::Malformed("a time that is none"))?.and_utc();
    let article = Article {
        id: None,
        title: wire.title.as_deref().unwrap_or_default(),
        body: wire.summary.as_deref().unwrap_or_default(),
        url: &wire.url,
        publisher: wire.source.as_deref(),
        author: wire.authors.as_ref().and_then(|authors| authors.first()).map(String::as_str),
        published_at,
    };
    Ok(article.post(SourceKind::AlphaVantage))
}
