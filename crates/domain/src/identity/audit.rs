//! The trace of what was done: append-only, each entry chained to the one before by its hash.
//!
//! Whoever alters, removes or reorders an entry breaks the chain; whoever cuts its end off misses the head.

use super::{Actor, Error};
pub use crate::chain::Verdict;
use crate::{
    chain::{self, Chain, Chained, End},
    page::{Page, PageRequest},
};
use chrono::{DateTime, Utc};
pub use entity::identity::audit_entry::Model as Row;
use entity::identity::audit_entry::{Column, Entity};
use platform::database::Database;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel as _, Order, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
};
use serde_json::{Value, json};
use uuid::Uuid;

const CHAIN: Chain = Chain { head: "audit_head" };
/// Entries that are checked at a time.
const BATCH: u64 = 1000;

/// What was done. Secrets have no place in it.
#[derive(Clone, Debug)]
pub struct Act {
    action: &'static str,
    subject: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
}

impl Act {
    /// `action` is `<feature>.<verb>_<noun>`.
    pub fn new(action: &'static str) -> Self {
        Self { action, subject: None, before: None, after: None }
    }

    /// What it was done to.
    #[must_use]
    pub fn on(self, kind: &str, id: Uuid) -> Self {
        self.named(kind, &id.to_string())
    }

    /// What it was done to, where that has a name.
    #[must_use]
    pub fn named(self, kind: &str, name: &str) -> Self {
        Self { subject: Some(format!("{kind}:{name}").chars().take(200).collect()), ..self }
    }

    #[must_use]
    pub fn made(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }

    #[must_use]
    pub fn changed(self, before: Value, after: Value) -> Self {
        Self { before: Some(before), after: Some(after), ..self }
    }
}

/// Writes `act` down in the transaction that makes it true.
///
/// The head stays locked until the commit, so call it as late as possible.
pub async fn record(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    actor: &Actor,
    act: Act,
) -> Result<(), Error> {
    let before = CHAIN.lock(txn).await?;
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    let mut row = Row {
        sequence: before.sequence + 1,
        known_at: now,
        action: act.action.to_owned(),
        actor_kind: actor.kind.name().to_owned(),
        actor_id: actor.id,
        session_id: actor.session,
        address: actor.origin.address(),
        trace_id: actor.origin.trace_id.clone(),
        subject: act.subject,
        before: text(act.before),
        after: text(act.after),
        previous_hash: before.hash,
        hash: String::new(),
    };
    row.hash = row.digest();
    CHAIN.finish(txn, End { sequence: row.sequence, hash: row.hash.clone() }).await?;
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(txn).await?;
    Ok(())
}

impl Chained for Row {
    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn previous_hash(&self) -> &str {
        &self.previous_hash
    }

    fn hash(&self) -> &str {
        &self.hash
    }

    fn digest(&self) -> String {
        chain::digest(&json!([
            self.sequence,
            self.known_at.timestamp_micros(),
            self.action,
            self.actor_kind,
            self.actor_id,
            self.session_id,
            self.address,
            self.trace_id,
            self.subject,
            self.before,
            self.after,
            self.previous_hash,
        ]))
    }
}

/// Checks every entry and the head, as they are at one moment: what is written meanwhile is no break.
pub async fn verify(db: &Database) -> Result<Verdict, Error> {
    let page = async |txn: &DatabaseTransaction, after| {
        let rows = Entity::find().filter(Column::Sequence.gt(after)).order_by_asc(Column::Sequence);
        rows.limit(BATCH).all(txn).await
    };
    Ok(CHAIN.verify(db, page).await?)
}

/// Which entries are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The whole action, or its start up to a dot.
    pub action: Option<String>,
    pub actor: Option<Uuid>,
    pub subject: Option<String>,
    pub after: Option<DateTime<Utc>>,
    pub before: Option<DateTime<Utc>>,
}

/// One page of entries, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(i64,)>,
) -> Result<Page<Row>, Error> {
    let select = page.apply(filtered(filter), &[Column::Sequence], &Order::Desc);
    Ok(page.finish(select.all(db).await?))
}

pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let action = filter.action.as_ref().map(|action| {
        Condition::any().add(Column::Action.eq(action)).add(Column::Action.starts_with(format!("{action}.")))
    });
    let condition = Condition::all()
        .add_option(action)
        .add_option(filter.actor.map(|actor| Column::ActorId.eq(actor)))
        .add_option(filter.subject.as_ref().map(|subject| Column::Subject.eq(subject)))
        .add_option(filter.after.map(|time| Column::KnownAt.gt(time)))
        .add_option(filter.before.map(|time| Column::KnownAt.lt(time)));
    Entity::find().filter(condition)
}
