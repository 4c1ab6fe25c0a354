//! What a prediction was made from, and what a post was used for.

use super::{
    Prediction,
    loader::{InfluencedKey, PostsKey, SnapshotKey},
};
use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    news::{Post, PostKey},
    scalar::{Date, Long},
};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::forecast::prediction::Row;
use uuid::Uuid;

const MOST: i32 = 100;

/// What a prediction was made from.
#[derive(Clone, Copy, Debug)]
pub struct PredictionLineage {
    prediction: Uuid,
    snapshot: Uuid,
}

/// The features that a model was given, by the content of what they were made from.
#[derive(Clone, Debug, SimpleObject)]
pub struct FeatureSnapshot {
    /// The beginning of the SHA-256 of all inputs, as `bellwether features show` takes it: the same inputs, the same id.
    id: String,
    /// Which features, as a semantic version.
    feature_version: String,
    /// The first day that was looked at.
    first_day: Date,
    /// The last day that was looked at.
    last_day: Date,
    /// Nothing that became known later is in it.
    as_of: DateTime<Utc>,
    /// How many bars are in it.
    bar_count: Long,
    /// How many scores of posts are in it.
    post_count: Long,
    /// SHA-256 of the features.
    checksum: String,
}

/// A post behind a prediction.
#[derive(Clone, Debug, SimpleObject)]
pub struct PredictionPost {
    /// The post.
    post: Post,
    /// Its part of all posts of the last five sessions, 0 to 1: each session with posts counts the same, and so does each
    /// of its posts.
    weight: f64,
}

/// A prediction that a post influenced.
#[derive(Clone, Debug, SimpleObject)]
pub struct Influence {
    /// The prediction.
    prediction: Prediction,
    /// The post's part of all posts behind it, 0 to 1.
    weight: f64,
}

impl PredictionLineage {
    pub fn of(row: &Row) -> Self {
        Self { prediction: row.id, snapshot: row.snapshot_id }
    }
}

/// What a prediction was made from; enough to make it again, even after a text was erased.
#[Object]
impl PredictionLineage {
    /// The features that the model was given.
    async fn snapshot(&self, ctx: &Context<'_>) -> Result<FeatureSnapshot> {
        let row = ctx.loader().load_one(SnapshotKey(self.snapshot)).await?;
        let row = row.ok_or_else(|| ApiError::not_found("snapshot", "the snapshot was removed"))?;
        Ok(FeatureSnapshot {
            id: row.id.to_string(),
            feature_version: row.feature_version,
            first_day: Date(row.first_day),
            last_day: Date(row.last_day),
            as_of: row.as_of,
            bar_count: Long(row.bar_count),
            post_count: Long(row.post_count),
            checksum: row.checksum,
        })
    }

    /// The posts of the last five sessions that its features were made from, the weightiest first.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many; at most 100.")] first: i32,
    ) -> Result<Vec<PredictionPost>> {
        let key = PostsKey { prediction: self.prediction, most: most(first)? };
        let posts = ctx.loader().load_one(key).await?.unwrap_or_default();
        let mut rows = ctx.loader().load_many(posts.iter().map(|post| PostKey(post.post_id))).await?;
        let post = |influence: domain::forecast::prediction::Influence| {
            let row = rows.remove(&PostKey(influence.post_id))?;
            Some(PredictionPost { post: row.into(), weight: influence.weight })
        };
        Ok(posts.into_iter().filter_map(post).collect())
    }
}

/// Asks for the predictions that a post influenced.
pub struct InfluencesOf;

impl InfluencesOf {
    pub async fn post(ctx: &Context<'_>, post: Uuid, first: i32) -> Result<Vec<Influence>> {
        let key = InfluencedKey { post, most: most(first)? };
        let found = ctx.loader().load_one(key).await?.unwrap_or_default();
        let influence = |(row, weight): (Row, f64)| Influence { prediction: row.into(), weight };
        Ok(found.into_iter().map(influence).collect())
    }
}

fn most(first: i32) -> Result<u64> {
    if (0..=MOST).contains(&first) {
        Ok(first.unsigned_abs().into())
    } else {
        Err(ApiError::input("first", format!("write a number from 0 to {MOST}")))
    }
}
