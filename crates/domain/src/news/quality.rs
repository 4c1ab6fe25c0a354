//! How much posts are worth, as it was found when they were scored.

use super::Error;
pub use entity::news::post_quality::Model as Row;
use entity::news::post_quality::{Column, Entity};
pub use nlp::Tier;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use uuid::Uuid;

/// The quality of each of `posts`; those that wait to be scored have none yet.
pub async fn of_posts(db: &impl ConnectionTrait, posts: Vec<Uuid>) -> Result<HashMap<Uuid, Row>, Error> {
    let rows = Entity::find().filter(Column::PostId.is_in(posts)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.post_id, row)).collect())
}
