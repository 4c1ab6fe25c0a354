//! Until when each source was read: a failure leaves no gap, and what is staler is asked for first.

use super::Error;
use chrono::{DateTime, Utc};
use entity::{
    SourceKind,
    news::collection_mark::{Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, sea_query::OnConflict,
};
use std::collections::HashMap;

/// The topic of a source that is read as a whole.
pub const WHOLE: &str = "";

/// Until when `source` was read, by topic.
pub async fn of(
    db: &impl ConnectionTrait,
    source: SourceKind,
) -> Result<HashMap<String, DateTime<Utc>>, Error> {
    let rows = Entity::find().filter(Column::Source.eq(source)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.topic, row.collected_until)).collect())
}

/// Remembers that everything of `topics` published before `until` is stored.
pub async fn set(
    db: &impl ConnectionTrait,
    source: SourceKind,
    topics: &[String],
    until: DateTime<Utc>,
) -> Result<(), Error> {
    let rows = topics.iter().map(|topic| {
        let row = Model { source, topic: topic.clone(), collected_until: until };
        row.into_active_model().reset_all()
    });
    let known =
        OnConflict::columns([Column::Source, Column::Topic]).update_column(Column::CollectedUntil).to_owned();
    Ok(crate::insert::insert_all(db, rows.collect(), Some(known)).await?)
}
