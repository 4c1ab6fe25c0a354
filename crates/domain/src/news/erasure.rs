//! Forgetting what people wrote.
//!
//! Text, title and address of old posts go; the salted hash of the author, the scores and the mentions stay, so that
//! every answer stays as it was, and can be traced to a row.

use super::Error;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    SourceKind,
    news::post::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

/// How long the text of a vendor's post is kept.
pub const AFTER: TimeDelta = TimeDelta::days(90);
/// Of nobody, or brought by whoever runs the product.
const EXEMPT: [SourceKind; 2] = [SourceKind::File, SourceKind::Simulated];

/// Up to `most` posts whose time has come, oldest first; those that are not scored yet wait for that.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>, most: u64) -> Result<Vec<Uuid>, Error> {
    let select = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::PublishedAt.lt(now - AFTER))
        .filter(Column::Source.is_not_in(EXEMPT))
        .filter(Column::ScoredAt.is_not_null())
        .filter(Column::ErasedAt.is_null())
        .order_by_asc(Column::PublishedAt)
        .limit(most);
    Ok(select.into_tuple().all(db).await?)
}

/// Erases the texts of `posts`.
pub async fn erase(txn: &DatabaseTransaction, now: DateTime<Utc>, posts: &[Uuid]) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Body, Expr::val(""))
        .col_expr(Column::Title, Expr::val(None::<String>))
        .col_expr(Column::Url, Expr::val(None::<String>))
        .col_expr(Column::ErasedAt, Expr::val(now))
        .filter(Column::Id.is_in(posts.iter().copied()))
        .exec(txn)
        .await?;
    Ok(())
}
