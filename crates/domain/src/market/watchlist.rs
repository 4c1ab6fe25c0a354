//! The stocks that the collectors follow.

use super::{Error, Symbol};
use crate::insert::insert_all;
use entity::market::{stock, watchlist_entry};
use platform::Platform;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

/// The symbols that are watched and not paused, sorted.
pub async fn symbols(db: &impl ConnectionTrait) -> Result<Vec<Symbol>, Error> {
    let rows: Vec<String> = stock::Entity::find()
        .inner_join(watchlist_entry::Entity)
        .filter(watchlist_entry::Column::IsPaused.eq(false))
        .select_only()
        .column(stock::Column::Symbol)
        .order_by_asc(stock::Column::Symbol)
        .into_tuple()
        .all(db)
        .await?;
    rows.iter().map(|symbol| symbol.parse()).collect()
}

/// Watches the stocks with `symbols`, as far as they exist.
pub async fn add(platform: &Platform, symbols: &[Symbol]) -> Result<(), Error> {
    let txn = platform.db.begin().await?;
    let symbols = symbols.iter().map(Symbol::as_str);
    let stocks = stock::Entity::find().filter(stock::Column::Symbol.is_in(symbols)).all(&txn).await?;
    let now = platform.clock.now();
    let rows = stocks.iter().map(|stock| watchlist_entry::ActiveModel {
        stock_id: Set(stock.id),
        is_paused: Set(false),
        known_at: Set(now),
    });
    let known = OnConflict::column(watchlist_entry::Column::StockId).do_nothing().to_owned();
    insert_all(&txn, rows.collect(), Some(known)).await?;
    txn.commit().await?;
    Ok(())
}
