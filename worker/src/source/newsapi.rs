//! NewsAPI: articles that name what is asked for.

use super::{
    Habit, PostSource, VendorError,
    article::{Article, ordered},
    vendor_http::{Line, VendorAnswer, sensitive},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::{market::Symbol, news::NewPost};
use entity::SourceKind;
use serde::{Deserialize, de::DeserializeOwned};
use std::ops::Range;

const PAGE: usize = 100;
/// Beyond it nobody reads, and the budget is gone.
const MOST_PAGES: usize = 10;
/// So that a query stays below its 500 characters.
const SYMBOLS: usize = 15;
/// A shorter symbol is a word of its own.
const SHORTEST: usize = 4;

/// NewsAPI's client.
#[derive(Clone, Debug)]
pub struct NewsApi {
    line: Line,
    base: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_results: usize,
    articles: Vec<WireArticle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireArticle {
    source: Option<WireSource>,
    author: Option<String>,
    title: Option<String>,
    description: Option<String>,
    content: Option<String>,
    url: Option<String>,
    published_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct WireSource {
    name: Option<String>,
}

impl NewsApi {
    pub fn new(line: Line, base: String) -> Self {
        Self { line, base }
    }

    async fn get<T: DeserializeOwned + Send>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, VendorError> {
        let url = format!("{}/{path}", self.base);
        let ask = |client: &reqwest::Client, key: &_| {
            Ok(client.get(&url).query(query).header("X-Api-Key", sensitive(key)?))
        };
        self.line.fetch(ask, read).await
    }

    /// One page; `None` beyond the last one that the plan shows.
    async fn page(
        &self,
        symbols: &[Symbol],
        range: &Range<DateTime<Utc>>,
        page: usize,
    ) -> Result<Option<Page>, VendorError> {
        let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        let query = [
            ("q", symbols.iter().map(term).collect::<Vec<_>>().join(" OR ")),
            ("from", time(range.start)),
            ("to", time(range.end)),
            ("language", "en".to_owned()),
            ("sortBy", "publishedAt".to_owned()),
            ("pageSize", PAGE.to_string()),
            ("page", page.to_string()),
        ];
        match self.get("everything", &query).await {
            // The end of what the plan shows: status 426 with a code of its own.
            Err(VendorError::NotFound) => Ok(None),
            found => found.map(Some),
        }
    }
}

#[async_trait::async_trait]
impl PostSource for NewsApi {
    fn kind(&self) -> SourceKind {
        SourceKind::NewsApi
    }

    fn habit(&self) -> Habit {
        // The free plan's articles are a day late.
        Habit { reach: Some(SYMBOLS), pace: TimeDelta::hours(1), delay: TimeDelta::hours(27) }
    }

    async fn collect(
        &self,
        symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        let mut posts = Vec::new();
        for number in 1..=MOST_PAGES {
            let Some(page) = self.page(symbols, &range, number).await? else { break };
            posts.extend(page.articles.iter().filter_map(post));
            if page.articles.is_empty() || number * PAGE >= page.total_results {
                break;
            }
        }
        Ok(ordered(posts, &range))
    }

    async fn validate_connection(&self) -> Result<(), VendorError> {
        let query = [("country", "us".to_owned()), ("pageSize", "1".to_owned())];
        self.get::<Page>("top-headlines", &query).await.map(drop)
    }
}

/// What to look for: a short symbol is also a word, so it must stand beside one that tells.
fn term(symbol: &Symbol) -> String {
    if symbol.as_str().len() < SHORTEST { format!("\"{symbol} stock\"") } else { format!("\"{symbol}\"") }
}

fn post(wire: &WireArticle) -> Option<NewPost> {
    let publisher = wire.source.as_ref().and_then(|source| source.name.as_deref());
    let title = wire.title.as_deref().filter(|title| *title != "[Removed]")?;
    let text = |part: &Option<String>| part.as_deref().unwrap_or_default().trim().to_owned();
    let (lead, content) = (text(&wire.description), whole(&text(&wire.content)).to_owned());
    // The content often begins with the lead.
    let body =
        if content.starts_with(lead.trim_end_matches('…')) { content } else { format!("{lead} {content}") };
    let article = Article {
        id: None,
        title: without_publisher(title, publisher),
        body: &body,
        url: wire.url.as_deref()?,
        publisher,
        author: wire.author.as_deref(),
        published_at: wire.published_at,
    };
    article.post(SourceKind::NewsApi)
}

/// The text without the count of letters that were cut off.
fn whole(content: &str) -> &str {
    let cut = content.rfind("[+").filter(|_| content.ends_with(" chars]"));
    cut.map_or(content, |cut| content[..cut].trim_end())
}

fn without_publisher<'a>(title: &'a str, publisher: Option<&str>) -> &'a str {
    let rest = publisher.and_then(|name| title.strip_suffix(name)?.strip_suffix(" - "));
    rest.unwrap_or(title)
}

/// A good answer's body, or what its code means.
pub(super) fn read<T: DeserializeOwned>(answer: &VendorAnswer) -> Result<T, VendorError> {
    let code = answer.json().and_then(|body| Some(body["code"].as_str()?.to_owned()));
    Err(match code.as_deref() {
        None => return answer.parse(),
        Some("apiKeyDisabled" | "apiKeyInvalid" | "apiKeyMissing") => VendorError::WrongCredential,
        Some("apiKeyExhausted") => VendorError::QuotaSpent,
        // Of the developer plan it means the day's 100 requests; a pause that the answer names shows how long.
        Some("rateLimited") => match answer.retry_after() {
            None => VendorError::QuotaSpent,
            retry_after => VendorError::RateLimited { retry_after },
        },
        Some("maximumResultsReached") => VendorError::NotFound,
        Some("upgradeRequired" | "corsNotAllowed") => VendorError::Forbidden,
        Some("unexpectedError") => VendorError::Server(answer.status.as_u16()),
        Some(_) => match answer.refusal() {
            VendorError::Malformed(_) => VendorError::Rejected(answer.status.as_u16()),
            error => error,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_of_the_article_is_cut() {
        assert_eq!(whole("The first words… [+1606 chars]"), "The first words…");
        assert_eq!(whole("All [+of it]"), "All [+of it]");
        assert_eq!(without_publisher("Up - and away - Reuters", Some("Reuters")), "Up - and away");
        assert_eq!(without_publisher("Up - and away", Some("Reuters")), "Up - and away");
    }

    #[test]
    fn a_query_of_the_longest_symbols_is_short_enough() {
        let symbols = vec!["ABCDEFGH.J".parse().unwrap(); SYMBOLS];
        let query = symbols.iter().map(term).collect::<Vec<_>>().join(" OR ");
        assert!(query.len() <= 500, "{}", query.len());
    }
}
