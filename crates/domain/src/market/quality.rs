//! How complete and how trustworthy a stock's bars are.

use super::{Error, action, finding};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    Amount, SourceKind,
    market::price_bar::{BarInterval, Column, Entity},
};
use platform::calendar::Calendar;
use quant::{
    adjustment::Action,
    comparison::{Comparison, compare},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Closes further apart than this are not rounding.
pub(super) const TOLERANCE: f64 = 0.005;

/// A stock's bars, looked at as a whole.
#[derive(Clone, Debug)]
pub struct Quality {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// Sessions of the exchange between the first and the last bar.
    pub expected: usize,
    /// Of those, with a bar.
    pub present: usize,
    pub findings: BTreeMap<(finding::Kind, finding::State), i64>,
    /// Days by who says so, older versions included; a bar that a source only repeats is not stored.
    pub sources: BTreeMap<SourceKind, usize>,
    pub disagreements: Vec<Disagreement>,
}

/// What two sources say of the same days.
#[derive(Clone, Debug)]
pub struct Disagreement {
    pub one: SourceKind,
    pub other: SourceKind,
    pub comparison: Comparison<NaiveDate>,
}

/// The quality of the bars of each stock that has any, in three statements.
pub async fn get(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Quality>, Error> {
    let rows: Vec<Bar> = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Time, Column::Source, Column::SupersededAt, Column::Close])
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::Interval.eq(BarInterval::Day))
        .order_by_asc(Column::Time)
        .order_by_asc(Column::KnownAt)
        .into_tuple()
        .all(db)
        .await?;
    let actions = action::list(db, stocks, now).await?;
    let mut findings = finding::counts(db, stocks).await?;
    let mut bars: HashMap<Uuid, Vec<Bar>> = HashMap::new();
    for row in rows {
        bars.entry(row.0).or_default().push(row);
    }
    let qualities = bars.into_iter().filter_map(|(stock, bars)| {
        let actions = actions.get(&stock).map(|rows| action::terms(rows)).unwrap_or_default();
        Some((stock, quality(&bars, &actions, findings.remove(&stock).unwrap_or_default())?))
    });
    Ok(qualities.collect())
}

/// Stock, time, source, end of the version, close.
type Bar = (Uuid, DateTime<Utc>, SourceKind, Option<DateTime<Utc>>, Amount);

fn quality(
    bars: &[Bar],
    actions: &[(NaiveDate, Action)],
    findings: BTreeMap<(finding::Kind, finding::State), i64>,
) -> Option<Quality> {
    let current = bars.iter().filter(|(_, _, _, superseded_at, _)| superseded_at.is_none());
    let days: BTreeSet<NaiveDate> = current.map(|bar| bar.1.date_naive()).collect();
    let (first, last) = (*days.first()?, *days.last()?);
    let mut closes: BTreeMap<SourceKind, BTreeMap<NaiveDate, f64>> = BTreeMap::new();
    for (_, time, source, _, close) in bars {
        // Of a source's versions the last one counts, also where it was repaired here.
        closes.entry(*source).or_default().insert(time.date_naive(), close.to_f64());
    }
    let (expected, present) = sessions(first, last, &days);
    let sources = closes.iter().map(|(source, closes)| (*source, closes.len())).collect();
    let disagreements = disagreements(&closes, actions);
    Some(Quality { first, last, expected, present, findings, sources, disagreements })
}

fn sessions(first: NaiveDate, last: NaiveDate, days: &BTreeSet<NaiveDate>) -> (usize, usize) {
    let sessions = Calendar::new_york().sessions(first, last);
    (sessions.len(), sessions.filter(|session| days.contains(&session.day)).count())
}

fn disagreements(
    closes: &BTreeMap<SourceKind, BTreeMap<NaiveDate, f64>>,
    actions: &[(NaiveDate, Action)],
) -> Vec<Disagreement> {
    let series: Vec<(SourceKind, Vec<(NaiveDate, f64)>)> = closes
        .iter()
        // A simulation agrees with nobody, and need not.
        .filter(|(source, _)| **source != SourceKind::Simulated)
        .map(|(source, closes)| (*source, closes.iter().map(|(day, close)| (*day, *close)).collect()))
        .collect();
    let pairs = series
        .iter()
        .enumerate()
        .flat_map(|(at, one)| series[at + 1..].iter().map(move |other| (one, other)));
    let disagreement = |(one, other): (&(SourceKind, Vec<_>), &(SourceKind, Vec<_>))| Disagreement {
        one: one.0,
        other: other.0,
        comparison: compare(&one.1, &other.1, actions, TOLERANCE),
    };
    pairs.map(disagreement).filter(|pair| pair.comparison.days > 0).collect()
}
