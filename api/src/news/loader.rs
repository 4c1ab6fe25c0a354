//! Loads posts and mentions in batches.

use crate::{
    error::ApiError,
    loader::{Asked, Loader, group},
};
use async_graphql::dataloader;
use chrono::{DateTime, Utc};
use domain::{Page, PageRequest, Window, news::post};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A post by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PostKey(pub Uuid);

impl dataloader::Loader<PostKey> for Loader {
    type Value = post::Row;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PostKey]) -> Result<HashMap<PostKey, post::Row>, Self::Error> {
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

    async fn load(&self, keys: &[MentionsKey]) -> Result<HashMap<MentionsKey, Self::Value>, Self::Error> {
        let posts = keys.iter().map(|key| key.0).collect();
        let mentions =
            post::mentions_of(self.platform.db.connection(), posts).await.map_err(ApiError::from)?;
        Ok(mentions.into_iter().map(|(post, mentions)| (MentionsKey(post), mentions)).collect())
    }
}

/// One page of the posts about a stock, and whether the total is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewsOf {
    pub window: Window,
    pub page: PageRequest<(DateTime<Utc>, Uuid)>,
    pub total: bool,
}

impl dataloader::Loader<Asked<Uuid, NewsOf>> for Loader {
    type Value = (Page<post::Row>, i64);
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[Asked<Uuid, NewsOf>],
    ) -> Result<HashMap<Asked<Uuid, NewsOf>, Self::Value>, Self::Error> {
        let db = self.platform.db.connection();
        let mut found = HashMap::new();
        for (how, stocks) in group(keys) {
            let mut pages = post::about(db, &stocks, &how.window, &how.page).await.map_err(ApiError::from)?;
            let totals = if how.total {
                post::counts(db, &stocks, &how.window).await.map_err(ApiError::from)?
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
