//! Finnhub: current quotes, and news by company.

use super::{
    Habit, PostSource, QuoteSource, VendorError,
    article::{Article, ordered},
    vendor_http::{Line, VendorAnswer, sensitive},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    market::{Quote, Symbol},
    news::NewPost,
};
use entity::{Amount, SourceKind};
use serde::{Deserialize, de::DeserializeOwned};
use std::ops::Range;

/// An answer of so many articles may have left some out: it has no pages.
const FULL: usize = 200;

/// Finnhub's client.
#[derive(Clone, Debug)]
pub struct Finnhub {
    line: Line,
    base: String,
}

#[derive(Deserialize)]
struct WireQuote {
    c: f64,
    o: Option<f64>,
    h: Option<f64>,
    l: Option<f64>,
    pc: Option<f64>,
    t: i64,
}

#[derive(Deserialize)]
struct WireArticle {
    datetime: i64,
    headline: Option<String>,
    id: i64,
    source: Option<String>,
    summary: Option<String>,
    url: Option<String>,
}

impl Finnhub {
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
            Ok(client.get(&url).query(query).header("X-Finnhub-Token", sensitive(key)?))
        };
        self.line.fetch(ask, read).await
    }

    /// The quote; `None` of an unknown symbol.
    async fn quote(&self, symbol: &Symbol) -> Result<Option<Quote>, VendorError> {
        let quote: WireQuote = match self.get("quote", &[("symbol", symbol.to_string())]).await {
            Err(VendorError::NotFound | VendorError::Forbidden) => return Ok(None),
            quote => quote?,
        };
        // Of symbols that it does not know everything is zero.
        let as_of = DateTime::from_timestamp(quote.t, 0).filter(|_| quote.t > 0 && quote.c > 0.0);
        let positive = |price: Option<f64>| price.filter(|price| *price > 0.0).and_then(Amount::from_f64);
        Ok(as_of.zip(Amount::from_f64(quote.c)).map(|(as_of, price)| Quote {
            symbol: symbol.clone(),
            price,
            open: positive(quote.o),
            high: positive(quote.h),
            low: positive(quote.l),
            previous_close: positive(quote.pc),
            volume: None,
            as_of,
            source: SourceKind::Finnhub,
        }))
    }

    /// The articles of some days, asked for in halves where there are too many for one answer.
    async fn news(
        &self,
        symbol: &Symbol,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<WireArticle>, VendorError> {
        let mut windows = vec![(first, last)];
        let mut articles = Vec::new();
        while let Some((from, to)) = windows.pop() {
            let query = [("symbol", symbol.to_string()), ("from", from.to_string()), ("to", to.to_string())];
            let found: Vec<WireArticle> = match self.get("company-news", &query).await {
                Err(VendorError::NotFound | VendorError::Forbidden) => return Ok(Vec::new()),
                found => found?,
            };
            let half = (to - from).num_days() / 2;
            if found.len() >= FULL && from < to {
                let middle = from + TimeDelta::days(half);
                windows.extend([(from, middle), (middle + TimeDelta::days(1), to)]);
            } else {
                articles.extend(found);
            }
        }
        Ok(articles)
    }
}

#[async_trait::async_trait]
impl QuoteSource for Finnhub {
    fn kind(&self) -> SourceKind {
        SourceKind::Finnhub
    }

    async fn quotes(&self, symbols: &[Symbol], _time: DateTime<Utc>) -> Result<Vec<Quote>, VendorError> {
        let mut quotes = Vec::new();
        for symbol in symbols {
            quotes.extend(self.quote(symbol).await?);
        }
        Ok(quotes)
    }
}

#[async_trait::async_trait]
impl PostSource for Finnhub {
    fn kind(&self) -> SourceKind {
        SourceKind::Finnhub
    }

    fn habit(&self) -> Habit {
        Habit { reach: Some(1), pace: TimeDelta::hours(1), delay: TimeDelta::hours(3) }
    }

    async fn collect(
        &self,
        symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        let mut posts = Vec::new();
        for symbol in symbols {
            let articles = self.news(symbol, range.start.date_naive(), range.end.date_naive()).await?;
            posts.extend(articles.iter().filter_map(post));
        }
        Ok(ordered(posts, &range))
    }

    async fn validate_connection(&self) -> Result<(), VendorError> {
        self.get::<WireQuote>("quote", &[("symbol", "AAPL".to_owned())]).await.map(drop)
    }
}

fn post(wire: &WireArticle) -> Option<NewPost> {
    let article = Article {
        id: Some(wire.id.to_string()),
        title: wire.headline.as_deref().unwrap_or_default(),
        body: wire.summary.as_deref().unwrap_or_default(),
        url: wire.url.as_deref().unwrap_or_default(),
        publisher: wire.source.as_deref(),
        author: None,
        published_at: DateTime::from_timestamp(wire.datetime, 0)?,
    };
    article.post(SourceKind::Finnhub)
}

/// A good answer's body, or what its words mean.
pub(super) fn read<T: DeserializeOwned>(answer: &VendorAnswer) -> Result<T, VendorError> {
    let error = answer.json().and_then(|body| Some(body["error"].as_str()?.to_lowercase()));
    match error {
        Some(text) if text.contains("limit") => {
            Err(VendorError::RateLimited { retry_after: answer.retry_after() })
        }
        Some(text) if text.contains("don't have access") => Err(VendorError::Forbidden),
        Some(text) if text.contains("api key") => Err(VendorError::WrongCredential),
        Some(_) => Err(answer.refusal()),
        None => answer.parse(),
    }
}
