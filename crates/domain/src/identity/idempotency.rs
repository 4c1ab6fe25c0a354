//! Mutations that are sent again: done once, answered alike.
//!
//! The key is claimed before the act and its answer kept after it. Between the two a process may die: then nobody knows
//! whether the act was done, and whoever sends it again is told so.

use super::{Error, secret};
use chrono::{DateTime, TimeDelta, Utc};
use entity::identity::{
    api_key,
    idempotency_key::{ActiveModel, Column, Entity},
    session,
};
use platform::Platform;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);
const LONGEST_KEY: usize = 100;
/// How long whoever sends the same at the same time waits for the answer of the first.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What became of a mutation that may have been sent before.
#[derive(Debug)]
pub enum Begun {
    /// It was not: do it, then `keep` the answer or `release` the key.
    Fresh(Ticket),
    /// It was, with this answer.
    Answered(String),
}

/// The right to do what nobody did under this key.
#[derive(Debug)]
pub struct Ticket {
    caller: Uuid,
    key: String,
    request: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    /// The hash of what was asked.
    request: String,
    outcome: Outcome,
}

#[derive(Serialize, Deserialize)]
enum Outcome {
    Pending,
    Answered(String),
    /// The answer had a secret, which is stored nowhere.
    ShownOnce,
}

/// Claims `key` of `caller` for `request`, or finds what came of it; waits a little for one that is being done.
pub async fn begin(platform: &Platform, caller: Uuid, key: &str, request: &str) -> Result<Begun, Error> {
    check(key)?;
    let request = secret::hash(&request.into());
    let ticket = Ticket { caller, key: key.to_owned(), request };
    if claim(platform, &ticket).await? {
        return Ok(Begun::Fresh(ticket));
    }
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        // Released in the meantime: the first one failed, which must not make this one fail.
        let Some(record) = find(platform, &ticket).await? else {
            if claim(platform, &ticket).await? {
                return Ok(Begun::Fresh(ticket));
            }
            continue;
        };
        if record.request != ticket.request {
            return Err(Error::Conflict("this clientMutationId was used for something else: choose another"));
        }
        match record.outcome {
            Outcome::Answered(answer) => return Ok(Begun::Answered(answer)),
            Outcome::ShownOnce => {
                return Err(Error::Conflict("this was done; the secret in its answer is shown only once"));
            }
            Outcome::Pending if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Outcome::Pending => {
                return Err(Error::Conflict(
                    "a request with this clientMutationId is under way, or was cut off: look whether it took \
                     effect before you send it with another",
                ));
            }
        }
    }
}

impl Ticket {
    /// Remembers the answer; `None` if it has a secret, which must not be stored.
    pub async fn keep(self, platform: &Platform, answer: Option<String>) -> Result<(), Error> {
        let outcome = answer.map_or(Outcome::ShownOnce, Outcome::Answered);
        let sealed = self.seal(platform, outcome).await?;
        let update = Entity::update_many().col_expr(Column::Sealed, Expr::val(sealed));
        update.filter(self.row()).exec(platform.db.connection()).await?;
        Ok(())
    }

    /// Gives the key back, because nothing was done.
    pub async fn release(self, platform: &Platform) -> Result<(), Error> {
        Entity::delete_many().filter(self.row()).exec(platform.db.connection()).await?;
        Ok(())
    }

    fn row(&self) -> Condition {
        Condition::all().add(Column::CallerId.eq(self.caller)).add(Column::Key.eq(&self.key))
    }

    async fn seal(&self, platform: &Platform, outcome: Outcome) -> Result<String, Error> {
        let record = Record { request: self.request.clone(), outcome };
        let record = serde_json::to_vec(&record).expect("texts can be written as JSON");
        Ok(platform.vault.seal(&self.purpose(), &record).await?)
    }

    /// One caller's answer can't be passed off as another's.
    fn purpose(&self) -> String {
        format!("identity.idempotency_key.{}.{}", self.caller, self.key)
    }
}

fn check(key: &str) -> Result<(), Error> {
    if (1..=LONGEST_KEY).contains(&key.len()) && key.chars().all(|char| char.is_ascii_graphic()) {
        return Ok(());
    }
    let message = format!("write 1 to {LONGEST_KEY} ASCII characters without spaces, such as a UUID");
    Err(Error::BadInput { field: "clientMutationId", message })
}

/// Whether the key is this caller's now.
async fn claim(platform: &Platform, ticket: &Ticket) -> Result<bool, Error> {
    let now = platform.clock.now();
    let sealed = ticket.seal(platform, Outcome::Pending).await?;
    let row = ActiveModel {
        caller_id: Set(ticket.caller),
        key: Set(ticket.key.clone()),
        sealed: Set(sealed),
        known_at: Set(now),
    };
    // One statement decides, so of many at once one wins.
    let taken = OnConflict::columns([Column::CallerId, Column::Key])
        .update_columns([Column::Sealed, Column::KnownAt])
        .action_and_where(Expr::col((Entity, Column::KnownAt)).lt(now - KEPT))
        .to_owned();
    let insert = Entity::insert(row).on_conflict(taken);
    Ok(insert.exec_without_returning(platform.db.connection()).await? == 1)
}

async fn find(platform: &Platform, ticket: &Ticket) -> Result<Option<Record>, Error> {
    let row = Entity::find_by_id((ticket.caller, ticket.key.clone())).one(platform.db.connection()).await?;
    let Some(row) = row else { return Ok(None) };
    let record = platform.vault.open(&ticket.purpose(), &row.sealed).await?;
    serde_json::from_slice(&record).map(Some).map_err(|_| Error::Corrupt("an answer is not JSON"))
}

/// Forgets answers that nobody asks for any more.
pub(super) async fn delete_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::KnownAt.lt(now - KEPT)).exec(db).await?.rows_affected)
}

/// Forgets what was answered to the account's sessions and keys.
pub(super) async fn delete_of(db: &impl ConnectionTrait, account: Uuid) -> Result<(), Error> {
    let sessions = session::Entity::find().select_only().column(session::Column::Id);
    let sessions = sessions.filter(session::Column::AccountId.eq(account)).into_query();
    let keys = api_key::Entity::find().select_only().column(api_key::Column::Id);
    let keys = keys.filter(api_key::Column::AccountId.eq(account)).into_query();
    let callers =
        Condition::any().add(Column::CallerId.in_subquery(sessions)).add(Column::CallerId.in_subquery(keys));
    Entity::delete_many().filter(callers).exec(db).await?;
    Ok(())
}
