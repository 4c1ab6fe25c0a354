//! One batching loader for all features; each feature's `loader.rs` teaches it its keys.

use crate::error::{ApiError, Result};
use async_graphql::dataloader;
use domain::Page;
use platform::{Platform, database::DatabaseConnection};
use std::{collections::HashMap, hash::Hash, sync::Arc};
use uuid::Uuid;

/// Loads related rows, many at a time.
#[derive(Debug)]
pub struct Loader {
    pub platform: Platform,
}

/// Something that can be asked of many stocks with as few statements as of one.
pub trait Ask: Clone + Eq + Hash + Send + Sync + 'static {
    type Answer: Clone + Send + Sync + 'static;

    /// The answer of each stock that has one.
    fn ask(
        &self,
        db: &DatabaseConnection,
        stocks: &[Uuid],
    ) -> impl Future<Output = Result<HashMap<Uuid, Self::Answer>>> + Send;
}

/// What is asked of one stock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked<A> {
    pub stock: Uuid,
    pub what: A,
}

impl<A: Ask> dataloader::Loader<Asked<A>> for Loader {
    type Value = A::Answer;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[Asked<A>],
    ) -> std::result::Result<HashMap<Asked<A>, Self::Value>, Self::Error> {
        let mut groups: HashMap<&A, Vec<Uuid>> = HashMap::new();
        for key in keys {
            groups.entry(&key.what).or_default().push(key.stock);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (what, stocks) in groups {
            let answers = what.ask(self.platform.db.connection(), &stocks).await?;
            let answer = |(stock, answer)| (Asked { stock, what: what.clone() }, answer);
            found.extend(answers.into_iter().map(answer));
        }
        Ok(found)
    }
}

/// Each stock's page with its total; a page without rows can be part of a list that has some.
pub fn with_totals<R>(
    mut pages: HashMap<Uuid, Page<R>>,
    totals: &HashMap<Uuid, i64>,
    stocks: &[Uuid],
) -> HashMap<Uuid, (Page<R>, i64)> {
    let both = |stock: &Uuid| {
        let page = pages.remove(stock).unwrap_or_default();
        (*stock, (page, totals.get(stock).copied().unwrap_or(0)))
    };
    stocks.iter().map(both).collect()
}
