//! The log, kept in the database.

use super::Error;
use crate::insert::insert_all;
use chrono::{DateTime, Utc};
use entity::admin::log_entry::{ActiveModel, Column, Entity};
use platform::telemetry::LogLine;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// Stores `lines`.
pub async fn store(db: &impl ConnectionTrait, lines: Vec<LogLine>) -> Result<(), Error> {
    let rows = lines.into_iter().map(|line| ActiveModel {
        id: Set(Uuid::now_v7()),
        known_at: Set(line.time),
        level: Set(line.level.to_string()),
        target: Set(line.target),
        message: Set(line.message),
        fields: Set(line.fields),
    });
    Ok(insert_all(db, rows.collect(), None).await?)
}

/// Deletes lines from before `time`.
pub async fn delete_before(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::KnownAt.lt(time)).exec(db).await?.rows_affected)
}
