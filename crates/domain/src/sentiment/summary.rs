//! Sentiment of a stock over a window: mean, spread, counts, trend.

use super::Error;
use crate::{Sources, Window, source::drop_unreal, window::any_of};
use chrono::NaiveDate;
use entity::{
    SourceKind,
    sentiment::sentiment_record::{Column, Entity, SentimentLabel},
};
use quant::{statistics::Moments, trend};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, Func, SimpleExpr},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The scores of one trading day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    pub day: NaiveDate,
    pub moments: Moments,
    pub positive: u64,
    pub neutral: u64,
    pub negative: u64,
    pub sources: Sources,
}

impl Day {
    /// Counts the scores of `other`, of the same day, too.
    pub fn add(&mut self, other: &Self) {
        self.moments = self.moments.merge(other.moments);
        self.positive += other.positive;
        self.neutral += other.neutral;
        self.negative += other.negative;
        self.sources.extend(&other.sources);
    }
}

/// The scores of a window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Trading days with scores, oldest first.
    pub days: Vec<Day>,
}

impl Summary {
    /// All scores together.
    pub fn total(&self) -> Moments {
        self.days.iter().fold(Moments::default(), |total, day| total.merge(day.moments))
    }

    pub fn positive(&self) -> u64 {
        self.days.iter().map(|day| day.positive).sum()
    }

    pub fn neutral(&self) -> u64 {
        self.days.iter().map(|day| day.neutral).sum()
    }

    pub fn negative(&self) -> u64 {
        self.days.iter().map(|day| day.negative).sum()
    }

    pub fn sources(&self) -> Sources {
        self.days.iter().flat_map(|day| &day.sources).copied().collect()
    }

    /// The slope of the daily means by least squares, in score per calendar day; `None` with fewer than two days.
    pub fn trend(&self) -> Option<f64> {
        let first = self.days.first()?.day;
        let points = self
            .days
            .iter()
            .filter_map(|day| Some(((day.day - first).num_days() as f64, day.moments.mean()?)));
        trend::least_squares(&points.collect::<Vec<_>>()).map(|line| line.slope)
    }
}

/// Sums are taken in whole units of 10⁻¹⁰: exact, so that no order of rows and no plan changes an answer's last digit.
pub(super) const UNITS: f64 = 1e10;

#[derive(FromQueryResult)]
struct Row {
    stock_id: Uuid,
    session_day: NaiveDate,
    source: SourceKind,
    count: i64,
    /// In units of the score, and of its square.
    sum: i64,
    sum_of_squares: i64,
    positive: i64,
    negative: i64,
}

/// The summary of each stock, in one statement; stocks without scores are left out.
pub async fn by_stocks(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
    sources: &[SourceKind],
) -> Result<BTreeMap<Uuid, Summary>, Error> {
    let only = Column::StockId.is_in(stocks.iter().copied());
    grouped(db, only, window, sources).await
}

/// The summary of every stock that has scores.
pub async fn of_all(db: &impl ConnectionTrait, window: &Window) -> Result<BTreeMap<Uuid, Summary>, Error> {
    grouped(db, Expr::val(1).eq(1), window, &[]).await
}

async fn grouped(
    db: &impl ConnectionTrait,
    only: SimpleExpr,
    window: &Window,
    sources: &[SourceKind],
) -> Result<BTreeMap<Uuid, Summary>, Error> {
    let mut rows = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::SessionDay, Column::Source])
        .column_as(Column::Id.count(), "count")
        .column_as(exact_sum(Expr::col(Column::Score)), "sum")
        .column_as(exact_sum(Expr::col(Column::Score).mul(Expr::col(Column::Score))), "sum_of_squares")
        .column_as(labelled(SentimentLabel::Positive), "positive")
        .column_as(labelled(SentimentLabel::Negative), "negative")
        .filter(only)
        .filter(window.contains(Column::PublishedAt, Column::KnownAt))
        .filter(any_of(Column::Source, sources))
        .group_by(Column::StockId)
        .group_by(Column::SessionDay)
        .group_by(Column::Source)
        .into_model::<Row>()
        .all(db)
        .await?;
    // Those who name their sources get what they name.
    if sources.is_empty() {
        drop_unreal(&mut rows, |row| (row.stock_id, row.source));
    }
    let mut days: BTreeMap<(Uuid, NaiveDate), Day> = BTreeMap::new();
    // Always in the same order, so that an answer is always the same to its last digit.
    rows.sort_by_key(|row| row.source);
    for row in rows {
        let (key, day) = ((row.stock_id, row.session_day), Day::from(row));
        days.entry(key).and_modify(|sum| sum.add(&day)).or_insert(day);
    }
    let mut summaries: BTreeMap<Uuid, Summary> = BTreeMap::new();
    for ((stock, _), day) in days {
        summaries.entry(stock).or_default().days.push(day);
    }
    Ok(summaries)
}

pub(super) fn exact_sum(value: SimpleExpr) -> SimpleExpr {
    let units = Func::round(value.mul(UNITS)).cast_as("bigint");
    // PostgreSQL adds up 64-bit integers in decimals.
    units.sum().cast_as("bigint")
}

/// How many rows carry `label`.
fn labelled(label: SentimentLabel) -> SimpleExpr {
    let one: SimpleExpr = CaseStatement::new().case(Column::Label.eq(label), 1).into();
    one.count()
}

impl From<Row> for Day {
    fn from(row: Row) -> Self {
        let [count, positive, negative] =
            [row.count, row.positive, row.negative].map(|n| u64::try_from(n).unwrap_or(0));
        Self {
            day: row.session_day,
            moments: Moments::from_sums(count, row.sum as f64 / UNITS, row.sum_of_squares as f64 / UNITS),
            positive,
            neutral: count - positive - negative,
            negative,
            sources: Sources::from([row.source]),
        }
    }
}
