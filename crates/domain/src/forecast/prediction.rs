//! What models expected: read it.

use super::{Error, snapshot};
use crate::page::{self, Page, PageRequest, union_all};
use chrono::{DateTime, NaiveDate, Utc};
pub use entity::forecast::{
    prediction::{Model as Row, Risk, Signal},
    prediction_post::Model as Influence,
};
use entity::{
    forecast::{
        prediction::{Column, Entity},
        prediction_post,
    },
    market::price_bar,
    sentiment::sentiment_record,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, Order, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The share of probability from which a side is worth a trade.
pub(super) const EDGE: f64 = 0.55;

/// A level, and the return that is not exceeded with that probability.
pub type Quantile = (f64, f64);

/// The quantiles of a prediction, rising; none where the row has no such JSON.
pub fn quantiles(row: &Row) -> Vec<Quantile> {
    serde_json::from_str(&row.quantiles).unwrap_or_default()
}

/// What each feature did to a prediction, what did most first.
pub fn contributions(row: &Row) -> Vec<(String, f64)> {
    serde_json::from_str(&row.contributions).unwrap_or_default()
}

/// How sure the model is of the side that it is on, 0.5…1.
pub fn confidence(row: &Row) -> f64 {
    row.probability_up.max(1.0 - row.probability_up)
}

/// What a prediction is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Someone is answered with it.
    Answer,
    /// To see how good a model in staging would be.
    Shadow,
}

/// What came of a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Of the price over the horizon.
    pub change: f64,
    /// Whether the model was on the right side; `None` if the price did not move.
    pub is_right: Option<bool>,
    pub is_within_95: bool,
    pub is_within_99: bool,
}

/// What came of it; `None` until that is known.
pub fn outcome(row: &Row) -> Option<Outcome> {
    let (base, actual) = (row.base_price.to_f64(), row.actual_price?);
    let change = actual.to_f64() / base - 1.0;
    let is_up = row.probability_up > 0.5;
    Some(Outcome {
        change,
        is_right: (actual != row.base_price).then_some(is_up == (change > 0.0)),
        is_within_95: (row.low_95..=row.high_95).contains(&actual),
        is_within_99: (row.low_99..=row.high_99).contains(&actual),
    })
}

/// Which predictions are wanted; nothing given, nothing excluded but what was only made beside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub stocks: Option<Vec<Uuid>>,
    pub model: Option<Uuid>,
    pub horizon: Option<i32>,
    pub after: Option<DateTime<Utc>>,
    pub before: Option<DateTime<Utc>>,
    /// Those that models in staging made beside, too.
    pub with_shadows: bool,
}

impl Filter {
    fn select(&self) -> Select<Entity> {
        let condition = Condition::all()
            .add_option(self.stocks.as_ref().map(|stocks| Column::StockId.is_in(stocks.iter().copied())))
            .add_option(self.model.map(|model| Column::ModelId.eq(model)))
            .add_option(self.horizon.map(|horizon| Column::Horizon.eq(horizon)))
            .add_option(self.after.map(|time| Column::KnownAt.gt(time)))
            .add_option(self.before.map(|time| Column::KnownAt.lte(time)))
            .add_option((!self.with_shadows).then(|| Column::IsShadow.eq(false)));
        Entity::find().filter(condition)
    }
}

/// One page of predictions, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(i64,)>,
) -> Result<Page<Row>, Error> {
    Ok(page.finish(page.apply(filter.select(), &[Column::Sequence], &Order::Desc).all(db).await?))
}

pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filter.select().count(db).await?)
}

/// One page of predictions for each stock, newest first, in one statement.
pub async fn of_stocks(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    filter: &Filter,
    page: &PageRequest<(i64,)>,
) -> Result<HashMap<Uuid, Page<Row>>, Error> {
    let select = |stock: &Uuid| {
        let filter = Filter { stocks: Some(vec![*stock]), ..filter.clone() };
        page.apply(filter.select(), &[Column::Sequence], &Order::Desc)
    };
    Ok(page::of_each(db, page, stocks, select, |row| row.stock_id).await?)
}

/// How many predictions each stock has.
pub async fn counts(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    filter: &Filter,
) -> Result<HashMap<Uuid, i64>, Error> {
    let filter = Filter { stocks: Some(stocks.to_vec()), ..filter.clone() };
    Ok(page::counts(db, filter.select(), Column::StockId).await?)
}

