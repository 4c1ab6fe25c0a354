//! What archives tell about their owner.

use crate::personal::Section;
use entity::archive::archive::{Column, Entity, Model};
use platform::database::DatabaseConnection;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;
use uuid::Uuid;

/// `archives`: the account's files by kind, name, size and times; their content is to be downloaded.
pub fn sections(db: &DatabaseConnection, account: Uuid) -> Vec<Section<'_>> {
    let archives = Entity::find().filter(Column::AccountId.eq(account)).order_by_asc(Column::KnownAt);
    let archives = Section::new(db, "archives", archives, |row: &Model| {
        json!({
            "id": row.id,
            "kind": row.kind.to_value(),
            "fileName": row.file_name,
            "sizeBytes": row.size_bytes,
            "createdAt": row.known_at,
            "expiresAt": row.expires_at,
        })
    });
    vec![archives]
}
