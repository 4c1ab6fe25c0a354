//! Whether vendors answer: tests of their connections, and what came of them.

use super::{
    Error, TestCredential, job,
    provider::{self, Provider},
    usage,
};
use crate::{
    SourceKind,
    identity::{
        Admin, Proof as _,
        audit::{self, Act},
    },
};
use chrono::{DateTime, Utc};
pub use entity::admin::provider_state::{Breaker, Model as State, Outcome};
use entity::admin::provider_state::{Column, Entity};
use jobs::JobContext;
use platform::{Platform, clock::Clock};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

/// What was tested, and when.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    pub provider: SourceKind,
    /// When the credential was given; `None` where the vendor wants none.
    pub given_at: Option<DateTime<Utc>>,
    pub began_at: DateTime<Utc>,
}

/// How a vendor answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub outcome: Outcome,
    /// What went wrong, in our words: a vendor's may repeat the key.
    pub message: String,
    /// What the vendor still grants in its present period, where it says so.
    pub quota_left: Option<i64>,
}

/// Has a vendor called once; the job tells when it is done.
pub async fn test(
    platform: &Platform,
    admin: &Admin,
    kind: SourceKind,
) -> Result<(Provider, job::Row), Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let provider = provider::find(&txn, kind, now).await?;
    let provider = provider.ok_or_else(|| Error::input("provider", "this source is no vendor to call"))?;
    if !provider.is_configured(now) {
        return Err(Error::input("provider", "give it a credential first: `updateProviderCredential`"));
    }
    let job = enqueue(&txn, &platform.clock, &provider).await?;
    let act = Act::new("admin.test_provider").named("provider", &kind.to_value());
    audit::record(&txn, now, admin.actor(), act).await?;
    txn.commit().await?;
    jobs::announce(platform.bus.as_ref(), job.id).await;
    Ok((provider, job))
}

/// Has the vendor tested as it stands.
pub(super) async fn enqueue(
    txn: &DatabaseTransaction,
    clock: &Clock,
    provider: &Provider,
) -> Result<job::Row, Error> {
    let given_at = provider.credential.as_ref().map(|row| row.known_at);
    let id = jobs::enqueue(txn, clock, &TestCredential { provider: provider.kind, given_at }).await?;
    job::find(txn, id).await?.ok_or(Error::NotFound("job"))
}

/// Whether a vendor is left alone, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub breaker: Breaker,
    pub retry_at: Option<DateTime<Utc>>,
}

/// Stores what came of a test, unless a later call is stored already, and completes its job.
pub async fn record(
    platform: &Platform,
    ctx: &JobContext,
    trial: Trial,
    report: Report,
) -> Result<(), Error> {
    let txn = platform.db.begin().await?;
    put(&txn, trial, report, None).await?;
    ctx.complete(&txn).await?;
    txn.commit().await?;
    Ok(())
}

/// Stores what came of a call that was no test.
pub async fn note(
    platform: &Platform,
    trial: Trial,
    report: Report,
    standing: Standing,
) -> Result<(), Error> {
    let txn = platform.db.begin().await?;
    if report.outcome != Outcome::Ok {
        usage::fail(&txn, trial.provider, trial.began_at).await?;
    }
    put(&txn, trial, report, Some(standing)).await?;
    txn.commit().await?;
    Ok(())
}

async fn put(
    txn: &DatabaseTransaction,
    trial: Trial,
    report: Report,
    standing: Option<Standing>,
) -> Result<(), Error> {
    let Trial { provider, given_at, began_at } = trial;
    let Report { outcome, message, quota_left } = report;
    let mut row = State {
        provider,
        tested_at: began_at,
        given_at,
        outcome,
        quota_left,
        last_success_at: None,
        error_at: None,
        error: None,
        error_message: None,
        breaker: standing.map_or(Breaker::Closed, |standing| standing.breaker),
        retry_at: standing.and_then(|standing| standing.retry_at),
    };
    // What a call says nothing of stays as it was.
    let mut columns = vec![Column::TestedAt, Column::GivenAt, Column::Outcome];
    if standing.is_some() {
        columns.extend([Column::Breaker, Column::RetryAt]);
    }
    if standing.is_none() || quota_left.is_some() {
        columns.push(Column::QuotaLeft);
    }
    if outcome == Outcome::Ok {
        row.last_success_at = Some(began_at);
        columns.push(Column::LastSuccessAt);
    } else {
        (row.error_at, row.error, row.error_message) = (Some(began_at), Some(outcome), Some(message));
        columns.extend([Column::ErrorAt, Column::Error, Column::ErrorMessage]);
    }
    let known = OnConflict::column(Column::Provider)
        .update_columns(columns)
        .action_and_where(Expr::col((Entity, Column::TestedAt)).lte(began_at))
        .to_owned();
    let insert = Entity::insert(row.into_active_model().reset_all()).on_conflict(known);
    insert.exec_without_returning(txn).await?;
    Ok(())
}
