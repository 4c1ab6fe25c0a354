//! Predictions are chained by their hashes when they are made, and judged later: nobody can tell afterwards that another
//! one was meant.

use super::{
    Error, FeatureSet, History, PredictionMade, Snapshot,
    model::Row as ModelRow,
    prediction::{EDGE, Role, Row},
};
pub use crate::chain::Verdict;
use crate::{
    chain::{self, Chain, Chained, End},
    event,
    insert::insert_all,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    Amount,
    forecast::{
        prediction::{Column, Entity, Risk, Signal},
        prediction_post,
    },
};
use ml::forecast::Forecast;
use platform::{Platform, calendar::Calendar, database::Database};
use quant::{interval::Interval, performance::TRADING_DAYS};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const CHAIN: Chain = Chain { head: "scoreboard_head" };
/// Rows that are checked at a time.
const BATCH: u64 = 1000;
/// Features that are told of a prediction.
const MOST_CONTRIBUTIONS: usize = 10;
/// How many sessions back a post counts among those behind a prediction: as far as the trend of the sentiment looks.
const INFLUENCE_SESSIONS: usize = 5;
/// Yearly volatility from which the risk is no longer low, and from which it is high.
const RISKS: [f64; 2] = [0.2, 0.4];

/// What a model said of a stock, before it is on record.
pub(super) struct Said {
    pub stock: Uuid,
    pub snapshot: Snapshot,
    pub forecast: Forecast,
}

/// Puts predictions on record, in order; of those that are there already, gives the first.
pub(super) async fn commit(
    platform: &Platform,
    (model, role): (&ModelRow, Role),
    said: &[Said],
) -> Result<Vec<Row>, Error> {
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let txn = platform.db.begin().await?;
    // The head first: who waits here finds what the one before wrote.
    let mut end = CHAIN.lock(&txn).await?;
    let is_shadow = role == Role::Shadow;
    let mut known = known(&txn, (model, role), said).await?;
    let now = platform.clock.now();
    let (mut rows, mut links) = (Vec::new(), Vec::new());
    for one in said.iter().filter(|one| !known.contains_key(&(one.stock, one.snapshot.row.id))) {
        let Some(mut row) = row(model, one, now) else { continue };
        (row.is_shadow, row.sequence, row.previous_hash) = (is_shadow, end.sequence + 1, end.hash);
        row.hash = row.digest();
        end = End { sequence: row.sequence, hash: row.hash.clone() };
        links.extend(influences(&row, one.snapshot.histories.first()));
        rows.push(row);
    }
    CHAIN.finish(&txn, end).await?;
    insert_all(&txn, rows.iter().map(|row| row.clone().into_active_model().reset_all()).collect(), None)
        .await?;
    insert_all(&txn, links, None).await?;
    let events: Vec<_> = rows.iter().filter(|row| !row.is_shadow).map(made).collect();
    let appended = event::append(&txn, &platform.clock, &events).await?;
    txn.commit().await?;
    appended.announce(platform.bus.as_ref()).await;
    known.extend(rows.into_iter().map(|row| ((row.stock_id, row.snapshot_id), row)));
    Ok(known.into_values().collect())
}

fn made(row: &Row) -> PredictionMade {
    PredictionMade { prediction: row.id, symbol: row.symbol.clone() }
}

/// What the model said before of the same stocks and snapshots.
async fn known(
    txn: &DatabaseTransaction,
    (model, role): (&ModelRow, Role),
    said: &[Said],
) -> Result<HashMap<(Uuid, Uuid), Row>, Error> {
    let rows = Entity::find()
        .filter(Column::StockId.is_in(said.iter().map(|one| one.stock)))
        .filter(Column::ModelId.eq(model.id))
        .filter(Column::IsShadow.eq(role == Role::Shadow))
        .filter(Column::SnapshotId.is_in(said.iter().map(|one| one.snapshot.row.id)))
        .all(txn)
        .await?;
    Ok(rows.into_iter().map(|row| ((row.stock_id, row.snapshot_id), row)).collect())
}

