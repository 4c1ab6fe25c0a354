//! Splits and dividends: store what sources say, list what was known.

use super::Error;
use crate::{Knowledge, insert::insert_all};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
pub use entity::market::corporate_action::{ActionKind as Kind, Model as Row};
use entity::{
    Amount, SourceKind,
    market::corporate_action::{Column, Entity, Model},
};
use platform::Platform;
use quant::adjustment::Action;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a source says of a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAction {
    pub stock: Uuid,
    /// The first session without the right.
    pub ex_date: NaiveDate,
    pub terms: Terms,
}

/// What a holder gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    Split {
        new: Amount,
        old: Amount,
    },
    /// All cash of the day, for each share as it is then.
    Dividend {
        cash: Amount,
    },
}

/// Stores actions; what a source says differently becomes a new version, and twice equals once.
///
/// Returns how many were new or different. The next check of prices brings the adjusted closes up to them, in whichever
/// order actions and bars came.
pub async fn store(
    platform: &Platform,
    actions: &[NewAction],
    source: SourceKind,
    knowledge: Knowledge,
) -> Result<usize, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let mut stored = 0;
    for action in actions {
        let known_at = knowledge.since(midnight(action.ex_date), now);
        stored += usize::from(store_in(&txn, (now, known_at), action, source).await?);
    }
    txn.commit().await?;
    Ok(stored)
}

pub(super) async fn store_in(
    txn: &DatabaseTransaction,
    (now, known_at): (DateTime<Utc>, DateTime<Utc>),
    action: &NewAction,
    source: SourceKind,
) -> Result<bool, Error> {
    action.terms.check()?;
    let fresh = row(action, source, known_at);
    let same = Condition::all()
        .add(Column::StockId.eq(action.stock))
        .add(Column::ExDate.eq(fresh.ex_date))
        .add(Column::Kind.eq(fresh.kind))
        .add(Column::Source.eq(source))
        .add(Column::SupersededAt.is_null());
    let old = Entity::find().filter(same.clone()).one(txn).await?;
    let terms = |row: &Model| (row.new_shares, row.old_shares, row.cash);
    if old.as_ref().is_some_and(|old| terms(old) == terms(&fresh)) {
        return Ok(false);
    }
    let fresh = if old.is_some() { Model { known_at: now, ..fresh } } else { fresh };
    Entity::update_many().col_expr(Column::SupersededAt, Expr::val(now)).filter(same).exec(txn).await?;
    insert_all(txn, vec![fresh.into_active_model().reset_all()], None).await?;
    Ok(true)
}

/// The actions of stocks as they were known at `as_of`, by ex-date; of several sources a real one, and then the first.
pub async fn list(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    as_of: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<Row>>, Error> {
    let is_current = Condition::any().add(Column::SupersededAt.is_null()).add(Column::SupersededAt.gt(as_of));
    let rows = Entity::find()
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::KnownAt.lte(as_of))
        .filter(is_current)
        .order_by_asc(Column::KnownAt)
        .all(db)
        .await?;
    let mut best: BTreeMap<_, Row> = BTreeMap::new();
    for row in rows {
        let key = (row.stock_id, row.ex_date, row.kind);
        let is_real = row.source != SourceKind::Simulated;
        if best.get(&key).is_none_or(|known| is_real && known.source == SourceKind::Simulated) {
            best.insert(key, row);
        }
    }
    let mut lists: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in best.into_values() {
        lists.entry(row.stock_id).or_default().push(row);
    }
    Ok(lists)
}

/// Those of one stock, as the maths take them.
pub(super) async fn of_stock(
    db: &impl ConnectionTrait,
    stock: Uuid,
    as_of: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, Action)>, Error> {
    let lists = list(db, &[stock], as_of).await?;
    Ok(lists.get(&stock).map(|rows| terms(rows)).unwrap_or_default())
}

/// As the maths take them.
pub(super) fn terms(rows: &[Row]) -> Vec<(NaiveDate, Action)> {
    let action = |row: &Row| match (row.new_shares, row.old_shares, row.cash) {
        (Some(new), Some(old), _) => Some(Action::Split { new: new.to_f64(), old: old.to_f64() }),
        (_, _, Some(cash)) => Some(Action::Dividend { cash: cash.to_f64() }),
        _ => None,
    };
    rows.iter().filter_map(|row| Some((row.ex_date.date_naive(), action(row)?))).collect()
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn row(action: &NewAction, source: SourceKind, known_at: DateTime<Utc>) -> Model {
    let (kind, new_shares, old_shares, cash) = match action.terms {
        Terms::Split { new, old } => (Kind::Split, Some(new), Some(old), None),
        Terms::Dividend { cash } => (Kind::Dividend, None, None, Some(cash)),
    };
    Model {
        stock_id: action.stock,
        ex_date: midnight(action.ex_date),
        kind,
        source,
        known_at,
        superseded_at: None,
        new_shares,
        old_shares,
        cash,
    }
}

impl Terms {
    fn check(self) -> Result<(), Error> {
        let amounts = match self {
            Self::Split { new, old } => vec![new, old],
            Self::Dividend { cash } => vec![cash],
        };
        if amounts.iter().all(|amount| amount.units() > 0) { Ok(()) } else { Err(Error::BadAction) }
    }
}
