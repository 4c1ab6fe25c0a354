//! Compares predictions with what came, and has intervals ask for more where they missed.

use super::{
    Error, model,
    prediction::{self, Row, outcome},
};
use crate::{Amount, Window, market::price};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::forecast::{
    forecast_model,
    prediction::{Column, Entity},
};
use platform::{Platform, calendar::Calendar};
use quant::interval::AdaptiveCoverage;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Predictions that are judged at a time.
const BATCH: u64 = 1000;

/// Closes by stock and day.
type Closes = HashMap<Uuid, BTreeMap<NaiveDate, f64>>;

/// Judges all predictions whose day has closed and has a bar by now; how many.
///
/// The actual price is what the base price became: both closes are taken as adjusted now, so that no split or dividend
/// looks like a loss.
pub async fn judge(platform: &Platform) -> Result<usize, Error> {
    let now = platform.clock.now();
    let closed = Calendar::new_york().last_closed_session(now).day;
    let (mut judged, mut after) = (0, 0);
    loop {
        let db = platform.db.connection();
        let rows = prediction::open(db, closed, BATCH, after).await?;
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
        let txn = platform.db.begin().await?;
        let fresh = store(&txn, told, now).await?;
        learn(&txn, &fresh).await?;
        txn.commit().await?;
        judged += fresh.len();
    }
}

async fn closes(db: &impl ConnectionTrait, rows: &[Row], now: DateTime<Utc>) -> Result<Closes, Error> {
    let stocks: HashSet<Uuid> = rows.iter().map(|row| row.stock_id).collect();
    let first = rows.iter().map(|row| row.day).min().unwrap_or_default();
    let after = first.and_time(NaiveTime::MIN).and_utc() - TimeDelta::milliseconds(1);
    let window = Window { after: Some(after), as_of: now };
    let found = price::closes(db, &stocks.into_iter().collect::<Vec<_>>(), &window).await?;
    let by_day = |closes: Vec<price::Close>| {
        closes.into_iter().map(|close| (close.time.date_naive(), close.price.to_f64())).collect()
    };
    Ok(found.into_iter().map(|(stock, closes)| (stock, by_day(closes))).collect())
}

fn actual(closes: &Closes, row: &Row) -> Option<Amount> {
    let closes = closes.get(&row.stock_id)?;
    let (base, actual) = (closes.get(&row.day)?, closes.get(&row.target_day)?);
    Amount::from_f64(row.base_price.to_f64() * actual / base)
}

/// Stores what came; those that nobody else has judged meanwhile.
async fn store(txn: &DatabaseTransaction, told: Vec<Row>, now: DateTime<Utc>) -> Result<Vec<Row>, Error> {
    let mut fresh = Vec::with_capacity(told.len());
    for row in told {
        let judged = entity::forecast::prediction::ActiveModel {
            actual_price: Set(row.actual_price),
            judged_at: Set(Some(now)),
            ..Default::default()
        };
        let update = Entity::update_many().set(judged).filter(Column::Id.eq(row.id));
        if update.filter(Column::JudgedAt.is_null()).exec(txn).await?.rows_affected > 0 {
            fresh.push(row);
        }
    }
    Ok(fresh)
}

/// Adaptive conformal inference, a day at a time: the share of its stocks that were covered is what a day teaches.
async fn learn(txn: &DatabaseTransaction, judged: &[Row]) -> Result<(), Error> {
    let models: HashSet<Uuid> = judged.iter().map(|row| row.model_id).collect();
    for row in model::by_ids(txn, models.into_iter().collect()).await? {
        let mut days: BTreeMap<NaiveDate, Vec<&Row>> = BTreeMap::new();
        for prediction in judged.iter().filter(|prediction| prediction.model_id == row.id) {
            days.entry(prediction.target_day).or_default().push(prediction);
        }
        let (mut asked_95, mut asked_99) = (row.asked_95, row.asked_99);
        for rows in days.values() {
            let share = |is_within: fn(&prediction::Outcome) -> bool| {
                let covered = rows.iter().filter_map(|row| outcome(row)).filter(is_within).count();
                covered as f64 / rows.len() as f64
            };
            asked_95 += AdaptiveCoverage::RATE * (0.95 - share(|outcome| outcome.is_within_95));
            asked_99 += AdaptiveCoverage::RATE * (0.99 - share(|outcome| outcome.is_within_99));
        }
        let asked = forecast_model::ActiveModel {
            asked_95: Set(asked_95.clamp(0.5, 0.9999)),
            asked_99: Set(asked_99.clamp(0.5, 0.9999)),
            ..Default::default()
        };
        let update = forecast_model::Entity::update_many().set(asked);
        update.filter(forecast_model::Column::Id.eq(row.id)).exec(txn).await?;
    }
    Ok(())
}
