//! What is wrong with bars: list it, and keep bars under quarantine out of reads.

use super::{Error, price::Known};
use crate::{
    page::{self, Page, PageRequest},
    window::any_of,
};
use chrono::{DateTime, Utc};
pub use entity::market::price_finding::{
    DecidedBy, FindingKind as Kind, FindingState as State, Model as Row,
};
use entity::market::{
    price_bar,
    price_finding::{Column, Entity},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait as _, Order,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const KEYS_PER_STATEMENT: usize = 500;

/// What would make a bar right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Proposal {
    /// Multiply the bar's prices and its volume.
    Scale { prices: f64, volume: f64 },
    /// Record a split with this ex-date, and adjust what was before.
    Split { new: f64, old: f64 },
}

/// The evidence of a finding: numbers by name.
pub type Evidence = BTreeMap<String, f64>;

/// Which findings are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub kinds: Vec<Kind>,
    pub states: Vec<State>,
}

/// One page of findings per stock, newest day first, in one statement.
pub async fn list(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    filter: &Filter,
    page: &PageRequest<(DateTime<Utc>, Uuid)>,
) -> Result<HashMap<Uuid, Page<Row>>, Error> {
    let select =
        |stock: &Uuid| page.apply(filtered(&[*stock], filter), &[Column::Time, Column::Id], &Order::Desc);
    Ok(page::of_each(db, page, stocks, select, |row| row.stock_id).await?)
}

/// How many findings of each stock pass `filter`.
pub async fn totals(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    filter: &Filter,
) -> Result<HashMap<Uuid, i64>, Error> {
    Ok(page::counts(db, filtered(stocks, filter), Column::StockId).await?)
}

/// How many findings each stock has, by kind and state.
pub async fn counts(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
) -> Result<HashMap<Uuid, BTreeMap<(Kind, State), i64>>, Error> {
    let rows: Vec<(Uuid, Kind, State, i64)> = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Kind, Column::State])
        .column_as(Column::Id.count(), "count")
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .group_by(Column::StockId)
        .group_by(Column::Kind)
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<Uuid, BTreeMap<(Kind, State), i64>> = HashMap::new();
    for (stock, kind, state, count) in rows {
        counts.entry(stock).or_default().insert((kind, state), count);
    }
    Ok(counts)
}

fn filtered(stocks: &[Uuid], filter: &Filter) -> Select<Entity> {
    let stocks = Column::StockId.is_in(stocks.iter().copied());
    let (kinds, states) = (any_of(Column::Kind, &filter.kinds), any_of(Column::State, &filter.states));
    Entity::find().filter(Condition::all().add(stocks).add(kinds).add(states))
}

/// The condition on `price_bar` that no undecided finding withheld that version at `as_of`.
pub(super) fn is_not_withheld(as_of: DateTime<Utc>) -> SimpleExpr {
    let same = |finding: Column, bar: price_bar::Column| {
        Expr::col((Entity, finding)).equals((price_bar::Entity, bar))
    };
    let undecided = Condition::any().add(Column::DecidedAt.is_null()).add(Column::DecidedAt.gt(as_of));
    let withheld = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(same(Column::StockId, price_bar::Column::StockId))
        .filter(same(Column::Time, price_bar::Column::Time))
        .filter(same(Column::BarKnownAt, price_bar::Column::KnownAt))
        .filter(Column::Withholds.eq(true))
        .filter(Column::KnownAt.lte(as_of))
        .filter(undecided);
    Expr::exists(withheld.into_query()).not()
}

/// The versions that repairs took the place of, of the current bars with these keys.
pub(super) async fn repaired(txn: &DatabaseTransaction, current: &Known) -> Result<Known, Error> {
    let (Some(first), Some(last)) =
        (current.keys().map(|key| key.1).min(), current.keys().map(|key| key.1).max())
    else {
        return Ok(Known::new());
    };
    let applied: Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)> = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Time, Column::BarKnownAt])
        .filter(Column::State.eq(State::Applied))
        .filter(Column::Time.between(first, last))
        .into_tuple()
        .all(txn)
        .await?;
    let applied: Vec<_> =
        applied.into_iter().filter(|(stock, time, _)| current.contains_key(&(*stock, *time))).collect();
    let mut repaired = Known::new();
    for some in applied.chunks(KEYS_PER_STATEMENT) {
        let key = [price_bar::Column::StockId, price_bar::Column::Time, price_bar::Column::KnownAt];
        let rows = price_bar::Entity::find()
            .filter(Expr::tuple(key.map(Expr::col)).in_tuples(some.iter().copied()))
            .filter(price_bar::Column::SupersededAt.is_not_null())
            .all(txn)
            .await?;
        repaired.extend(rows.into_iter().map(|row| ((row.stock_id, row.time), row)));
    }
    Ok(repaired)
}

/// The numbers behind a finding; none where the row has no such JSON.
pub fn evidence(row: &Row) -> Evidence {
    serde_json::from_str(&row.evidence).unwrap_or_default()
}

/// What the finding proposes.
pub fn proposal(row: &Row) -> Option<Proposal> {
    row.proposal.as_deref().and_then(|text| serde_json::from_str(text).ok())
}