/// The row of a prediction, without its place in the chain; `None` if a price is beyond what can be stored.
fn row(model: &ModelRow, said: &Said, now: DateTime<Utc>) -> Option<Row> {
    let (history, forecast) = (said.snapshot.histories.first()?, &said.forecast);
    let (day, base) = (*history.days.last()?, history.values.last()?.close);
    // More digits would only pretend to be known.
    let price = |change: f64| Amount::from_f64((base * (1.0 + change) * 1e4).round().max(0.0) / 1e4);
    let Interval { low: low_95, high: high_95 } = forecast.interval_95;
    let Interval { low: low_99, high: high_99 } = forecast.interval_99;
    Some(Row {
        id: Uuid::now_v7(),
        sequence: 0,
        stock_id: said.stock,
        symbol: history.symbol.clone(),
        model_id: model.id,
        horizon: model.horizon,
        snapshot_id: said.snapshot.row.id,
        is_shadow: false,
        is_simulated: history.is_simulated,
        day,
        target_day: target(day, model.horizon),
        base_price: Amount::from_f64(base)?,
        price: price(forecast.median)?,
        low_95: price(low_95)?,
        high_95: price(high_95)?,
        low_99: price(low_99)?,
        high_99: price(high_99)?,
        quantiles: serde_json::to_string(&forecast.quantiles).ok()?,
        probability_up: forecast.probability_up,
        volatility: forecast.volatility,
        signal: signal(forecast),
        risk: risk(forecast.volatility, model.horizon),
        contributions: contributions(said.snapshot.features, &forecast.contributions),
        known_at: now,
        previous_hash: String::new(),
        hash: String::new(),
        actual_price: None,
        judged_at: None,
    })
}

/// The session so many after `day`.
pub(super) fn target(day: NaiveDate, horizon: i32) -> NaiveDate {
    let calendar = Calendar::new_york();
    let next = |day: NaiveDate| calendar.next_session(day.succ_opt().unwrap_or(day)).day;
    (0..horizon).fold(day, |day, _| next(day))
}

/// A side is worth a trade if the median is on it, and its probability is at least 55 %.
fn signal(forecast: &Forecast) -> Signal {
    if forecast.probability_up >= EDGE && forecast.median > 0.0 {
        Signal::Buy
    } else if forecast.probability_up <= 1.0 - EDGE && forecast.median < 0.0 {
        Signal::Sell
    } else {
        Signal::Hold
    }
}

/// By the expected volatility of a year: below 20 % it is low, from 40 % on it is high.
fn risk(volatility: f64, horizon: i32) -> Risk {
    let yearly = volatility * (TRADING_DAYS / f64::from(horizon)).sqrt();
    match RISKS.iter().filter(|limit| yearly >= **limit).count() {
        0 => Risk::Low,
        1 => Risk::Medium,
        _ => Risk::High,
    }
}

/// The features that did most, as JSON.
fn contributions(features: FeatureSet, values: &[f32]) -> String {
    let mut all: Vec<(&str, f32)> = features.names().zip(values.iter().copied()).collect();
    all.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
    all.truncate(MOST_CONTRIBUTIONS);
    all.retain(|(_, value)| *value != 0.0);
    serde_json::to_string(&all).unwrap_or_default()
}

/// The posts behind a prediction: each day of the last five that has any counts the same, and so does each of its posts.
fn influences(row: &Row, history: Option<&History>) -> Vec<prediction_post::ActiveModel> {
    let Some(history) = history else { return Vec::new() };
    let first =
        history.days.get(history.days.len().saturating_sub(INFLUENCE_SESSIONS)..).and_then(<[_]>::first);
    let mut days: BTreeMap<NaiveDate, Vec<Uuid>> = BTreeMap::new();
    for mood in history.moods.iter().filter(|mood| first.is_some_and(|first| mood.day >= *first)) {
        days.entry(mood.day).or_default().push(mood.post);
    }
    let mut weights: BTreeMap<Uuid, f64> = BTreeMap::new();
    for posts in days.values() {
        for post in posts {
            *weights.entry(*post).or_default() += 1.0 / (days.len() * posts.len()) as f64;
        }
    }
    let link = |(post, weight)| prediction_post::ActiveModel {
        prediction_id: Set(row.id),
        post_id: Set(post),
        weight: Set(weight),
    };
    weights.into_iter().map(link).collect()
}

impl Chained for Row {
    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn previous_hash(&self) -> &str {
        &self.previous_hash
    }

    fn hash(&self) -> &str {
        &self.hash
    }

    fn digest(&self) -> String {
        chain::digest(&json!([
            self.sequence,
            self.id,
            self.stock_id,
            self.symbol,
            self.model_id,
            self.horizon,
            self.snapshot_id,
            self.is_shadow,
            self.is_simulated,
            self.day,
            self.target_day,
            [self.base_price, self.price, self.low_95, self.high_95, self.low_99, self.high_99],
            self.quantiles,
            self.probability_up.to_bits(),
            self.volatility.to_bits(),
            self.signal.to_value(),
            self.risk.to_value(),
            self.contributions,
            self.known_at.timestamp_micros(),
            self.previous_hash,
        ]))
    }
}

/// Checks every prediction and the head, as they are at one moment: what is written meanwhile is no break.
pub async fn verify(db: &Database) -> Result<Verdict, Error> {
    let page = async |txn: &DatabaseTransaction, after| {
        let rows = Entity::find().filter(Column::Sequence.gt(after)).order_by_asc(Column::Sequence);
        rows.limit(BATCH).all(txn).await
    };
    Ok(CHAIN.verify(db, page).await?)
}
