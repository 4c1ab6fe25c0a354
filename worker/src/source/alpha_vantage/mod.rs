//! Alpha Vantage: daily bars, quotes of the last close, and news by company, a few of them a day.

mod daily;
mod news;
mod quote;

use super::{
    Habit, History, PostSource, PriceSource, QuoteSource, VendorError,
    article::ordered,
    vendor_http::{Line, VendorAnswer},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    market::{Quote, Symbol},
    news::NewPost,
};
use entity::SourceKind;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::ops::{Range, RangeInclusive};

/// A compact answer has a hundred sessions: so many days at least.
const COMPACT: TimeDelta = TimeDelta::days(140);

/// Alpha Vantage's client.
#[derive(Clone, Debug)]
pub struct AlphaVantage {
    line: Line,
    base: String,
}

impl AlphaVantage {
    pub fn new(line: Line, base: String) -> Self {
        Self { line, base }
    }

    async fn get<T: Send>(
        &self,
        query: &[(&str, String)],
        parse: impl Fn(&Value) -> Result<T, VendorError> + Send + Sync,
    ) -> Result<T, VendorError> {
        let ask = |client: &reqwest::Client, key: &secrecy::SecretString| {
            Ok(client.get(&self.base).query(query).query(&[("apikey", key.expose_secret())]))
        };
        self.line.fetch(ask, |answer| parse(&read(answer)?)).await
    }

    async fn daily(&self, symbol: &Symbol, days: &RangeInclusive<NaiveDate>) -> Result<History, VendorError> {
        let now = self.line.now();
        let query = |size: &str| {
            let text = |text: &str| text.to_owned();
            [("function", text("TIME_SERIES_DAILY")), ("symbol", ticker(symbol)), ("outputsize", text(size))]
        };
        let parse = |body: &Value| daily::parse(body, symbol, days, now);
        if *days.start() < (now - COMPACT).date_naive() {
            match self.get(&query("full"), parse).await {
                // Of the free plan the last hundred sessions are all there is.
                Err(VendorError::Forbidden) => {}
                history => return history,
            }
        }
        self.get(&query("compact"), parse).await
    }
}

#[async_trait::async_trait]
impl PriceSource for AlphaVantage {
    fn kind(&self) -> SourceKind {
        SourceKind::AlphaVantage
    }

    async fn bars(
        &self,
        symbols: &[Symbol],
        days: RangeInclusive<NaiveDate>,
    ) -> Result<History, VendorError> {
        let mut all = History::default();
        for symbol in symbols {
            match self.daily(symbol, &days).await {
                Err(VendorError::NotFound) => {}
                history => all.bars.extend(history?.bars),
            }
        }
        Ok(all)
    }
}

#[async_trait::async_trait]
impl QuoteSource for AlphaVantage {
    fn kind(&self) -> SourceKind {
        SourceKind::AlphaVantage
    }

    async fn quotes(&self, symbols: &[Symbol], time: DateTime<Utc>) -> Result<Vec<Quote>, VendorError> {
        let mut quotes = Vec::new();
        for symbol in symbols {
            let query = [("function", "GLOBAL_QUOTE".to_owned()), ("symbol", ticker(symbol))];
            match self.get(&query, |body| quote::parse(body, symbol, time)).await {
                Err(VendorError::NotFound) => {}
                quote => quotes.extend(quote?),
            }
        }
        Ok(quotes)
    }
}

#[async_trait::async_trait]
impl PostSource for AlphaVantage {
    fn kind(&self) -> SourceKind {
        SourceKind::AlphaVantage
    }

    fn habit(&self) -> Habit {
        // Of several tickers it gives the articles that name all of them.
        Habit { reach: Some(1), pace: TimeDelta::hours(6), delay: TimeDelta::hours(3) }
    }

    async fn collect(
        &self,
        symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        let mut posts = Vec::new();
        for symbol in symbols {
            let query = [
                ("function", "NEWS_SENTIMENT".to_owned()),
                ("tickers", ticker(symbol)),
                ("time_from", range.start.format("%Y%m%dT%H%M").to_string()),
                ("sort", "LATEST".to_owned()),
                ("limit", "1000".to_owned()),
            ];
            match self.get(&query, news::parse).await {
                Err(VendorError::NotFound) => {}
                found => posts.extend(found?),
            }
        }
        Ok(ordered(posts, &range))
    }

    async fn validate_connection(&self) -> Result<(), VendorError> {
        let query = [("function", "GLOBAL_QUOTE".to_owned()), ("symbol", "IBM".to_owned())];
        self.get(&query, |_| Ok(())).await
    }
}

/// Classes of shares have a hyphen there.
fn ticker(symbol: &Symbol) -> String {
    symbol.as_str().replace('.', "-")
}

/// The member whose name ends in `name`: the numbers before it differ from function to function.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    let members = object.as_object()?.iter();
    let bare = |key: &str| key.split_once(". ").map_or(key, |(_, name)| name).to_owned();
    let found = members.filter(|(key, _)| bare(key) == name).find_map(|(_, value)| value.as_str());
    // What is missing is written as a word.
    found.map(str::trim).filter(|text| !["None", "-", ""].contains(text))
}

fn is_written(object: &Value, name: &str) -> bool {
    let members = object.as_object().into_iter().flatten();
    members.into_iter().any(|(key, _)| key.split_once(". ").map_or(key.as_str(), |(_, name)| name) == name)
}

/// A number where there is one; an error where there is something else.
fn number(object: &Value, name: &str) -> Result<Option<entity::Amount>, VendorError> {
    let bad = VendorError::Malformed("a number that is none");
    let Some(text) = member(object, name) else {
        let value = object
            .as_object()
            .and_then(|members| members.iter().find(|(key, _)| key.ends_with(name)).map(|(_, value)| value));
        return match value {
            Some(value) if !value.is_string() && !value.is_null() => Err(bad),
            _ => Ok(None),
        };
    };
    let amount = text.parse().ok().and_then(entity::Amount::from_decimal);
    amount.map(Some).ok_or(bad)
}

fn whole(object: &Value, name: &str) -> Result<Option<i64>, VendorError> {
    let text = member(object, name);
    text.map(|text| text.parse().map_err(|_| VendorError::Malformed("a number that is none"))).transpose()
}

/// A good answer's body, or what its words mean: everything comes with status 200.
pub(super) fn read(answer: &VendorAnswer) -> Result<Value, VendorError> {
    let body: Value = answer.parse()?;
    let text = ["Note", "Information", "Error Message"].iter().find_map(|key| body[key].as_str());
    let Some(text) = text.map(str::to_lowercase) else { return Ok(body) };
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // The texts about limits name plans and keys too, so they come first.
    Err(if says(&["call frequency", "per second", "spreading out"]) {
        VendorError::RateLimited { retry_after: None }
    } else if says(&["rate limit", "requests per day"]) {
        VendorError::QuotaSpent
    } else if says(&["premium"]) {
        VendorError::Forbidden
    } else if says(&["apikey", "api key"]) {
        VendorError::WrongCredential
    } else if body["Error Message"].is_string() {
        // Of a symbol or a parameter that it does not know.
        VendorError::NotFound
    } else {
        VendorError::Malformed("words that it does not document")
    })
}

#[cfg(test)]
mod tests;
