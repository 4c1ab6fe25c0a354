//! What another source says of the same days.

use super::{
    Error, action,
    finding::{DecidedBy, Evidence, Kind, Row, State, evidence},
    price::lock,
    quality::TOLERANCE,
    repair::settle,
    revision::current,
};
use crate::source::drop_unreal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use entity::{
    SourceKind,
    market::{
        price_bar,
        price_finding::{Column, Entity},
    },
};
use platform::Platform;
use quant::comparison::{Disagreement, compare as compare_closes};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Compares the stored bars of a stock with another source's `closes`, sorted by day; how many findings are new.
///
/// Both are brought onto one basis by the known splits. Days in a row that differ by the same factor are one finding, at
/// the first of them: a split that one source lacks is one error, however long it lasts. What no longer differs is
/// dismissed, and opened again if it comes back. Nothing is withheld: of two that disagree nobody knows which is right.
pub async fn compare(
    platform: &Platform,
    stock: Uuid,
    source: SourceKind,
    closes: &[(NaiveDate, f64)],
) -> Result<usize, Error> {
    let Some((first, _)) = closes.first() else { return Ok(0) };
    let (now, since) = (platform.clock.now(), first.and_time(NaiveTime::MIN).and_utc());
    let txn = platform.db.begin().await?;
    lock(&txn, [stock]).await?;
    let actions = action::of_stock(&txn, stock, now).await?;
    let mut bars = current(&txn, stock, Some(since)).await?;
    drop_unreal(&mut bars, |bar| (bar.stock_id, bar.source));
    // What a source says twice is no second opinion.
    bars.retain(|bar| bar.source != source && closes.iter().any(|(day, _)| *day == bar.time.date_naive()));
    let own: Vec<_> = bars.iter().map(|bar| (bar.time.date_naive(), bar.close.to_f64())).collect();
    let differences = compare_closes(&own, closes, &actions, TOLERANCE).disagreements;
    let known = Entity::find()
        .filter(Column::StockId.eq(stock))
        .filter(Column::Kind.eq(Kind::Disagreement))
        .all(&txn)
        .await?;
    dismiss_settled(&txn, now, &known, (source, &bars, &differences)).await?;
    // What was found before its first day went out of sight begins on the first day now.
    let goes_on = |row: &Row| {
        bars.first().is_some_and(|first| first.time == row.time)
            && known.iter().any(|known| is_continued(known, row, source))
    };
    let mut found = 0;
    for row in rows(now, source, (&bars, closes), &runs(&differences, &own)) {
        if !goes_on(&row) {
            found += usize::from(store(&txn, &known, row).await?);
        }
    }
    txn.commit().await?;
    Ok(found)
}

/// Stores what is new, and opens again what was dismissed because it had settled.
async fn store(txn: &DatabaseTransaction, known: &[Row], row: Row) -> Result<bool, Error> {
    let is_of_bar = |known: &&Row| (known.time, known.bar_known_at) == (row.time, row.bar_known_at);
    match known.iter().find(is_of_bar) {
        None => {
            Entity::insert(row.into_active_model().reset_all()).exec_without_returning(txn).await?;
            Ok(true)
        }
        Some(known) if known.decided_by == Some(DecidedBy::Rule) => {
            let again = Row { id: known.id, ..row }.into_active_model().reset_all();
            Entity::update(again).exec(txn).await?;
            Ok(true)
        }
        Some(_) => Ok(false),
    }
}

/// Whether `row` is what was found on an earlier day.
fn is_continued(known: &Row, row: &Row, source: SourceKind) -> bool {
    let (before, now) = (evidence(known), evidence(row));
    let difference = |evidence: &Evidence| evidence.get("difference").copied().unwrap_or(f64::NAN);
    known.decided_by != Some(DecidedBy::Rule)
        && known.time < row.time
        && before.contains_key(&source.to_value())
        && (difference(&before) - difference(&now)).abs() <= TOLERANCE
}

/// Days in a row with the same difference: the first of each, and how many.
fn runs(
    disagreements: &[Disagreement<NaiveDate>],
    own: &[(NaiveDate, f64)],
) -> Vec<(Disagreement<NaiveDate>, usize)> {
    let place = |day: NaiveDate| own.partition_point(|(other, _)| *other < day);
    let mut runs: Vec<(Disagreement<NaiveDate>, usize)> = Vec::new();
    for one in disagreements {
        match runs.last_mut() {
            Some((first, days))
                if place(first.day) + *days == place(one.day)
                    && (one.difference - first.difference).abs() <= TOLERANCE =>
            {
                *days += 1;
            }
            _ => runs.push((*one, 1)),
        }
    }
    runs
}

fn rows(
    now: DateTime<Utc>,
    source: SourceKind,
    (bars, closes): (&[price_bar::Model], &[(NaiveDate, f64)]),
    runs: &[(Disagreement<NaiveDate>, usize)],
) -> Vec<Row> {
    let closes: HashMap<NaiveDate, f64> = closes.iter().copied().collect();
    let row = |(disagreement, days): &(Disagreement<NaiveDate>, usize)| {
        let bar = bars.iter().find(|bar| bar.time.date_naive() == disagreement.day)?;
        let numbers = json!({
            "close": bar.close.to_f64(),
            source.to_value(): closes.get(&disagreement.day)?,
            "difference": disagreement.difference,
            "days": days,
        });
        Some(Row {
            id: Uuid::now_v7(),
            stock_id: bar.stock_id,
            time: bar.time,
            kind: Kind::Disagreement,
            bar_known_at: bar.known_at,
            evidence: numbers.to_string(),
            proposal: None,
            state: State::Open,
            withholds: false,
            known_at: now,
            decided_at: None,
            decided_by: None,
        })
    };
    runs.iter().filter_map(row).collect()
}

/// What this source said otherwise of a day that it speaks of again, and says no more.
async fn dismiss_settled(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    known: &[Row],
    (source, bars, differences): (SourceKind, &[price_bar::Model], &[Disagreement<NaiveDate>]),
) -> Result<(), Error> {
    let name = source.to_value();
    let is_settled = |row: &&Row| {
        row.decided_at.is_none()
            && evidence(row).contains_key(&name)
            && bars.iter().any(|bar| bar.time == row.time)
            && !differences.iter().any(|found| found.day == row.time.date_naive())
    };
    for row in known.iter().filter(is_settled) {
        settle(txn, now, row.clone(), (State::Dismissed, DecidedBy::Rule)).await?;
    }
    Ok(())
}
