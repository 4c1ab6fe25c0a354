//! How the system is, in a few numbers.

use super::Error;
use chrono::{DateTime, Utc};
use entity::{
    job::job::{self, JobState},
    market::quote,
    news::post,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The system at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub jobs_queued: i64,
    pub jobs_running: i64,
    /// Jobs that are out of attempts.
    pub jobs_failed: i64,
    /// When the newest quote was true.
    pub newest_quote_at: Option<DateTime<Utc>>,
    /// When the newest post was published.
    pub newest_post_at: Option<DateTime<Utc>>,
}

/// The status now, in three statements.
pub async fn get(db: &impl ConnectionTrait) -> Result<Status, Error> {
    let states: Vec<(JobState, i64)> = job::Entity::find()
        .select_only()
        .column(job::Column::State)
        .column_as(job::Column::Id.count(), "count")
        .filter(job::Column::State.is_in([JobState::Queued, JobState::Running, JobState::Failed]))
        .group_by(job::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let count = |wanted| states.iter().find(|(state, _)| *state == wanted).map_or(0, |(_, count)| *count);
    let newest_quote: Option<Option<DateTime<Utc>>> = quote::Entity::find()
        .select_only()
        .column_as(quote::Column::AsOf.max(), "newest")
        .into_tuple()
        .one(db)
        .await?;
    let newest_post_at: Option<DateTime<Utc>> = post::Entity::find()
        .select_only()
        .column(post::Column::PublishedAt)
        .order_by_desc(post::Column::PublishedAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(Status {
        jobs_queued: count(JobState::Queued),
        jobs_running: count(JobState::Running),
        jobs_failed: count(JobState::Failed),
        newest_quote_at: newest_quote.flatten(),
        newest_post_at,
    })
}
