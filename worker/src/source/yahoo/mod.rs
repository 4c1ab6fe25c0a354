//! Yahoo Finance: bars and quotes, without a key and without a promise.

mod chart;

use super::{
    History, PriceSource, QuoteSource, VendorError,
    vendor_http::{Line, VendorAnswer},
};
use chart::Chart;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::market::{Quote, Symbol};
use entity::SourceKind;
use reqwest::header::USER_AGENT;
use std::ops::RangeInclusive;

/// Yahoo answers browsers only.
pub(super) const BROWSER: &str =
    concat!("Mozilla/5.0 (compatible; Bellwether/", env!("CARGO_PKG_VERSION"), ")");

/// Yahoo's client.
#[derive(Clone, Debug)]
pub struct Yahoo {
    line: Line,
    base: String,
}

impl Yahoo {
    pub fn new(line: Line, base: String) -> Self {
        Self { line, base }
    }

    /// The chart of one symbol; `None` of an unknown one.
    async fn chart(&self, symbol: &Symbol, query: &[(&str, String)]) -> Result<Option<Chart>, VendorError> {
        // Classes of shares have a hyphen there.
        let url = format!("{}/v8/finance/chart/{}", self.base, symbol.as_str().replace('.', "-"));
        let ask =
            |client: &reqwest::Client, _: &_| Ok(client.get(&url).query(query).header(USER_AGENT, BROWSER));
        match self.line.fetch(ask, read).await {
            Err(VendorError::NotFound) => Ok(None),
            chart => chart.map(Some),
        }
    }
}

#[async_trait::async_trait]
impl PriceSource for Yahoo {
    fn kind(&self) -> SourceKind {
        SourceKind::Yahoo
    }

    async fn bars(
        &self,
        symbols: &[Symbol],
        days: RangeInclusive<NaiveDate>,
    ) -> Result<History, VendorError> {
        let seconds = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp().to_string();
        let query = [
            ("period1", seconds(*days.start())),
            // Not included.
            ("period2", seconds(*days.end() + TimeDelta::days(1))),
            ("interval", "1d".to_owned()),
            ("events", "div|split".to_owned()),
            ("includePrePost", "false".to_owned()),
        ];
        let mut all = History::default();
        for symbol in symbols {
            if let Some(chart) = self.chart(symbol, &query).await? {
                let History { bars, actions } = chart.history(symbol, &days, self.line.now())?;
                all.bars.extend(bars);
                all.actions.extend(actions);
            }
        }
        Ok(all)
    }
}

#[async_trait::async_trait]
impl QuoteSource for Yahoo {
    fn kind(&self) -> SourceKind {
        SourceKind::Yahoo
    }

    async fn quotes(&self, symbols: &[Symbol], _time: DateTime<Utc>) -> Result<Vec<Quote>, VendorError> {
        let query = [("range", "1d".to_owned()), ("interval", "1d".to_owned())];
        let mut quotes = Vec::new();
        for symbol in symbols {
            let chart = self.chart(symbol, &query).await?;
            quotes.extend(chart.and_then(|chart| chart.quote(symbol)));
        }
        Ok(quotes)
    }
}

/// A good answer's chart, or what the answer means.
pub(super) fn read(answer: &VendorAnswer) -> Result<Chart, VendorError> {
    match chart::parse(answer) {
        // It has no credential to refuse; a crumb or a wall is meant.
        Err(VendorError::WrongCredential | VendorError::Forbidden) => Err(VendorError::Blocked),
        // The text of its edge, whatever the status.
        Err(VendorError::Malformed(_)) if answer.text().contains("Too Many Requests") => {
            Err(VendorError::RateLimited { retry_after: answer.retry_after() })
        }
        chart => chart,
    }
}

#[cfg(test)]
mod tests;
