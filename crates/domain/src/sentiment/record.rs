//! Sentiment records: the list behind every summary.

use super::Error;
use crate::{
    Window,
    page::{self, Page, PageRequest},
    window::any_of,
};
use chrono::{DateTime, Utc};
pub use entity::sentiment::sentiment_record::Model as Row;
use entity::{
    SourceKind,
    sentiment::sentiment_record::{Column, Entity, Model},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, Order, QueryFilter, Select,
    sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;

/// One page of records per stock, newest first, in one statement.
pub async fn list(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    (window, sources): (&Window, &[SourceKind]),
    page: &PageRequest<(DateTime<Utc>, Uuid)>,
) -> Result<HashMap<Uuid, Page<Model>>, Error> {
    let columns = [Column::PublishedAt, Column::Id];
    let select = |stock: &Uuid| page.apply(within(&[*stock], window, sources), &columns, &Order::Desc);
    Ok(page::of_each(db, page, stocks, select, |row| row.stock_id).await?)
}

/// How many records each stock has in the window.
pub async fn counts(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    (window, sources): (&Window, &[SourceKind]),
) -> Result<HashMap<Uuid, i64>, Error> {
    Ok(page::counts(db, within(stocks, window, sources), Column::StockId).await?)
}

/// Erases what the records of `posts` quote.
pub async fn erase_quotes(txn: &DatabaseTransaction, posts: &[Uuid]) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Snippet, Expr::val(None::<String>))
        .col_expr(Column::Url, Expr::val(None::<String>))
        .filter(Column::PostId.is_in(posts.iter().copied()))
        .exec(txn)
        .await?;
    Ok(())
}

/// The records with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

fn within(stocks: &[Uuid], window: &Window, sources: &[SourceKind]) -> Select<Entity> {
    Entity::find()
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(window.contains(Column::PublishedAt, Column::KnownAt))
        .filter(any_of(Column::Source, sources))
}
