//! Whether a model still sees what it was trained on, and is still as right as it was.

use super::{
    DriftDetected, Error, Predictor, Snapshot, TrainModel, feature_set,
    live::{self, Live},
    model::{self, Row as ModelRow},
    snapshot::{self, Plan},
    training::series,
};
use crate::{
    event,
    page::{Page, PageRequest},
};
use chrono::{Days, NaiveDate};
pub use entity::forecast::drift_report::Model as Row;
use entity::forecast::drift_report::{Column, Entity};
use ml::forecast::{Forecaster, Series};
use platform::{Platform, calendar::Calendar};
use quant::score::{kolmogorov_smirnov, population_stability};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, Order,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Select,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// The sessions that are held against the training.
const SESSIONS: usize = 20;
/// The groups of the population stability index, and from where on a shift is large by custom.
const BINS: usize = 10;
const LARGE: f64 = 0.25;
/// How seldom luck may move a feature as far; shared among all features.
const LEVEL: f64 = 0.01;
/// By how much the accuracy may fall, and over how many days it is taken.
const FALL: f64 = 0.05;
const ACCURACY_DAYS: Days = Days::new(90);
/// The most values of a feature that are held against each other: more make the tests slower, and no wiser.
const MOST_VALUES: usize = 5000;

/// How far a feature has moved since the training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    pub feature: String,
    /// The population stability index; `None` of a feature that never changed in the training.
    pub stability_index: Option<f64>,
    /// The largest difference between the two distributions (Kolmogorov–Smirnov), 0…1.
    pub distance: f64,
    /// The probability of such a distance between samples of one distribution, as many as there are days: stocks move
    /// together, so that one more of them is no further evidence.
    pub p_value: f64,
    pub has_moved: bool,
}

/// What was found of each feature; none where the row has no such JSON.
pub fn shifts(row: &Row) -> Vec<Shift> {
    serde_json::from_str(&row.features).unwrap_or_default()
}

/// What was found, and whether it is drift that was not there the time before.
#[derive(Clone, Debug)]
pub struct Found {
    pub row: Row,
    pub is_news: bool,
}

/// Looks at a model, and puts on record what was found; `None` if that was done for the newest session already. When drift
/// begins, it is told of, and the model is trained `again`.
///
/// # Errors
/// `Expired` if the training data cannot be made again.
pub async fn check(
    platform: &Platform,
    predictor: &Predictor,
    model: &ModelRow,
    again: Option<&TrainModel>,
) -> Result<Option<Found>, Error> {
    let (db, now) = (platform.db.connection(), platform.clock.now());
    let last = Calendar::new_york().last_closed_session(now).day;
    let first = first_day(last);
    let before =
        Entity::find().filter(Column::ModelId.eq(model.id)).order_by_desc(Column::Id).one(db).await?;
    if before.as_ref().is_some_and(|before| before.last_day == last) {
        return Ok(None);
    }
    let forecaster = predictor.open(model).await?;
    let trained = snapshot::remake(db, model.snapshot_id).await?;
    let symbols = snapshot::symbols(&trained.row).iter().filter_map(|symbol| symbol.parse().ok()).collect();
    let features = feature_set(&model.feature_version)?;
    let since = first.checked_sub_days(snapshot::LOOK_BACK).unwrap_or(first);
    let plan = Plan { features, symbols, first: since, last, as_of: now };
    let lately = snapshot::build(platform, &plan).await?;
    let (shifts, row_count) = spawn_blocking(move || compare(&forecaster, &trained, &lately, first)).await?;
    let live = live::by_models(db, &[model.id], &live::Filter::since(last.checked_sub_days(ACCURACY_DAYS)))
        .await?
        .remove(&model.id);
    let (accuracy_before, accuracy_now, has_fallen) = accuracy(model, live.as_ref());
    let moved = shifts.iter().filter(|shift| shift.has_moved).count();
    let row = Row {
        id: Uuid::now_v7(),
        model_id: model.id,
        first_day: first,
        last_day: last,
        row_count,
        features: serde_json::to_string(&shifts).unwrap_or_default(),
        moved: i32::try_from(moved).unwrap_or(i32::MAX),
        accuracy_before,
        accuracy_now,
        is_drift: moved > 0 || has_fallen,
        known_at: now,
    };
    let is_news = row.is_drift && !before.is_some_and(|before| before.is_drift);
    let txn = platform.db.begin().await?;
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    let events = if is_news { vec![DriftDetected { report: row.id }] } else { Vec::new() };
    let appended = event::append(&txn, &platform.clock, &events).await?;
    let training = match again.filter(|_| is_news) {
        Some(job) => Some(jobs::enqueue(&txn, &platform.clock, job).await?),
        None => None,
    };
    txn.commit().await?;
    appended.announce(platform.bus.as_ref()).await;
    if let Some(job) = training {
        jobs::announce(platform.bus.as_ref(), job).await;
    }
    Ok(Some(Found { row, is_news }))
}

