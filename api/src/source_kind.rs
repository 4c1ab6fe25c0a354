//! Who gave a piece of an answer.

use async_graphql::Enum;
use std::collections::BTreeSet;

/// Where a row came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "domain::SourceKind")]
pub enum SourceKind {
    /// Reddit.
    Reddit,
    /// Finnhub.
    Finnhub,
    /// NewsAPI.
    #[graphql(name = "NEWSAPI")]
    NewsApi,
    /// Marketaux.
    Marketaux,
    /// Alpha Vantage.
    AlphaVantage,
    /// Yahoo Finance.
    Yahoo,
    /// GDELT.
    Gdelt,
    /// A file that was imported.
    File,
    /// The simulated market: nothing of it is real.
    Simulated,
}

impl SourceKind {
    /// The kinds that a part of an answer rests on.
    pub fn list(sources: &BTreeSet<domain::SourceKind>) -> Vec<Self> {
        sources.iter().copied().map(Into::into).collect()
    }
}
