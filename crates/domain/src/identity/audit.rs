//! The trace of what was done: append-only, each entry chained to the one before by its hash.
//!
//! Whoever alters, removes or reorders an entry breaks the chain; whoever cuts its end off misses the head.

use super::{Actor, Error};
use crate::page::{Page, PageRequest};
use chrono::{DateTime, Utc};
pub use entity::identity::audit_entry::Model as Row;
use entity::identity::audit_entry::{Column, Entity};
use platform::{database::Database, hex};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, IntoActiveModel as _, Order, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, Statement,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

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
    let (sequence, previous_hash) = advance(txn).await?;
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    let mut row = Row {
        sequence,
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
        previous_hash,
        hash: String::new(),
    };
    row.hash = digest(&row);
    set_head(txn, &row.hash).await?;
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(txn).await?;
    Ok(())
}

/// Takes the next number; the hash of the entry before it.
async fn advance(txn: &DatabaseTransaction) -> Result<(i64, String), DbErr> {
    let sql = "UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash";
    let row = txn.query_one_raw(Statement::from_string(txn.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("audit_head".to_owned()))?;
    Ok((row.try_get("", "sequence")?, row.try_get("", "hash")?))
}

async fn set_head(txn: &DatabaseTransaction, hash: &str) -> Result<(), DbErr> {
    let sql = "UPDATE audit_head SET hash = $1 WHERE id = 1";
    txn.execute_raw(Statement::from_sql_and_values(txn.get_database_backend(), sql, [hash.into()])).await?;
    Ok(())
}

/// SHA-256 over everything else that the row says, in one unambiguous form.
fn digest(row: &Row) -> String {
    let text = json!([
        row.sequence,
        row.known_at.timestamp_micros(),
        row.action,
        row.actor_kind,
        row.actor_id,
        row.session_id,
        row.address,
        row.trace_id,
        row.subject,
        row.before,
        row.after,
        row.previous_hash,
    ]);
    hex(&Sha256::digest(text.to_string().as_bytes()))
}

/// What a check of the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So many entries, all as they were written.
    Intact(i64),
    /// The first entry that is not as it was written, or not there, and how.
    Broken { sequence: i64, how: &'static str },
}

/// Checks every entry and the head, as they are at one moment: what is written meanwhile is no break.
pub async fn verify(db: &Database) -> Result<Verdict, Error> {
    let txn = db.snapshot().await?;
    let verdict = verify_in(&txn).await?;
    txn.commit().await?;
    Ok(verdict)
}

/// In batches: the log may be long.
async fn verify_in(db: &DatabaseTransaction) -> Result<Verdict, Error> {
    let (mut last, mut hash) = (0, String::new());
    loop {
        let rows = Entity::find()
            .filter(Column::Sequence.gt(last))
            .order_by_asc(Column::Sequence)
            .limit(BATCH)
            .all(db)
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let how = if row.sequence != last + 1 {
                Some("an entry is missing")
            } else if row.previous_hash != hash {
                Some("it does not follow the entry before it")
            } else if row.hash != digest(&row) {
                Some("it was altered")
            } else {
                None
            };
            if let Some(how) = how {
                return Ok(Verdict::Broken { sequence: last + 1, how });
            }
            (last, hash) = (row.sequence, row.hash);
        }
    }
    let head = db
        .query_one_raw(Statement::from_string(
            db.get_database_backend(),
            "SELECT sequence, hash FROM audit_head WHERE id = 1",
        ))
        .await?;
    let head = head.map(|row| Ok::<_, DbErr>((row.try_get("", "sequence")?, row.try_get("", "hash")?)));
    if head.transpose()? == Some((last, hash)) {
        Ok(Verdict::Intact(last))
    } else {
        Ok(Verdict::Broken { sequence: last + 1, how: "the end of the log is missing" })
    }
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
