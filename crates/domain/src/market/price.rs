//! Price bars: store them with their versions, read them as of any time.

use super::{Error, NewBar, NewStock, finding, stock};
use crate::{
    Knowledge, Window,
    insert::insert_all,
    page::{self, Page, PageRequest},
    source::drop_unreal,
};
use chrono::{DateTime, Utc};
pub use entity::market::price_bar::Model as Row;
use entity::{
    SourceKind,
    market::{
        price_bar::{BarInterval, Column, Entity, Model},
        stock::StockKind,
    },
};
use platform::{Platform, calendar::Calendar};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, IntoActiveModel as _, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Bars loaded at a time: more symbols than that are read in several statements.
const ROWS_PER_KEY_LIST: usize = 1000;

/// What became of a batch of bars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub added: usize,
    /// Bars that the source says differently now; the old version stays readable.
    pub revised: usize,
    pub unchanged: usize,
}

/// Stores `bars` in one transaction and makes their stocks if they are unknown.
///
/// Twice equals once. A real bar takes the place of a simulated one as if that had never been; never the reverse.
pub async fn store(
    platform: &Platform,
    bars: &[NewBar],
    source: SourceKind,
    knowledge: Knowledge,
) -> Result<Stored, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let ids = stock_ids(&txn, now, bars).await?;
    lock(&txn, ids.values().copied()).await?;
    let known = current(&txn, bars, &ids).await?;
    let repaired = finding::repaired(&txn, &known).await?;
    let sorted = sort(bars, &ids, (&known, &repaired), (source, knowledge, now));
    supersede(&txn, &sorted.replaced, now).await?;
    erase(&txn, &sorted.unreal).await?;
    let rows = sorted.rows.into_iter().map(|row| row.into_active_model().reset_all());
    insert_all(&txn, rows.collect(), None).await?;
    txn.commit().await?;
    Ok(sorted.stored)
}

/// What is to be done with a batch.
#[derive(Default)]
struct Sorted {
    rows: Vec<Model>,
    replaced: Vec<(Uuid, DateTime<Utc>)>,
    unreal: Vec<(Uuid, DateTime<Utc>)>,
    stored: Stored,
}

pub(super) type Known = HashMap<(Uuid, DateTime<Utc>), Model>;

fn sort(
    bars: &[NewBar],
    ids: &HashMap<String, Uuid>,
    (known, repaired): (&Known, &Known),
    (source, knowledge, now): (SourceKind, Knowledge, DateTime<Utc>),
) -> Sorted {
    let calendar = Calendar::new_york();
    let mut sorted = Sorted { rows: Vec::with_capacity(bars.len()), ..Sorted::default() };
    let mut seen = rustc_hash::FxHashSet::with_capacity_and_hasher(bars.len(), rustc_hash::FxBuildHasher);
    for bar in bars {
        let key = (ids[bar.symbol.as_str()], bar.time());
        if !seen.insert(key) {
            sorted.stored.unchanged += 1;
            continue;
        }
        let public = knowledge.since(bar.closed_at(calendar), now);
        match known.get(&key) {
            None => {
                sorted.stored.added += 1;
                sorted.rows.push(row(bar, key, source, public));
            }
            Some(old) if old.source == SourceKind::Simulated && source != SourceKind::Simulated => {
                sorted.stored.added += 1;
                sorted.unreal.push(key);
                sorted.rows.push(row(bar, key, source, public));
            }
            Some(old) if same(old, bar) || source == SourceKind::Simulated => sorted.stored.unchanged += 1,
            // A source that goes on saying what was repaired says nothing new.
            Some(_) if repaired.get(&key).is_some_and(|old| same(old, bar)) => sorted.stored.unchanged += 1,
            Some(_) => {
                sorted.stored.revised += 1;
                sorted.replaced.push(key);
                sorted.rows.push(row(bar, key, source, now));
            }
        }
    }
    sorted
}

fn row(bar: &NewBar, key: (Uuid, DateTime<Utc>), source: SourceKind, known_at: DateTime<Utc>) -> Model {
    Model {
        stock_id: key.0,
        interval: BarInterval::Day,
        time: key.1,
        known_at,
        superseded_at: None,
        open: bar.open,
        high: bar.high,
        low: bar.low,
        close: bar.close,
        adjusted_close: bar.adjusted_close,
        volume: bar.volume,
        source,
    }
}

/// A source that does not adjust doesn't contradict what was adjusted here.
fn same(old: &Model, new: &NewBar) -> bool {
    (old.open, old.high, old.low, old.close) == (new.open, new.high, new.low, new.close)
        && (new.adjusted_close.is_none() || old.adjusted_close == new.adjusted_close)
        && old.volume == new.volume
}

