//! Compares predictions with what came.

use super::{
    Error, model,
    prediction::{self, Row},
};
use crate::{Amount, SourceKind, Window, market::price};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::forecast::prediction::{Column, Entity};
use platform::{Platform, calendar::Calendar};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Predictions that are judged at a time.
const BATCH: u64 = 1000;

/// Closes by stock and day, and whether they are those of the simulated market.
type Closes = HashMap<Uuid, (BTreeMap<NaiveDate, f64>, bool)>;

/// Judges all predictions whose day has closed and has a bar by now; how many.
///
/// The actual price is what the base price became: both closes are taken as adjusted now, so that no split or dividend
/// looks like a loss.
pub async fn judge(platform: &Platform) -> Result<usize, Error> {
    let now = platform.clock.now();
    let today = Calendar::new_york().last_closed_session(now).day;
    let (mut judged, mut after) = (0, 0);
    loop {
        let db = platform.db.connection();
        let rows = prediction::open(db, today, BATCH, after).await?;
        let Some(last) = rows.last() else { return Ok(judged) };
        after = last.sequence;
        let closes = closes(db, &rows, now).await?;
        let told: Vec<Row> = rows
            .into_iter()
            .filter_map(|row| Some(Row { actual_price: Some(actual(&closes, &row)?), ..row }))
            .collect();
        if told.is_empty() {
            continue;
        }
        let models: BTreeSet<Uuid> = told.iter().map(|row| row.model_id).collect();
        let txn = platform.db.begin().await?;
        judged += store(&txn, told, now).await?;
        txn.commit().await?;
        model::announce(platform.bus.as_ref(), models).await;
    }
}

async fn closes(db: &impl ConnectionTrait, rows: &[Row], now: DateTime<Utc>) -> Result<Closes, Error> {
    let stocks: HashSet<Uuid> = rows.iter().map(|row| row.stock_id).collect();
    let first = rows.iter().map(|row| row.day).min().unwrap_or_default();
    let after = first.and_time(NaiveTime::MIN).and_utc() - TimeDelta::milliseconds(1);
    let window = Window { after: Some(after), as_of: now };
    let found = price::closes(db, &stocks.into_iter().collect::<Vec<_>>(), &window).await?;
    let by_day = |closes: Vec<price::Close>| {
        let is_simulated = closes.iter().any(|close| close.source == SourceKind::Simulated);
        (
            closes.into_iter().map(|close| (close.time.date_naive(), close.price.to_f64())).collect(),
            is_simulated,
        )
    };
    Ok(found.into_iter().map(|(stock, closes)| (stock, by_day(closes))).collect())
}

fn actual(closes: &Closes, row: &Row) -> Option<Amount> {
    let (closes, is_simulated) = closes.get(&row.stock_id)?;
    // The real market owes nothing to the simulated one.
    if row.is_simulated && !is_simulated {
        return None;
    }
    let (base, actual) = (closes.get(&row.day)?, closes.get(&row.target_day)?);
    Amount::from_f64(row.base_price.to_f64() * actual / base)
}

/// Stores what came; of how many that nobody else had judged meanwhile.
async fn store(txn: &DatabaseTransaction, told: Vec<Row>, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut fresh = 0;
    for row in told {
        let judged = entity::forecast::prediction::ActiveModel {
            actual_price: Set(row.actual_price),
            judged_at: Set(Some(now)),
            ..Default::default()
        };
        let update = Entity::update_many().set(judged).filter(Column::Id.eq(row.id));
        let judged = update.filter(Column::JudgedAt.is_null()).exec(txn).await?;
        fresh += usize::try_from(judged.rows_affected).unwrap_or_default();
    }
    Ok(fresh)
}
