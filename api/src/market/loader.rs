//! Loads stocks, quotes and bars in batches.

use crate::{
    error::{ApiError, Result},
    loader::{Ask, Loader, with_totals},
};
use async_graphql::dataloader;
use chrono::{DateTime, Utc};
use domain::{
    Page, PageRequest, Window,
    market::{finding, price, quote, stock},
};
use platform::database::DatabaseConnection;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A stock by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StockKey(pub Uuid);

impl dataloader::Loader<StockKey> for Loader {
    type Value = stock::Row;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[StockKey],
    ) -> std::result::Result<HashMap<StockKey, stock::Row>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = stock::by_ids(self.platform.db.connection(), ids).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|row| (StockKey(row.id), row)).collect())
    }
}

/// The quote of a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuoteKey(pub Uuid);

impl dataloader::Loader<QuoteKey> for Loader {
    type Value = quote::Quote;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[QuoteKey],
    ) -> std::result::Result<HashMap<QuoteKey, quote::Quote>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let quotes = quote::by_stocks(self.platform.db.connection(), ids).await.map_err(ApiError::from)?;
        Ok(quotes.into_iter().map(|(stock, quote)| (QuoteKey(stock), quote)).collect())
    }
}

/// One page of a stock's bars, and whether the total is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bars {
    pub window: Window,
    pub page: PageRequest<(DateTime<Utc>,)>,
    pub total: bool,
    pub quarantine: price::Quarantine,
}

impl Ask for Bars {
    type Answer = (Page<price::Row>, i64);

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        let pages = price::history(db, stocks, (&self.window, self.quarantine), &self.page).await?;
        let totals = if self.total {
            price::counts(db, stocks, &self.window, self.quarantine).await?
        } else {
            HashMap::new()
        };
        Ok(with_totals(pages, &totals, stocks))
    }
}

/// The closes of a window, for statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Closes(pub Window);

impl Ask for Closes {
    type Answer = Vec<price::Close>;

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        Ok(price::closes(db, stocks, &self.0).await?)
    }
}

/// One page of a stock's findings, and whether the total is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Findings {
    pub filter: finding::Filter,
    pub page: PageRequest<(DateTime<Utc>, Uuid)>,
    pub total: bool,
}

impl Ask for Findings {
    type Answer = (Page<finding::Row>, i64);

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        let pages = finding::list(db, stocks, &self.filter, &self.page).await?;
        let totals =
            if self.total { finding::totals(db, stocks, &self.filter).await? } else { HashMap::new() };
        Ok(with_totals(pages, &totals, stocks))
    }
}
