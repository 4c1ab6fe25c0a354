//! Loads stocks, quotes and bars in batches.

use crate::{
    error::ApiError,
    loader::{Asked, Loader, group},
};
use async_graphql::dataloader;
use chrono::{DateTime, Utc};
use domain::{
    Page, PageRequest, Window,
    market::{price, quote, stock},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A stock by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StockKey(pub Uuid);

impl dataloader::Loader<StockKey> for Loader {
    type Value = stock::Row;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[StockKey]) -> Result<HashMap<StockKey, stock::Row>, Self::Error> {
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

    async fn load(&self, keys: &[QuoteKey]) -> Result<HashMap<QuoteKey, quote::Quote>, Self::Error> {
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
}

impl dataloader::Loader<Asked<Uuid, Bars>> for Loader {
    type Value = (Page<price::Row>, i64);
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[Asked<Uuid, Bars>],
    ) -> Result<HashMap<Asked<Uuid, Bars>, Self::Value>, Self::Error> {
        let db = self.platform.db.connection();
        let mut found = HashMap::new();
        for (how, stocks) in group(keys) {
            let mut pages =
                price::history(db, &stocks, &how.window, &how.page).await.map_err(ApiError::from)?;
            let totals = if how.total {
                price::counts(db, &stocks, &how.window).await.map_err(ApiError::from)?
            } else {
                HashMap::new()
            };
            found.extend(stocks.into_iter().map(|of| {
                let total = totals.get(&of).copied().unwrap_or(0);
                (Asked { of, how: how.clone() }, (pages.remove(&of).unwrap_or_default(), total))
            }));
        }
        Ok(found)
    }
}

/// The closes of a window, for statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Closes(pub Window);

impl dataloader::Loader<Asked<Uuid, Closes>> for Loader {
    type Value = Vec<price::Close>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[Asked<Uuid, Closes>],
    ) -> Result<HashMap<Asked<Uuid, Closes>, Self::Value>, Self::Error> {
        let mut found = HashMap::new();
        for (how, stocks) in group(keys) {
            let closes = price::closes(self.platform.db.connection(), &stocks, &how.0)
                .await
                .map_err(ApiError::from)?;
            found.extend(closes.into_iter().map(|(of, closes)| (Asked { of, how }, closes)));
        }
        Ok(found)
    }
}