fn first_day(last: NaiveDate) -> NaiveDate {
    let calendar = Calendar::new_york();
    (1..SESSIONS).fold(last, |day, _| calendar.previous_session(day.pred_opt().unwrap_or(day)).day)
}

/// How often the model was right when it was trained, and of late; and whether that fell by more than 5 %, and by more than
/// chance brings about.
fn accuracy(model: &ModelRow, live: Option<&Live>) -> (Option<f64>, Option<f64>, bool) {
    let before = model::report(model)
        .and_then(|report| report.scores.first()?.accuracy)
        .map(|accuracy| accuracy.share);
    let now = live.and_then(Live::accuracy);
    let share = now.and_then(|now| now.share());
    let has_fallen = before.zip(now.and_then(|now| now.interval())).zip(share);
    let has_fallen =
        has_fallen.is_some_and(|((before, interval), share)| before - share > FALL && interval.high < before);
    (before, share, has_fallen)
}

/// Each feature of the last sessions against the training, as the model reads it.
fn compare(
    forecaster: &Arc<Forecaster>,
    trained: &Snapshot,
    lately: &Snapshot,
    first: NaiveDate,
) -> (Vec<Shift>, i64) {
    let names: Vec<&str> = trained.features.names().collect();
    let before = readings(forecaster, trained, NaiveDate::MIN, names.len());
    let now = readings(forecaster, lately, first, names.len());
    let rows = now.iter().map(Vec::len).max().unwrap_or_default();
    // Of a model of somebody's own those that it reads.
    let tests = before.iter().filter(|values| !values.is_empty()).count().max(1) as f64;
    let shift = |((name, before), now): ((&&str, Vec<f64>), Vec<f64>)| {
        let index = population_stability(&before, &now, BINS).map(|stability| stability.index);
        let days = SESSIONS.min(now.len());
        let distance = kolmogorov_smirnov(&thinned(before, MOST_VALUES), &thinned(now.clone(), MOST_VALUES))?;
        // As if there were one stock: its days against the whole training.
        let p_value = of_distance(distance.statistic, days);
        let has_moved = index.is_none_or(|index| index > LARGE) && p_value < LEVEL / tests;
        Some(Shift {
            feature: (*name).to_owned(),
            stability_index: index,
            distance: distance.statistic,
            p_value,
            has_moved,
        })
    };
    let shifts = names.iter().zip(before).zip(now).filter_map(shift).collect();
    (shifts, i64::try_from(rows).unwrap_or(i64::MAX))
}

/// By feature: what the model reads of all stocks from `first` on; what is missing is left out.
fn readings(forecaster: &Forecaster, snapshot: &Snapshot, first: NaiveDate, columns: usize) -> Vec<Vec<f64>> {
    let mut found = vec![Vec::new(); columns];
    for (history, matrix) in snapshot.histories.iter().zip(&snapshot.matrices) {
        let series: Series = series(history, matrix);
        let Ok(readings) = forecaster.readings(&series) else { continue };
        let start = history.days.partition_point(|day| *day < first);
        for row in (start..readings.rows()).map(|row| readings.row(row)) {
            for (column, value) in found.iter_mut().zip(row).filter(|(_, value)| value.is_finite()) {
                column.push(f64::from(*value));
            }
        }
    }
    found
}

/// Every so manieth, so that at most so many are left.
fn thinned(values: Vec<f64>, most: usize) -> Vec<f64> {
    let step = values.len().div_ceil(most).max(1);
    values.into_iter().step_by(step).collect()
}

/// Massart's bound on the probability of a distance as large from so many values: 2·exp(-2·n·d²).
fn of_distance(distance: f64, count: usize) -> f64 {
    (2.0 * (-2.0 * count as f64 * distance * distance).exp()).min(1.0)
}

/// Which reports are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub model: Option<Uuid>,
    /// Only those that found drift.
    pub is_drift: Option<bool>,
}

/// One page of reports, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(Uuid,)>,
) -> Result<Page<Row>, Error> {
    Ok(page.finish(page.apply(filtered(filter), &[Column::Id], &Order::Desc).all(db).await?))
}

pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

/// The reports with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Row>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let mut select = Entity::find();
    if let Some(model) = filter.model {
        select = select.filter(Column::ModelId.eq(model));
    }
    if let Some(is_drift) = filter.is_drift {
        select = select.filter(Column::IsDrift.eq(is_drift));
    }
    select
}