/// The ids of the bars' stocks; unknown ones are added.
async fn stock_ids(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    bars: &[NewBar],
) -> Result<HashMap<String, Uuid>, Error> {
    let symbols: BTreeSet<_> = bars.iter().map(|bar| &bar.symbol).collect();
    let ids = stock::ids_by_symbol(txn).await?;
    let unknown = symbols.iter().filter(|symbol| !ids.contains_key(symbol.as_str()));
    let unknown: Vec<NewStock> = unknown.map(|symbol| nameless((*symbol).clone())).collect();
    if !unknown.is_empty() {
        stock::store_in(txn, now, &unknown).await?;
    }
    let ids = if unknown.is_empty() { ids } else { stock::ids_by_symbol(txn).await? };
    Ok(ids.into_iter().filter(|(symbol, _)| symbols.iter().any(|wanted| wanted.as_str() == symbol)).collect())
}

fn nameless(symbol: super::Symbol) -> NewStock {
    NewStock { symbol, exchange: None, name: None, kind: StockKind::Equity, sector: None, industry: None }
}

/// Lets one writer at a time work on a stock's bars; SQLite has only one anyway.
pub(super) async fn lock(
    txn: &DatabaseTransaction,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<(), DbErr> {
    if txn.get_database_backend() == DbBackend::Postgres {
        let select = entity::market::stock::Entity::find()
            .filter(entity::market::stock::Column::Id.is_in(ids))
            // Always in the same order, or two writers could wait for each other.
            .order_by_asc(entity::market::stock::Column::Id)
            .lock_exclusive();
        select.all(txn).await?;
    }
    Ok(())
}

/// The current versions of the bars in the span of `bars`.
async fn current(
    txn: &DatabaseTransaction,
    bars: &[NewBar],
    ids: &HashMap<String, Uuid>,
) -> Result<Known, DbErr> {
    let (Some(first), Some(last)) =
        (bars.iter().map(NewBar::time).min(), bars.iter().map(NewBar::time).max())
    else {
        return Ok(Known::new());
    };
    let rows = Entity::find()
        .filter(Column::StockId.is_in(ids.values().copied()))
        .filter(Column::Interval.eq(BarInterval::Day))
        .filter(Column::Time.between(first, last))
        .filter(Column::SupersededAt.is_null())
        .all(txn)
        .await?;
    Ok(rows.into_iter().map(|row| ((row.stock_id, row.time), row)).collect())
}

fn keys(keys: &[(Uuid, DateTime<Utc>)]) -> Condition {
    let columns = Expr::tuple([Expr::col(Column::StockId), Expr::col(Column::Time)]);
    Condition::all()
        .add(columns.in_tuples(keys.iter().copied()))
        .add(Column::Interval.eq(BarInterval::Day))
        .add(Column::SupersededAt.is_null())
}

pub(super) async fn supersede(
    txn: &DatabaseTransaction,
    replaced: &[(Uuid, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for chunk in replaced.chunks(ROWS_PER_KEY_LIST) {
        let now: SimpleExpr = Expr::val(now);
        Entity::update_many().col_expr(Column::SupersededAt, now).filter(keys(chunk)).exec(txn).await?;
    }
    Ok(())
}

async fn erase(txn: &DatabaseTransaction, unreal: &[(Uuid, DateTime<Utc>)]) -> Result<(), DbErr> {
    for chunk in unreal.chunks(ROWS_PER_KEY_LIST) {
        Entity::delete_many().filter(keys(chunk)).exec(txn).await?;
    }
    Ok(())
}

/// What becomes of bars that are under quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quarantine {
    LeftOut,
    Included,
}

fn within(stock: Uuid, window: &Window, quarantine: Quarantine) -> Select<Entity> {
    Entity::find().filter(Column::StockId.eq(stock)).filter(known(window, quarantine))
}

fn known(window: &Window, quarantine: Quarantine) -> Condition {
    let leave_out = quarantine == Quarantine::LeftOut;
    window
        .contains(Column::Time, Column::KnownAt)
        .add(Column::Interval.eq(BarInterval::Day))
        .add(Condition::any().add(Column::SupersededAt.is_null()).add(Column::SupersededAt.gt(window.as_of)))
        .add_option(leave_out.then(|| finding::is_not_withheld(window.as_of)))
}

/// One page of bars per stock, oldest first, in one statement.
pub async fn history(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    (window, quarantine): (&Window, Quarantine),
    page: &PageRequest<(DateTime<Utc>,)>,
) -> Result<HashMap<Uuid, Page<Model>>, Error> {
    let select = |stock: &Uuid| page.apply(within(*stock, window, quarantine), &[Column::Time], &Order::Asc);
    Ok(page::of_each(db, page, stocks, select, |row| row.stock_id).await?)
}

/// How many bars each stock has in the window.
pub async fn counts(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
    quarantine: Quarantine,
) -> Result<HashMap<Uuid, i64>, Error> {
    let bars = Entity::find().filter(Column::StockId.is_in(stocks.iter().copied()));
    Ok(page::counts(db, bars.filter(known(window, quarantine)), Column::StockId).await?)
}

/// Stock, time, known since, open, close, adjusted close, volume, source.
type Traded = (
    Uuid,
    DateTime<Utc>,
    DateTime<Utc>,
    Option<entity::Amount>,
    entity::Amount,
    Option<entity::Amount>,
    Option<i64>,
    SourceKind,
);

/// A day's prices and volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjusted {
    pub time: DateTime<Utc>,
    /// When this version of the bar became known.
    pub known_at: DateTime<Utc>,
    /// The open, adjusted as the close is.
    pub open: Option<f64>,
    /// The close, adjusted for splits and dividends where the source says so.
    pub price: entity::Amount,
    pub volume: Option<i64>,
    pub source: SourceKind,
}

/// The bars of each stock in the window, oldest first, in one statement; of a stock with real ones no simulated ones, and
/// none under quarantine.
pub async fn adjusted(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
) -> Result<HashMap<Uuid, Vec<Adjusted>>, Error> {
    let columns = [
        Column::StockId,
        Column::Time,
        Column::KnownAt,
        Column::Open,
        Column::Close,
        Column::AdjustedClose,
        Column::Volume,
        Column::Source,
    ];
    let mut rows: Vec<Traded> = Entity::find()
        .select_only()
        .columns(columns)
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(known(window, Quarantine::LeftOut))
        .order_by_asc(Column::Time)
        .into_tuple()
        .all(db)
        .await?;
    drop_unreal(&mut rows, |(stock, .., source)| (*stock, *source));
    let mut bars: HashMap<Uuid, Vec<Adjusted>> = HashMap::new();
    for (stock, time, known_at, open, close, adjusted, volume, source) in rows {
        let price = adjusted.unwrap_or(close);
        let open = open.map(|open| open.to_f64() * price.to_f64() / close.to_f64());
        bars.entry(stock).or_default().push(Adjusted { time, known_at, open, price, volume, source });
    }
    Ok(bars)
}

/// One close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    pub time: DateTime<Utc>,
    /// Adjusted for splits and dividends where the source says so.
    pub price: entity::Amount,
    pub source: SourceKind,
}

