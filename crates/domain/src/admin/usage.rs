//! How much vendors may be asked, and were: budgets by day and month, of all processes together.

use super::Error;
use crate::SourceKind;
use chrono::{DateTime, Utc};
use entity::admin::provider_usage::{Column, Entity, Model};
use platform::{Platform, config::VendorLimits};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

/// What was asked of one vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub today: Spent,
    pub this_month: Spent,
}

/// What was asked within one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub used: i64,
    /// How many of them failed.
    pub failed: i64,
    /// What is left of the budget; `None` without one, and before the first request.
    pub left: Option<i64>,
}

/// Whether a request may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    Granted,
    DaySpent,
    MonthSpent,
}

/// Takes one request out of the budgets of `kind`, or out of none.
///
/// Before the request, since one whose answer is lost counts at the vendor too.
pub async fn reserve(
    platform: &Platform,
    kind: SourceKind,
    limits: &VendorLimits,
) -> Result<Reserved, Error> {
    let [day, month] = periods(platform.clock.now());
    let txn = platform.db.begin().await?;
    // Dropped without a commit, the transaction takes nothing.
    if !take(&txn, kind, day, limits.per_day).await? {
        return Ok(Reserved::DaySpent);
    }
    if !take(&txn, kind, month, limits.per_month).await? {
        return Ok(Reserved::MonthSpent);
    }
    txn.commit().await?;
    Ok(Reserved::Granted)
}

/// One statement, so that of two processes one gets the last request.
async fn take(
    txn: &DatabaseTransaction,
    kind: SourceKind,
    period: String,
    limit: Option<u32>,
) -> Result<bool, DbErr> {
    let allowed = limit.map(i64::from);
    let row = Model { provider: kind, period, used: 1, failed: 0, allowed };
    let used = Expr::col((Entity, Column::Used));
    let mut again = OnConflict::columns([Column::Provider, Column::Period]);
    again.value(Column::Used, used.clone().add(1)).update_column(Column::Allowed);
    if let Some(allowed) = allowed {
        again.action_and_where(used.lt(allowed));
    }
    let insert = Entity::insert(row.into_active_model().reset_all()).on_conflict(again);
    Ok(insert.exec_without_returning(txn).await? > 0)
}

/// Counts a failed request.
pub(super) async fn fail(
    txn: &DatabaseTransaction,
    kind: SourceKind,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Failed, Expr::col(Column::Failed).add(1))
        .filter(Column::Provider.eq(kind))
        .filter(Column::Period.is_in(periods(at)))
        .exec(txn)
        .await?;
    Ok(())
}

/// What was asked of `kind`.
pub async fn of(db: &impl ConnectionTrait, kind: SourceKind, now: DateTime<Utc>) -> Result<Usage, Error> {
    let select = Entity::find().filter(Column::Provider.eq(kind)).filter(Column::Period.is_in(periods(now)));
    Ok(Usage::new(kind, now, &select.all(db).await?))
}

/// What was asked of everyone in the day and the month of `now`.
pub(super) async fn rows(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Period.is_in(periods(now))).all(db).await
}

impl Usage {
    pub(super) fn new(kind: SourceKind, now: DateTime<Utc>, rows: &[Model]) -> Self {
        let spent = |period: &str| {
            let row = rows.iter().find(|row| row.provider == kind && row.period == period);
            row.map_or_else(Spent::default, |row| Spent {
                used: row.used,
                failed: row.failed,
                left: row.allowed.map(|allowed| Ord::max(allowed - row.used, 0)),
            })
        };
        let [day, month] = periods(now);
        Self { today: spent(&day), this_month: spent(&month) }
    }

    /// The share of today's requests that failed; `None` without requests.
    pub fn error_rate(&self) -> Option<f64> {
        (self.today.used > 0).then(|| self.today.failed as f64 / self.today.used as f64)
    }
}

fn periods(now: DateTime<Utc>) -> [String; 2] {
    [now.format("%Y-%m-%d").to_string(), now.format("%Y-%m").to_string()]
}
