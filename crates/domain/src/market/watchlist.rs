//! The stocks that the collectors follow.
//!
//! Collectors read the list every few seconds, so a change needs no announcement.

use super::{BackfillPrices, Error, NewStock, Symbol, stock};
use crate::{
    identity::{
        FreshTotp, Proof as _,
        audit::{self, Act},
    },
    insert::insert_all,
};
use chrono::{DateTime, Utc};
use entity::market::{
    stock::{Entity as Stock, Model as StockRow},
    watchlist_entry::{ActiveModel, Column, Entity, Model},
};
use platform::Platform;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait as _, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// Each second every watched stock is quoted, and vendors count calls.
const MOST: u64 = 500;

/// A stock with its place on the list.
#[derive(Clone, Debug)]
pub struct Entry {
    pub stock: StockRow,
    pub is_paused: bool,
    pub added_at: DateTime<Utc>,
}

/// What shall change; a symbol stands in one list at most.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub add: Vec<Symbol>,
    pub remove: Vec<Symbol>,
    pub pause: Vec<Symbol>,
    pub resume: Vec<Symbol>,
}

/// The symbols that are watched and not paused, sorted.
pub async fn symbols(db: &impl ConnectionTrait) -> Result<Vec<Symbol>, Error> {
    let rows: Vec<String> = Stock::find()
        .inner_join(Entity)
        .filter(Column::IsPaused.eq(false))
        .select_only()
        .column(stock::Column::Symbol)
        .order_by_asc(stock::Column::Symbol)
        .into_tuple()
        .all(db)
        .await?;
    rows.iter().map(|symbol| symbol.parse()).collect()
}

/// The whole list, by symbol.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Entry>, Error> {
    let rows = Entity::find().find_also_related(Stock).order_by_asc(stock::Column::Symbol).all(db).await?;
    let entry = |(row, stock): (Model, Option<StockRow>)| {
        Some(Entry { stock: stock?, is_paused: row.is_paused, added_at: row.known_at })
    };
    Ok(rows.into_iter().filter_map(entry).collect())
}

/// Watches the stocks with `symbols`, as far as they exist.
pub async fn add(platform: &Platform, symbols: &[Symbol]) -> Result<(), Error> {
    let txn = platform.db.begin().await?;
    add_in(&txn, platform.clock.now(), symbols).await?;
    txn.commit().await?;
    Ok(())
}

async fn add_in(txn: &DatabaseTransaction, now: DateTime<Utc>, symbols: &[Symbol]) -> Result<(), Error> {
    let rows = stock::ids_of(txn, symbols).await?.into_iter().map(|stock| ActiveModel {
        stock_id: Set(stock),
        is_paused: Set(false),
        known_at: Set(now),
    });
    let known = OnConflict::column(Column::StockId).do_nothing().to_owned();
    Ok(insert_all(txn, rows.collect(), Some(known)).await?)
}

/// Changes the list; symbols that nobody knows yet become stocks, and added ones get their past from the sources.
///
/// Returns the jobs that fetch it.
pub async fn update(platform: &Platform, proof: &FreshTotp, change: &Change) -> Result<Vec<Uuid>, Error> {
    change.check()?;
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let watched = watched(&txn).await?;
    change.check_against(&watched)?;
    let added: Vec<Symbol> = change.add.iter().filter(|symbol| !watched.contains(*symbol)).cloned().collect();
    let stocks: Vec<NewStock> = added.iter().cloned().map(NewStock::named).collect();
    stock::store_in(&txn, now, &stocks).await?;
    add_in(&txn, now, &added).await?;
    remove_in(&txn, &change.remove).await?;
    pause_in(&txn, &change.pause, true).await?;
    pause_in(&txn, &change.resume, false).await?;
    if Entity::find().count(&txn).await? > MOST {
        return Err(Error::WatchlistFull(MOST));
    }
    let mut jobs = Vec::new();
    for symbol in added {
        jobs.push(jobs::enqueue(&txn, &platform.clock, &BackfillPrices { symbol }).await?);
    }
    audit::record(&txn, now, proof.actor(), change.act()).await?;
    txn.commit().await?;
    for job in &jobs {
        jobs::announce(platform.bus.as_ref(), *job).await;
    }
    Ok(jobs)
}

async fn watched(txn: &DatabaseTransaction) -> Result<HashSet<Symbol>, Error> {
    let list = list(txn).await?;
    list.iter().map(|entry| entry.stock.symbol.parse()).collect()
}

async fn remove_in(txn: &DatabaseTransaction, symbols: &[Symbol]) -> Result<(), Error> {
    let stocks = stock::ids_of(txn, symbols).await?;
    Entity::delete_many().filter(Column::StockId.is_in(stocks)).exec(txn).await?;
    Ok(())
}

async fn pause_in(txn: &DatabaseTransaction, symbols: &[Symbol], is_paused: bool) -> Result<(), Error> {
    let stocks = stock::ids_of(txn, symbols).await?;
    let update = Entity::update_many().col_expr(Column::IsPaused, Expr::val(is_paused));
    update.filter(Column::StockId.is_in(stocks)).exec(txn).await?;
    Ok(())
}

impl Change {
    /// The lists by the names that clients know.
    fn lists(&self) -> [(&'static str, &[Symbol]); 4] {
        [("add", &self.add), ("remove", &self.remove), ("pause", &self.pause), ("resume", &self.resume)]
    }

    fn check(&self) -> Result<(), Error> {
        let mut seen = HashSet::new();
        for (field, symbols) in self.lists() {
            if let Some(twice) = symbols.iter().find(|symbol| !seen.insert(*symbol)) {
                return Err(Error::bad_watchlist(field, format!("{twice} is named twice")));
            }
        }
        if seen.is_empty() {
            return Err(Error::bad_watchlist(
                "input",
                "name at least one symbol to add, remove, pause or resume",
            ));
        }
        Ok(())
    }

    fn check_against(&self, watched: &HashSet<Symbol>) -> Result<(), Error> {
        for (field, symbols) in &self.lists()[1..] {
            if let Some(absent) = symbols.iter().find(|symbol| !watched.contains(*symbol)) {
                return Err(Error::bad_watchlist(field, format!("{absent} is not on the watch-list")));
            }
        }
        Ok(())
    }

    fn act(&self) -> Act {
        let lists = self.lists().into_iter().filter(|(_, symbols)| !symbols.is_empty());
        let lists = lists.map(|(name, symbols)| (name.to_owned(), json!(symbols)));
        Act::new("market.update_watchlist").made(lists.collect())
    }
}
