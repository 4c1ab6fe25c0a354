//! Loads models, predictions and what is behind them in batches.

use crate::{
    error::{ApiError, Result},
    loader::{Ask, Loader, with_totals},
};
use async_graphql::dataloader;
use domain::{
    Page, PageRequest,
    forecast::{
        live::{self, Live},
        model,
        prediction::{self, Filter},
        snapshot,
    },
};
use platform::database::DatabaseConnection;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A model by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelKey(pub Uuid);

impl dataloader::Loader<ModelKey> for Loader {
    type Value = model::Row;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[ModelKey],
    ) -> std::result::Result<HashMap<ModelKey, model::Row>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = model::by_ids(self.platform.db.connection(), ids).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|row| (ModelKey(row.id), row)).collect())
    }
}

/// A feature snapshot by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SnapshotKey(pub Uuid);

impl dataloader::Loader<SnapshotKey> for Loader {
    type Value = snapshot::Row;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[SnapshotKey],
    ) -> std::result::Result<HashMap<SnapshotKey, snapshot::Row>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = snapshot::by_ids(self.platform.db.connection(), ids).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(|row| (SnapshotKey(row.id), row)).collect())
    }
}

/// What came of a model's predictions of the last so many days, about one stock; of all without.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LiveKey {
    pub model: Uuid,
    pub days: Option<u32>,
    pub symbol: Option<String>,
}

impl dataloader::Loader<LiveKey> for Loader {
    type Value = Live;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LiveKey]) -> std::result::Result<HashMap<LiveKey, Live>, Self::Error> {
        let mut windows: HashMap<(Option<u32>, Option<&String>), Vec<Uuid>> = HashMap::new();
        for key in keys {
            windows.entry((key.days, key.symbol.as_ref())).or_default().push(key.model);
        }
        let today = self.platform.clock.now().date_naive();
        let mut found = HashMap::new();
        for ((days, symbol), models) in windows {
            let since = days.and_then(|days| today.checked_sub_days(chrono::Days::new(days.into())));
            let filter = live::Filter { since, symbol: symbol.cloned() };
            let live = live::by_models(self.platform.db.connection(), &models, &filter).await;
            let live = live.map_err(ApiError::from)?.into_iter();
            found.extend(live.map(|(model, live)| (LiveKey { model, days, symbol: symbol.cloned() }, live)));
        }
        Ok(found)
    }
}

/// The posts behind a prediction, at most so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PostsKey {
    pub prediction: Uuid,
    pub most: u64,
}

impl dataloader::Loader<PostsKey> for Loader {
    type Value = Vec<prediction::Influence>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[PostsKey],
    ) -> std::result::Result<HashMap<PostsKey, Self::Value>, Self::Error> {
        let mut sizes: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for key in keys {
            sizes.entry(key.most).or_default().push(key.prediction);
        }
        let mut found = HashMap::new();
        for (most, predictions) in sizes {
            let posts = prediction::posts(self.platform.db.connection(), &predictions, most).await;
            let posts = posts.map_err(ApiError::from)?.into_iter();
            found.extend(posts.map(|(prediction, posts)| (PostsKey { prediction, most }, posts)));
        }
        Ok(found)
    }
}

/// The predictions that a post influenced, at most so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InfluencedKey {
    pub post: Uuid,
    pub most: u64,
}

impl dataloader::Loader<InfluencedKey> for Loader {
    type Value = Vec<(prediction::Row, f64)>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[InfluencedKey],
    ) -> std::result::Result<HashMap<InfluencedKey, Self::Value>, Self::Error> {
        let mut sizes: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for key in keys {
            sizes.entry(key.most).or_default().push(key.post);
        }
        let mut found = HashMap::new();
        for (most, posts) in sizes {
            let influenced = prediction::influenced(self.platform.db.connection(), &posts, most).await;
            let influenced = influenced.map_err(ApiError::from)?.into_iter();
            found.extend(influenced.map(|(post, rows)| (InfluencedKey { post, most }, rows)));
        }
        Ok(found)
    }
}

/// One page of a stock's predictions, and whether the total is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PredictionsOf {
    pub filter: Filter,
    pub page: PageRequest<(i64,)>,
    pub total: bool,
}

impl Ask for PredictionsOf {
    type Answer = (Page<prediction::Row>, i64);

    async fn ask(&self, db: &DatabaseConnection, stocks: &[Uuid]) -> Result<HashMap<Uuid, Self::Answer>> {
        let pages = prediction::of_stocks(db, stocks, &self.filter, &self.page).await?;
        let totals =
            if self.total { prediction::counts(db, stocks, &self.filter).await? } else { HashMap::new() };
        Ok(with_totals(pages, &totals, stocks))
    }
}
