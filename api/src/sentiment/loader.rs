//! Loads scores in batches.

use crate::{
    error::ApiError,
    loader::{Asked, Loader, group},
};
use async_graphql::dataloader;
use chrono::{DateTime, Utc};
use domain::{
    Page, PageRequest, Window,
    news::SourceKind,
    sentiment::{self, PostScore, record, summary},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What a model makes of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PostSentimentKey(pub Uuid);

impl dataloader::Loader<PostSentimentKey> for Loader {
    type Value = PostScore;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[PostSentimentKey],
    ) -> Result<HashMap<PostSentimentKey, PostScore>, Self::Error> {
        let posts = keys.iter().map(|key| key.0).collect();
        let scores =
            sentiment::of_posts(self.platform.db.connection(), posts).await.map_err(ApiError::from)?;
        Ok(scores.into_iter().map(|(post, score)| (PostSentimentKey(post), score)).collect())
    }
}

/// A stock's scores in a window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Summaries {
    pub window: Window,
    pub sources: Vec<SourceKind>,
}

impl dataloader::Loader<Asked<Uuid, Summaries>> for Loader {
    type Value = summary::Summary;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[Asked<Uuid, Summaries>],
    ) -> Result<HashMap<Asked<Uuid, Summaries>, Self::Value>, Self::Error> {
        let mut found = HashMap::new();
        for (how, stocks) in group(keys) {
            let db = self.platform.db.connection();
            let summaries =
                summary::by_stocks(db, &stocks, &how.window, &how.sources).await.map_err(ApiError::from)?;
            found
                .extend(summaries.into_iter().map(|(of, summary)| (Asked { of, how: how.clone() }, summary)));
        }
        Ok(found)
    }
}

/// One page of a stock's records, and whether the total is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordsOf {
    pub window: Window,
    pub sources: Vec<SourceKind>,
    pub page: PageRequest<(DateTime<Utc>, Uuid)>,
    pub total: bool,
}

impl dataloader::Loader<Asked<Uuid, RecordsOf>> for Loader {
    type Value = (Page<record::Row>, i64);
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[Asked<Uuid, RecordsOf>],
    ) -> Result<HashMap<Asked<Uuid, RecordsOf>, Self::Value>, Self::Error> {
        let db = self.platform.db.connection();
        let mut found = HashMap::new();
        for (how, stocks) in group(keys) {
            let which = (&how.window, how.sources.as_slice());
            let mut pages = record::list(db, &stocks, which, &how.page).await.map_err(ApiError::from)?;
            let totals = if how.total {
                record::counts(db, &stocks, which).await.map_err(ApiError::from)?
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
