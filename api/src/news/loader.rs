//! Loads posts and mentions in batches.

use crate::{
    error::{ApiError, Result},
    loader::{Ask, Loader, with_totals},
};
use async_graphql::dataloader;
use chrono::{DateTime, Utc};
use domain::{
    Page, PageRequest, Window,
    news::{copy, post, quality},
};
use platform::database::DatabaseConnection;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A post by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PostKey(pub Uuid);

impl dataloader::Loader<PostKey> for Loader {
    type Value = post::Row;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PostKey]) -> std::result::Result<HashMap<PostKey, post::Row>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = post::by_ids(self.platform.db.connection(), ids).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|row| (PostKey(row.id), row)).collect())
    }
}

/// The mentions in a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MentionsKey(pub Uuid);

impl dataloader::Loader<MentionsKey> for Loader {
    type Value = Vec<post::MentionRow>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[MentionsKey],
    ) -> std::result::Result<HashMap<MentionsKey, Self::Value>, Self::Error> {
        let posts = keys.iter().map(|key| key.0).collect();
        let mentions =
            post::mentions_of(self.platform.db.connection(), posts).await.map_err(ApiError::from)?;
        Ok(mentions.into_iter().map(|(post, mentions)| (MentionsKey(post), mentions)).collect())
    }
}

/// How much a post is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QualityKey(pub Uuid);

impl dataloader::Loader<QualityKey> for Loader {
    type Value = quality::Row;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[QualityKey],
    ) -> std::result::Result<HashMap<QualityKey, Self::Value>, Self::Error> {
        let posts = keys.iter().map(|key| key.0).collect();
        let rows = quality::of_posts(self.platform.db.connection(), posts).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|(post, row)| (QualityKey(post), row)).collect())
    }
}

/// What a post repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CopyKey(pub Uuid);

impl dataloader::Loader<CopyKey> for Loader {
    type Value = copy::Row;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[CopyKey],
    ) -> std::result::Result<HashMap<CopyKey, Self::Value>, Self::Error> {
        let posts = keys.iter().map(|key| key.0).collect();
        let rows = copy::of_posts(self.platform.db.connection(), posts).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|row| (CopyKey(row.post_id), row)).collect())
    }
}

/// One page of the posts about a stock, and whether the total is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewsOf {
    pub window: Window,
    pub page: PageRequest<(DateTime<Utc>, Uuid)>,
    pub total: bool,
}

impl Ask for NewsOf {
    type Answer = (Page<post::Row>, i64);

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        let pages = post::about(db, stocks, &self.window, &self.page).await?;
        let totals = if self.total { post::counts(db, stocks, &self.window).await? } else { HashMap::new() };
        Ok(with_totals(pages, &totals, stocks))
    }
}
