//! The statements of a worker: claim, keep, end. Each is one atomic update, fenced by the lease's token.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, FromQueryResult, Statement, Value};
use std::time::Duration;
use uuid::Uuid;

/// A job that this worker holds.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Claimed {
    pub id: Uuid,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempt: i32,
    pub deaths: i32,
    pub max_attempts: i32,
    pub timeout_seconds: i32,
    pub lease_token: Uuid,
}

impl Claimed {
    /// How many attempts failed by themselves, this one included if it did.
    ///
    /// Workers mostly die of what is not a job's fault, such as restarts.
    pub(crate) fn failures(&self) -> i32 {
        self.attempt - self.deaths
    }
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Completed,
    Cancelled,
    /// Run again after the pause.
    Retry {
        error: String,
        pause: Duration,
    },
    Failed {
        error: String,
    },
    /// Given back unharmed, at shutdown.
    Released,
}

/// Which kinds a slot of a worker takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kinds<'a> {
    Only(&'a str),
    Except(&'a [&'static str]),
}

impl Kinds<'_> {
    /// The condition on `kind`, its parameters numbered from `first`, and their values.
    fn condition(self, first: usize) -> (String, Vec<Value>) {
        match self {
            Kinds::Only(kind) => (format!("AND kind = ${first}"), vec![kind.into()]),
            Kinds::Except([]) => (String::new(), Vec::new()),
            Kinds::Except(kinds) => {
                let places: Vec<String> =
                    (first..first + kinds.len()).map(|place| format!("${place}")).collect();
                let values = kinds.iter().map(|kind| (*kind).into()).collect();
                (format!("AND kind NOT IN ({})", places.join(", ")), values)
            }
        }
    }
}

/// Claims the next job of `kinds` that is due, or that a dead worker left.
pub(crate) async fn claim(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    lease: Duration,
    kinds: Kinds<'_>,
) -> Result<Option<Claimed>, DbErr> {
    let backend = db.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let (kind, kinds) = kinds.condition(4);
    // `= (…)`, since PostgreSQL may evaluate `IN (… LIMIT 1 …)` anew for each row, and then claims several.
    let sql = format!(
        "UPDATE job SET state = 'RUNNING', attempt = attempt + 1, \
         deaths = deaths + CASE WHEN state = 'RUNNING' THEN 1 ELSE 0 END, \
         lease_token = $2, lease_until = $3, started_at = $1, progress = NULL WHERE id = (SELECT id FROM job WHERE state IN ('QUEUED', 'RUNNING') \
         AND (CASE WHEN state = 'QUEUED' THEN run_at ELSE lease_until END) <= $1 {kind} \
         ORDER BY priority DESC, run_at, id LIMIT 1 {lock}) \
         RETURNING id, kind, payload, attempt, deaths, max_attempts, timeout_seconds, lease_token"
    );
    let mut values: Vec<Value> = vec![now.into(), Uuid::now_v7().into(), (now + delta(lease)).into()];
    values.extend(kinds);
    Claimed::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).one(db).await
}

/// Prolongs the lease. `None`: it is lost to another worker; else whether the job shall be cancelled.
pub(crate) async fn renew(
    db: &impl ConnectionTrait,
    job: &Claimed,
    until: DateTime<Utc>,
) -> Result<Option<bool>, DbErr> {
    let sql = "UPDATE job SET lease_until = $3 WHERE id = $1 AND lease_token = $2 AND state = 'RUNNING' \
               RETURNING cancel_requested";
    let values: [Value; 3] = [job.id.into(), job.lease_token.into(), until.into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    row.map(|row| row.try_get("", "cancel_requested")).transpose()
}

/// Stores the share that is done; without effect once the lease is lost.
pub(crate) async fn report(
    db: &impl ConnectionTrait,
    job: Uuid,
    token: Uuid,
    share: f64,
) -> Result<(), DbErr> {
    let sql = "UPDATE job SET progress = $3 WHERE id = $1 AND lease_token = $2 AND state = 'RUNNING'";
    execute(db, sql, [job.into(), token.into(), share.clamp(0.0, 1.0).into()]).await.map(drop)
}

/// Marks the job done; false when the lease is lost, and then the caller must roll back.
pub(crate) async fn complete(
    db: &impl ConnectionTrait,
    job: Uuid,
    token: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = "UPDATE job SET state = 'COMPLETED', progress = 1.0, finished_at = $3, error = NULL, lease_token = NULL, \
               lease_until = NULL WHERE id = $1 AND lease_token = $2 AND state = 'RUNNING'";
    Ok(execute(db, sql, [job.into(), token.into(), now.into()]).await?.rows_affected() == 1)
}

/// Ends the attempt as `outcome` says, unless the lease is lost.
pub(crate) async fn end(
    db: &impl ConnectionTrait,
    job: &Claimed,
    now: DateTime<Utc>,
    outcome: &Outcome,
) -> Result<(), DbErr> {
    let (state, error, run_at, attempt) = match outcome {
        Outcome::Completed => return complete(db, job.id, job.lease_token, now).await.map(drop),
        Outcome::Cancelled => ("CANCELLED", None, None, job.attempt),
        Outcome::Retry { error, pause } => {
            ("QUEUED", Some(error.clone()), Some(now + delta(*pause)), job.attempt)
        }
        Outcome::Failed { error } => ("FAILED", Some(error.clone()), None, job.attempt),
        Outcome::Released => ("QUEUED", None, Some(now), job.attempt - 1),
    };
    let finished = run_at.is_none().then_some(now);
    let sql = "UPDATE job SET state = $3, error = COALESCE($4, error), run_at = COALESCE($5, run_at), attempt = $6, \
               finished_at = $7, lease_token = NULL, lease_until = NULL \
               WHERE id = $1 AND lease_token = $2 AND state = 'RUNNING'";
    let values: [Value; 7] = [
        job.id.into(),
        job.lease_token.into(),
        state.into(),
        error.into(),
        run_at.into(),
        attempt.into(),
        finished.into(),
    ];
    execute(db, sql, values).await.map(drop)
}

/// How many jobs wait or run.
pub(crate) async fn depth(db: &impl ConnectionTrait, only: Option<&str>) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) AS depth FROM job WHERE state IN ('QUEUED', 'RUNNING') AND ($1 IS NULL OR kind = $1)";
    let kind: Value = only.map(str::to_owned).into();
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [kind])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "depth"))
}

async fn execute(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<ExecResult, DbErr> {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
