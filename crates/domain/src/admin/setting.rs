//! What is decided at run time, as JSON by key.
//!
//! Nothing keeps a copy: every process reads a setting when it needs it, so a change takes effect everywhere at once.

use super::Error;
use chrono::{DateTime, Utc};
use entity::admin::setting::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter as _, sea_query::OnConflict,
};
use serde::{Serialize, de::DeserializeOwned};

/// The value of `key`, if it was ever set.
pub(super) async fn get<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<T>, Error> {
    let row = Entity::find_by_id(key).one(db).await?;
    row.map(|row| read(row.value)).transpose()
}

/// The values of all keys that start with `prefix`, by the rest of the key.
pub(super) async fn below<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    prefix: &str,
) -> Result<Vec<(String, T)>, Error> {
    let rows = Entity::find().filter(Column::Key.starts_with(prefix)).all(db).await?;
    let rows = rows.into_iter().filter_map(|row| Some((row.key.strip_prefix(prefix)?.to_owned(), row.value)));
    rows.map(|(key, value)| Ok((key, read(value)?))).collect()
}

/// Sets `key`.
pub(super) async fn put(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    key: &str,
    value: &impl Serialize,
) -> Result<(), Error> {
    let value = serde_json::to_value(value).map_err(|error| DbErr::Custom(error.to_string()))?;
    let row = ActiveModel { key: Set(key.to_owned()), value: Set(value), known_at: Set(now) };
    let known = OnConflict::column(Column::Key).update_columns([Column::Value, Column::KnownAt]).to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(txn).await?;
    Ok(())
}

fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Error> {
    Ok(serde_json::from_value(value).map_err(|error| DbErr::Custom(error.to_string()))?)
}