/// The predictions with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Row>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// The newest prediction of a model about each stock since a moment, unless a bar or a score of it became known since what
/// it was made from.
pub(super) async fn still_good(
    db: &impl ConnectionTrait,
    (model, role): (Uuid, Role),
    stocks: &[Uuid],
    since: DateTime<Utc>,
) -> Result<Vec<Row>, Error> {
    let rows = Entity::find()
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::ModelId.eq(model))
        .filter(Column::IsShadow.eq(role == Role::Shadow))
        .filter(Column::KnownAt.gt(since))
        .order_by_asc(Column::Sequence)
        .all(db)
        .await?;
    let mut newest: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.stock_id, row)).collect();
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let snapshots = snapshot::by_ids(db, newest.values().map(|row| row.snapshot_id).collect()).await?;
    let as_of: HashMap<Uuid, DateTime<Utc>> = snapshots.into_iter().map(|row| (row.id, row.as_of)).collect();
    let oldest = as_of.values().min().copied().unwrap_or(since);
    for (stock, changed_at) in changes(db, newest.keys().copied().collect(), oldest).await? {
        let seen = newest.get(&stock).and_then(|row| as_of.get(&row.snapshot_id));
        if seen.is_some_and(|seen| *seen < changed_at) {
            newest.remove(&stock);
        }
    }
    Ok(newest.into_values().collect())
}

/// When the newest bar and the newest score of each stock became known, if that was after `since`.
async fn changes(
    db: &impl ConnectionTrait,
    stocks: Vec<Uuid>,
    since: DateTime<Utc>,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, Error> {
    let bars = price_bar::Entity::find()
        .select_only()
        .column(price_bar::Column::StockId)
        .column_as(price_bar::Column::KnownAt.max(), "known_at")
        .filter(price_bar::Column::StockId.is_in(stocks.iter().copied()))
        .filter(price_bar::Column::KnownAt.gt(since))
        .group_by(price_bar::Column::StockId);
    let scores = sentiment_record::Entity::find()
        .select_only()
        .column(sentiment_record::Column::StockId)
        .column_as(sentiment_record::Column::KnownAt.max(), "known_at")
        .filter(sentiment_record::Column::StockId.is_in(stocks))
        .filter(sentiment_record::Column::KnownAt.gt(since))
        .group_by(sentiment_record::Column::StockId);
    let mut found: Vec<(Uuid, DateTime<Utc>)> = bars.into_tuple().all(db).await?;
    found.extend(scores.into_tuple::<(Uuid, DateTime<Utc>)>().all(db).await?);
    Ok(found)
}

/// The posts behind each prediction, the weightiest first, at most `most` of each, in one statement.
pub async fn posts(
    db: &impl ConnectionTrait,
    predictions: &[Uuid],
    most: u64,
) -> Result<HashMap<Uuid, Vec<Influence>>, Error> {
    let select = |prediction: &Uuid| {
        prediction_post::Entity::find()
            .filter(prediction_post::Column::PredictionId.eq(*prediction))
            .order_by_desc(prediction_post::Column::Weight)
            .order_by_asc(prediction_post::Column::PostId)
            .limit(most)
    };
    let rows = union_all::<prediction_post::Entity>(db, predictions.iter().map(select).collect()).await?;
    let mut found: HashMap<Uuid, Vec<Influence>> = HashMap::new();
    for row in rows {
        found.entry(row.prediction_id).or_default().push(row);
    }
    Ok(found)
}

/// The newest predictions that each post influenced, at most `most` of each, in two statements.
pub async fn influenced(
    db: &impl ConnectionTrait,
    posts: &[Uuid],
    most: u64,
) -> Result<HashMap<Uuid, Vec<(Row, f64)>>, Error> {
    let select = |post: &Uuid| {
        prediction_post::Entity::find()
            .filter(prediction_post::Column::PostId.eq(*post))
            // Ids grow with time.
            .order_by_desc(prediction_post::Column::PredictionId)
            .limit(most)
    };
    let links = union_all::<prediction_post::Entity>(db, posts.iter().map(select).collect()).await?;
    let rows = by_ids(db, links.iter().map(|link| link.prediction_id).collect()).await?;
    let rows: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut found: HashMap<Uuid, Vec<(Row, f64)>> = HashMap::new();
    for link in links {
        if let Some(row) = rows.get(&link.prediction_id) {
            found.entry(link.post_id).or_default().push((row.clone(), link.weight));
        }
    }
    Ok(found)
}

/// The predictions of days up to `day` that nobody has compared with what came, in their order.
pub(super) async fn open(
    db: &impl ConnectionTrait,
    day: NaiveDate,
    most: u64,
    after: i64,
) -> Result<Vec<Row>, Error> {
    let select = Entity::find()
        .filter(Column::JudgedAt.is_null())
        .filter(Column::TargetDay.lte(day))
        .filter(Column::Sequence.gt(after))
        .order_by_asc(Column::Sequence)
        .limit(most);
    Ok(select.all(db).await?)
}
