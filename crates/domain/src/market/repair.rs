//! Proposals, applied by rule or by an administrator.

use super::{
    Error,
    action::{self, NewAction, Terms},
    finding::{DecidedBy, Proposal, Row, State, proposal},
    price::lock,
    restatement::restate,
    revision::{Scale, replace, scaled},
};
use crate::identity::{
    FreshTotp, Proof as _,
    audit::{self, Act},
};
use chrono::{DateTime, Utc};
use entity::{
    Amount,
    market::{
        price_bar::{self, BarInterval},
        price_finding::{Column, Entity},
    },
};
use platform::Platform;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;
use uuid::Uuid;

/// What an administrator makes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Do what it proposes; the bar as it was stays readable through `asOf`.
    Apply,
    /// The bar is right, and is read again.
    Dismiss,
}

/// Decides a finding that is not decided yet.
pub async fn decide(
    platform: &Platform,
    proof: &FreshTotp,
    finding: Uuid,
    decision: Decision,
) -> Result<Row, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let row = Entity::find_by_id(finding).one(&txn).await?.ok_or(Error::NoFinding)?;
    lock(&txn, [row.stock_id]).await?;
    // Now that nobody else writes: is it still undecided?
    let row = Entity::find_by_id(finding).one(&txn).await?.ok_or(Error::NoFinding)?;
    if row.decided_at.is_some() {
        return Err(Error::DecidedAlready);
    }
    let state = match decision {
        Decision::Apply => {
            apply(&txn, now, &row).await?;
            State::Applied
        }
        Decision::Dismiss => State::Dismissed,
    };
    let decided = settle(&txn, now, row.clone(), (state, DecidedBy::Admin)).await?;
    let words = |row: &Row| json!({ "state": format!("{:?}", row.state), "proposal": row.proposal });
    let act = Act::new("market.decide_price_finding").on("price_finding", finding);
    audit::record(&txn, now, proof.actor(), act.changed(words(&row), words(&decided))).await?;
    txn.commit().await?;
    Ok(decided)
}

/// Does what `finding` proposes.
pub(super) async fn apply(txn: &DatabaseTransaction, now: DateTime<Utc>, finding: &Row) -> Result<(), Error> {
    let proposal = proposal(finding).ok_or(Error::NothingProposed)?;
    let bar = price_bar::Entity::find()
        .filter(price_bar::Column::StockId.eq(finding.stock_id))
        .filter(price_bar::Column::Interval.eq(BarInterval::Day))
        .filter(price_bar::Column::Time.eq(finding.time))
        .filter(price_bar::Column::KnownAt.eq(finding.bar_known_at))
        .filter(price_bar::Column::SupersededAt.is_null())
        .one(txn)
        .await?
        .ok_or(Error::Outdated)?;
    match proposal {
        Proposal::Scale { prices, volume } => {
            let repaired = scaled(&bar, Scale { prices, volume }).ok_or(Error::NothingProposed)?;
            replace(txn, now, vec![repaired]).await
        }
        Proposal::Split { new, old } => {
            let amount = |value| Amount::from_f64(value).ok_or(Error::BadAction);
            let terms = Terms::Split { new: amount(new)?, old: amount(old)? };
            let split = NewAction { stock: finding.stock_id, ex_date: bar.time.date_naive(), terms };
            action::store_in(txn, (now, now), &split, bar.source).await?;
            let actions = action::of_stock(txn, finding.stock_id, now).await?;
            restate(txn, now, finding.stock_id, &actions).await.map(drop)
        }
    }
}

/// Writes down what became of a finding.
pub(super) async fn settle(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    finding: Row,
    (state, by): (State, DecidedBy),
) -> Result<Row, Error> {
    Entity::update_many()
        .col_expr(Column::State, Expr::val(state))
        .col_expr(Column::DecidedAt, Expr::val(now))
        .col_expr(Column::DecidedBy, Expr::val(by))
        .filter(Column::Id.eq(finding.id))
        .exec(txn)
        .await?;
    Ok(Row { state, decided_at: Some(now), decided_by: Some(by), ..finding })
}
