//! What models lost on the days that they were tested on: two of them are compared on the same days and stocks.

use super::{
    Error,
    model::Row as ModelRow,
    snapshot::{self, Row as SnapshotRow},
};
use crate::insert::insert_all;
use chrono::NaiveDate;
use entity::forecast::forecast_loss::{ActiveModel, Column, Entity};
use ml::forecast::Test;
pub use quant::score::Comparison;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _,
    QueryFilter as _, QueryOrder as _,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Fewer days tell nothing.
const LEAST_DAYS: usize = 30;

/// Two models on the same days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rivalry {
    pub days: usize,
    pub comparison: Comparison,
}

/// Keeps what a model lost, day by day.
pub(super) async fn insert(txn: &DatabaseTransaction, model: Uuid, tests: &[Test]) -> Result<(), DbErr> {
    let mut days: BTreeMap<i32, (f64, i32)> = BTreeMap::new();
    for test in tests {
        let (sum, count) = days.entry(test.day).or_default();
        (*sum, *count) = (*sum + test.pinball, *count + 1);
    }
    let row = |(day, (sum, count)): (i32, (f64, i32))| {
        Some(ActiveModel {
            model_id: Set(model),
            day: Set(NaiveDate::from_num_days_from_ce_opt(day)?),
            loss: Set(sum / f64::from(count)),
            stock_count: Set(count),
        })
    };
    insert_all(txn, days.into_iter().filter_map(row).collect(), None).await
}

/// Holds the first model against the second by the test of Diebold and Mariano; `None` where they were not tested on the
/// same stocks, or on too few of the same days.
pub async fn compare(
    db: &impl ConnectionTrait,
    one: &ModelRow,
    other: &ModelRow,
) -> Result<Option<Rivalry>, Error> {
    if one.horizon != other.horizon || !have_same_stocks(db, one, other).await? {
        return Ok(None);
    }
    let rows = Entity::find().filter(Column::ModelId.is_in([one.id, other.id])).order_by_asc(Column::Day);
    let mut days: BTreeMap<NaiveDate, [Option<(f64, i32)>; 2]> = BTreeMap::new();
    for row in rows.all(db).await? {
        let whose = usize::from(row.model_id == other.id);
        days.entry(row.day).or_default()[whose] = Some((row.loss, row.stock_count));
    }
    // On a day on which one was silent about a stock, the means are of different stocks.
    let both = |losses: &[Option<(f64, i32)>; 2]| {
        let [(one, count), (other, same)] = [losses[0]?, losses[1]?];
        (count == same).then_some((one, other))
    };
    let losses: Vec<(f64, f64)> = days.values().filter_map(both).collect();
    let horizon = usize::try_from(one.horizon).unwrap_or_default();
    let comparison = quant::score::diebold_mariano(&losses, horizon).filter(|_| losses.len() >= LEAST_DAYS);
    Ok(comparison.map(|comparison| Rivalry { days: losses.len(), comparison }))
}

async fn have_same_stocks(
    db: &impl ConnectionTrait,
    one: &ModelRow,
    other: &ModelRow,
) -> Result<bool, Error> {
    let rows = snapshot::by_ids(db, vec![one.snapshot_id, other.snapshot_id]).await?;
    let symbols = |row: &SnapshotRow| snapshot::symbols(row);
    Ok(rows.windows(2).all(|pair| symbols(&pair[0]) == symbols(&pair[1])))
}
