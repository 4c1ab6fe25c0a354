//! Stocks: find, list, search, and learn of new ones.

use super::{Error, NewStock, Symbol};
use crate::{
    insert::insert_all,
    page::{Page, PageRequest},
    text,
};
use chrono::{DateTime, Utc};
pub(super) use entity::market::stock::Column;
pub use entity::market::stock::{Model as Row, StockKind as Kind};
use entity::market::{
    stock::{ActiveModel, Entity, Model, StockKind},
    watchlist_entry,
};
use platform::Platform;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Unchanged,
    sea_query::OnConflict,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The exchange of a stock that no source has named yet.
pub const UNKNOWN_EXCHANGE: &str = "UNKNOWN";

/// Which stocks are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub symbols: Vec<Symbol>,
    pub sector: Option<String>,
    pub exchange: Option<String>,
    pub is_active: Option<bool>,
    pub is_watched: Option<bool>,
}

/// The order of a list of stocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    Symbol,
    Name,
}

/// The stock traded under `symbol`; of several exchanges the one that came first.
pub async fn find(db: &impl ConnectionTrait, symbol: &Symbol) -> Result<Option<Model>, Error> {
    let select = Entity::find().filter(Column::Symbol.eq(symbol.as_str())).order_by_asc(Column::Id);
    Ok(select.one(db).await?)
}

/// All stocks, in the order in which they came.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().order_by_asc(Column::Id).all(db).await?)
}

/// The stocks traded under `symbols`, by symbol; those of one symbol in the order in which they came.
pub async fn with_symbols(db: &impl ConnectionTrait, symbols: Vec<Symbol>) -> Result<Vec<Model>, Error> {
    let select = filtered(&Filter { symbols, ..Filter::default() });
    Ok(select.order_by_asc(Column::Symbol).order_by_asc(Column::Id).all(db).await?)
}

/// The stocks with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// One page of the stocks that pass `filter`.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    sort: (SortBy, Order),
    page: &PageRequest<(String, Uuid)>,
) -> Result<Page<Model>, Error> {
    let first = match sort.0 {
        SortBy::Symbol => Column::Symbol,
        SortBy::Name => Column::Name,
    };
    let select = page.apply(filtered(filter), &[first, Column::Id], &sort.1);
    Ok(page.finish(select.all(db).await?))
}

/// How many stocks pass `filter`.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let watched =
        watchlist_entry::Entity::find().select_only().column(watchlist_entry::Column::StockId).into_query();
    let symbols = filter.symbols.iter().map(Symbol::as_str);
    Entity::find().filter(
        Condition::all()
            .add_option((!filter.symbols.is_empty()).then(|| Column::Symbol.is_in(symbols)))
            .add_option(filter.sector.as_ref().map(|sector| Column::Sector.eq(sector)))
            .add_option(filter.exchange.as_ref().map(|exchange| Column::Exchange.eq(exchange)))
            .add_option(filter.is_active.map(|is_active| Column::IsActive.eq(is_active)))
            .add_option(filter.is_watched.map(|is_watched| {
                if is_watched { Column::Id.in_subquery(watched) } else { Column::Id.not_in_subquery(watched) }
            })),
    )
}

/// The condition that a stock's symbol starts with `wanted`, or its name contains it, in any case.
fn matches(wanted: &str) -> Condition {
    Condition::any().add(text::starts_with(Column::Symbol, wanted)).add(text::contains(Column::Name, wanted))
}

/// The stocks whose symbol starts with `text` or whose name contains it, by symbol.
pub async fn search(
    db: &impl ConnectionTrait,
    text: &str,
    page: &PageRequest<(String, Uuid)>,
) -> Result<Page<Model>, Error> {
    let select = page.apply(Entity::find().filter(matches(text)), &[Column::Symbol, Column::Id], &Order::Asc);
    Ok(page.finish(select.all(db).await?))
}

/// How many stocks `search` would find in all.
pub async fn count_found(db: &impl ConnectionTrait, text: &str) -> Result<u64, Error> {
    Ok(Entity::find().filter(matches(text)).count(db).await?)
}

/// The ids of the stocks with `symbols`, as far as they exist.
pub async fn ids_of(db: &impl ConnectionTrait, symbols: &[Symbol]) -> Result<Vec<Uuid>, Error> {
    let symbols = symbols.iter().map(Symbol::as_str);
    let select = Entity::find().select_only().column(Column::Id).filter(Column::Symbol.is_in(symbols));
    Ok(select.into_tuple().all(db).await?)
}

