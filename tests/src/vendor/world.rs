//! What the vendors know.

use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, HashMap};
use tokio::sync::broadcast;

/// What is published.
#[derive(Clone, Debug, Default)]
pub struct Article {
    pub id: String,
    pub symbol: String,
    pub title: String,
    pub body: String,
    pub url: String,
    pub publisher: String,
    pub at: DateTime<Utc>,
}

/// One day's prices.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub open: f64,
    pub high: f64,
    pub low: f64,
    /// Absent: nobody traded, and the vendors have holes there.
    pub close: Option<f64>,
    pub volume: i64,
}

impl Bar {
    pub const fn flat(price: f64) -> Self {
        Self { open: price, high: price, low: price, close: Some(price), volume: 100 }
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub articles: Vec<(&'static str, Article)>,
    pub bars: BTreeMap<(String, NaiveDate), Bar>,
    pub splits: Vec<(String, NaiveDate, u32)>,
    pub quotes: HashMap<String, (f64, DateTime<Utc>)>,
    pub trades: broadcast::Sender<String>,
    pub heard: Vec<String>,
    pub token: u32,
    pub circular: bool,
    /// Posts of a page of Reddit's, whatever is wished: few, so that few posts make pages.
    pub page: usize,
}

impl Default for World {
    fn default() -> Self {
        Self {
            articles: Vec::new(),
            bars: BTreeMap::new(),
            splits: Vec::new(),
            quotes: HashMap::new(),
            trades: broadcast::Sender::new(100),
            heard: Vec::new(),
            token: 1,
            circular: false,
            page: 2,
        }
    }
}

impl World {
    /// What `vendor` has published about one of `symbols`, newest first; about all without any.
    pub(super) fn articles(&self, vendor: &str, symbols: &[String]) -> Vec<Article> {
        let of_vendor = self.articles.iter().filter(|(name, _)| *name == vendor).map(|(_, article)| article);
        let is_wanted = |article: &&Article| symbols.is_empty() || symbols.contains(&article.symbol);
        let mut articles: Vec<Article> = of_vendor.filter(is_wanted).cloned().collect();
        articles.sort_by_key(|article| std::cmp::Reverse(article.at));
        articles
    }

    pub(super) fn bars(&self, symbol: &str) -> Vec<(NaiveDate, Bar)> {
        let bars = self.bars.iter().filter(|((of, _), _)| of == symbol);
        bars.map(|((_, day), bar)| (*day, *bar)).collect()
    }
}
