//! Loads scores in batches.

use crate::{
    error::{ApiError, Result},
    loader::{Ask, Loader, with_totals},
};
use async_graphql::dataloader;
use chrono::{DateTime, Utc};
use domain::{
    Page, PageRequest, SourceKind, Window,
    sentiment::{self, PostScore, record, robust, summary},
};
use platform::database::DatabaseConnection;
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
    ) -> std::result::Result<HashMap<PostSentimentKey, PostScore>, Self::Error> {
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

impl Ask for Summaries {
    type Answer = summary::Summary;

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        let summaries = summary::by_stocks(db, stocks, &self.window, &self.sources).await?;
        Ok(summaries.into_iter().collect())
    }
}

/// A stock's robust scores in a window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RobustOf(pub Summaries);

impl Ask for RobustOf {
    type Answer = robust::Robust;

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        Ok(robust::by_stocks(db, stocks, &self.0.window, &self.0.sources).await?)
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

impl Ask for RecordsOf {
    type Answer = (Page<record::Row>, i64);

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        let which = (&self.window, self.sources.as_slice());
        let pages = record::list(db, stocks, which, &self.page).await?;
        let totals = if self.total { record::counts(db, stocks, which).await? } else { HashMap::new() };
        Ok(with_totals(pages, &totals, stocks))
    }
}
