//! Looks through a stock's bars for what can't be right.

use super::{
    Error, action,
    finding::{DecidedBy, Kind, Proposal, Row, State, evidence},
    price::lock,
    repair::{apply, settle},
    restatement::restate,
    revision::current,
};
use crate::{insert::insert_all, source::drop_unreal};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use entity::{
    Amount,
    market::{
        price_bar,
        price_finding::{Column, Entity},
    },
};
use platform::{Platform, calendar::Calendar};
use quant::defect::{self, Bar, Defect, Repair, Series};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};
use std::collections::HashMap;
use uuid::Uuid;

/// How far back a check looks: enough to know what is usual.
const LOOK_BACK: Days = Days::new(400);

/// What a check found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub found: usize,
    /// Of those, repaired by rule.
    pub repaired: usize,
    /// Bars whose adjusted close was brought up to known splits and dividends.
    pub restated: usize,
}

/// Checks the last 400 days of a stock; twice equals once.
///
/// First the adjusted closes are brought up to the known actions. Then what is wrong is stored: certain unit errors are
/// repaired at once, other errors within a bar put it under quarantine, and the rest waits with the bar still read.
/// Undecided findings about what a source has stated anew since are dismissed, and looked at again.
pub async fn check(platform: &Platform, stock: Uuid) -> Result<Checked, Error> {
    let now = platform.clock.now();
    let since = (now - LOOK_BACK).date_naive().and_time(NaiveTime::MIN).and_utc();
    let txn = platform.db.begin().await?;
    lock(&txn, [stock]).await?;
    let actions = action::of_stock(&txn, stock, now).await?;
    let restated = restate(&txn, now, stock, &actions).await?;
    let mut bars = current(&txn, stock, Some(since)).await?;
    drop_unreal(&mut bars, |bar| (bar.stock_id, bar.source));
    let known =
        Entity::find().filter(Column::StockId.eq(stock)).filter(Column::Time.gte(since)).all(&txn).await?;
    dismiss_outdated(&txn, now, &bars, &known).await?;
    let mut checked = Checked { restated, ..Checked::default() };
    for (row, is_certain) in fresh(stock, now, &bars, (&actions, &known)) {
        checked.found += 1;
        insert_all(&txn, vec![row.clone().into_active_model().reset_all()], None).await?;
        if is_certain {
            apply(&txn, now, &row).await?;
            settle(&txn, now, row, (State::Applied, DecidedBy::Rule)).await?;
            checked.repaired += 1;
        }
    }
    txn.commit().await?;
    Ok(checked)
}

/// What is wrong and not yet known, each with whether its repair is certain.
fn fresh(
    stock: Uuid,
    now: DateTime<Utc>,
    bars: &[price_bar::Model],
    (actions, known): (&[(NaiveDate, quant::adjustment::Action)], &[Row]),
) -> Vec<(Row, bool)> {
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return Vec::new() };
    let sessions = Calendar::new_york().sessions(first.time.date_naive(), last.time.date_naive());
    let sessions: Vec<NaiveDate> = sessions.map(|session| session.day).collect();
    let series: Vec<(NaiveDate, Bar)> = bars.iter().map(|bar| (bar.time.date_naive(), plain(bar))).collect();
    let defects = defect::detect(&Series { bars: &series, sessions: &sessions, actions });
    let versions: HashMap<DateTime<Utc>, DateTime<Utc>> =
        bars.iter().map(|bar| (bar.time, bar.known_at)).collect();
    let rows = defects.into_iter().map(|defect| (row(stock, now, &versions, &defect), defect.is_certain));
    rows.filter(|(row, _)| !known.iter().any(|known| is_same(known, row))).collect()
}

/// Whether it was found before; what an administrator dismissed stays so while the close is the same.
fn is_same(known: &Row, row: &Row) -> bool {
    let is_told = known.decided_by == Some(DecidedBy::Admin) && known.state == State::Dismissed;
    let close = |row: &Row| evidence(row).get("close").map(|close| close.to_bits());
    (known.time, known.kind) == (row.time, row.kind)
        && (known.bar_known_at == row.bar_known_at || (is_told && close(known) == close(row)))
}

fn row(
    stock: Uuid,
    now: DateTime<Utc>,
    versions: &HashMap<DateTime<Utc>, DateTime<Utc>>,
    defect: &Defect<NaiveDate>,
) -> Row {
    let time = defect.day.and_time(NaiveTime::MIN).and_utc();
    let kind = kind(defect.kind);
    let withholds = matches!(kind, Kind::UnitError | Kind::BadSplit | Kind::Spike) && !defect.is_certain;
    let evidence: serde_json::Map<_, _> =
        defect.evidence.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let proposal = defect.repair.map(|repair| match repair {
        Repair::Scale { prices, volume } => Proposal::Scale { prices, volume },
        Repair::Split { new, old } => Proposal::Split { new, old },
    });
    Row {
        id: Uuid::now_v7(),
        stock_id: stock,
        time,
        kind,
        bar_known_at: versions.get(&time).copied().unwrap_or(time),
        evidence: serde_json::Value::Object(evidence).to_string(),
        proposal: proposal.and_then(|proposal| serde_json::to_string(&proposal).ok()),
        state: if withholds { State::Quarantined } else { State::Open },
        withholds,
        known_at: now,
        decided_at: None,
        decided_by: None,
    }
}

/// A bar that a source states anew is another, and a gap that is filled is none.
async fn dismiss_outdated(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    bars: &[price_bar::Model],
    known: &[Row],
) -> Result<(), Error> {
    let is_there = |row: &Row| bars.iter().find(|bar| bar.time == row.time);
    let is_outdated = |row: &Row| match row.kind {
        Kind::Gap => is_there(row).is_some(),
        _ => is_there(row).is_none_or(|bar| bar.known_at != row.bar_known_at),
    };
    for row in known.iter().filter(|row| row.decided_at.is_none() && is_outdated(row)) {
        settle(txn, now, row.clone(), (State::Dismissed, DecidedBy::Rule)).await?;
    }
    Ok(())
}

fn plain(bar: &price_bar::Model) -> Bar {
    let number = |amount: Option<Amount>| amount.map(Amount::to_f64);
    Bar {
        open: number(bar.open),
        high: number(bar.high),
        low: number(bar.low),
        close: bar.close.to_f64(),
        adjusted_close: number(bar.adjusted_close),
        volume: bar.volume.map(|volume| volume as f64),
    }
}

fn kind(kind: defect::Kind) -> Kind {
    match kind {
        defect::Kind::Gap => Kind::Gap,
        defect::Kind::Duplicate => Kind::Duplicate,
        defect::Kind::UnitError => Kind::UnitError,
        defect::Kind::BadSplit => Kind::BadSplit,
        defect::Kind::MissingSplit => Kind::MissingSplit,
        defect::Kind::Spike => Kind::Spike,
    }
}
