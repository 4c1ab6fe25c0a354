//! Whether vendors answer: tests of their connections, and what came of them.

use super::{
    Error, TestCredential, job,
    provider::{self, Provider},
};
use crate::{
    SourceKind,
    identity::{
        Admin, Proof as _,
        audit::{self, Act},
    },
};
use chrono::{DateTime, Utc};
use entity::admin::provider_state::{Column, Entity};
pub use entity::admin::provider_state::{Model as State, Outcome};
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
    let provider = provider::find(&txn, kind).await?;
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

/// Stores what came of a test, unless a later one is stored already, and completes its job.
pub async fn record(
    platform: &Platform,
    ctx: &JobContext,
    trial: Trial,
    report: Report,
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
    };
    // What a test says nothing of stays as it was.
    let mut columns = vec![Column::TestedAt, Column::GivenAt, Column::Outcome, Column::QuotaLeft];
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
    let txn = platform.db.begin().await?;
    let insert = Entity::insert(row.into_active_model().reset_all()).on_conflict(known);
    insert.exec_without_returning(&txn).await?;
    ctx.complete(&txn).await?;
    txn.commit().await?;
    Ok(())
}