/// The ids of those of `symbols` that are known.
pub async fn ids_of_symbols(
    db: &impl ConnectionTrait,
    symbols: &[Symbol],
) -> Result<HashMap<String, Uuid>, Error> {
    let mut rows = with_symbols(db, symbols.to_vec()).await?;
    // The last one wins in the map: the stock that came first.
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    Ok(rows.into_iter().map(|row| (row.symbol, row.id)).collect())
}

/// All symbols with their ids.
pub async fn ids_by_symbol(db: &impl ConnectionTrait) -> Result<HashMap<String, Uuid>, Error> {
    let rows: Vec<(String, Uuid)> = Entity::find()
        .select_only()
        .column(Column::Symbol)
        .column(Column::Id)
        // The last one wins in the map: the stock that came first.
        .order_by_desc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// A value that changes whenever a stock is added.
pub async fn count_and_newest(db: &impl ConnectionTrait) -> Result<(i64, Option<Uuid>), Error> {
    let newest = Entity::find()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    let count = Entity::find().count(db).await?;
    Ok((i64::try_from(count).unwrap_or(i64::MAX), newest))
}

/// What became of a list of stocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Adds unknown stocks and completes known ones.
pub async fn store(platform: &Platform, stocks: &[NewStock]) -> Result<Stored, Error> {
    let txn = platform.db.begin().await?;
    let stored = store_in(&txn, platform.clock.now(), stocks).await?;
    txn.commit().await?;
    Ok(stored)
}

pub(super) async fn store_in(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    stocks: &[NewStock],
) -> Result<Stored, Error> {
    let mut stored = Stored::default();
    let mut known: HashMap<String, Model> = Entity::find()
        .order_by_desc(Column::Id)
        .all(txn)
        .await?
        .into_iter()
        .map(|row| (row.symbol.clone(), row))
        .collect();
    let mut added = Vec::new();
    for stock in stocks {
        match known.get(stock.symbol.as_str()) {
            None => {
                let row = fresh(stock, now);
                known.insert(row.symbol.clone(), row.clone());
                added.push(ActiveModel::from(row).reset_all());
                stored.added += 1;
            }
            Some(row) => match completed(row, stock, now) {
                Some(change) => {
                    Entity::update(change).exec(txn).await?;
                    stored.changed += 1;
                }
                None => stored.unchanged += 1,
            },
        }
    }
    let taken = OnConflict::columns([Column::Symbol, Column::Exchange]).do_nothing().to_owned();
    insert_all(txn, added, Some(taken)).await?;
    Ok(stored)
}

fn fresh(stock: &NewStock, now: DateTime<Utc>) -> Model {
    let symbol = stock.symbol.to_string();
    Model {
        id: Uuid::now_v7(),
        exchange: stock.exchange.clone().unwrap_or_else(|| UNKNOWN_EXCHANGE.to_owned()),
        name: stock.name.clone().unwrap_or_else(|| symbol.clone()),
        symbol,
        kind: stock.kind,
        sector: stock.sector.clone(),
        industry: stock.industry.clone(),
        is_active: true,
        known_at: now,
        updated_at: now,
    }
}

/// The change that makes `row` say what `stock` says; `None` when it does already.
fn completed(row: &Model, stock: &NewStock, now: DateTime<Utc>) -> Option<ActiveModel> {
    let differs = |new: &Option<String>, old: Option<&String>| new.is_some() && new.as_ref() != old;
    let change = differs(&stock.exchange, Some(&row.exchange))
        || differs(&stock.name, Some(&row.name))
        || differs(&stock.sector, row.sector.as_ref())
        || differs(&stock.industry, row.industry.as_ref())
        || (stock.kind == StockKind::IndexFund && row.kind != stock.kind);
    let or_not = |new: &Option<String>| new.clone().map_or(NotSet, Set);
    change.then(|| ActiveModel {
        id: Unchanged(row.id),
        exchange: or_not(&stock.exchange),
        name: or_not(&stock.name),
        kind: if stock.kind == StockKind::IndexFund { Set(stock.kind) } else { NotSet },
        sector: stock.sector.clone().map_or(NotSet, |sector| Set(Some(sector))),
        industry: stock.industry.clone().map_or(NotSet, |industry| Set(Some(industry))),
        updated_at: Set(now),
        ..Default::default()
    })
}