/// The closes of each stock, as of [`adjusted`].
pub async fn closes(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
) -> Result<HashMap<Uuid, Vec<Close>>, Error> {
    let close = |bar: Adjusted| Close { time: bar.time, price: bar.price, source: bar.source };
    let bars = adjusted(db, stocks, window).await?.into_iter();
    Ok(bars.map(|(stock, bars)| (stock, bars.into_iter().map(close).collect())).collect())
}

/// The time of the newest bar of any stock, from `source`.
pub async fn newest(db: &impl ConnectionTrait, source: SourceKind) -> Result<Option<DateTime<Utc>>, Error> {
    let newest: Option<Option<DateTime<Utc>>> = Entity::find()
        .select_only()
        .column_as(Column::Time.max(), "newest")
        .filter(Column::Source.eq(source))
        .into_tuple()
        .one(db)
        .await?;
    Ok(newest.flatten())
}

/// The time of the newest real bar of each of `stocks`, by stock and source, in one statement.
pub async fn newest_real(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
) -> Result<HashMap<Uuid, (DateTime<Utc>, SourceKind)>, Error> {
    let rows: Vec<(Uuid, SourceKind, DateTime<Utc>)> = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Source])
        .column_as(Column::Time.max(), "newest")
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::Source.ne(SourceKind::Simulated))
        .group_by(Column::StockId)
        .group_by(Column::Source)
        .into_tuple()
        .all(db)
        .await?;
    let mut newest: HashMap<Uuid, (DateTime<Utc>, SourceKind)> = HashMap::new();
    for (stock, source, time) in rows {
        let known = newest.entry(stock).or_insert((time, source));
        *known = (*known).max((time, source));
    }
    Ok(newest)
}
