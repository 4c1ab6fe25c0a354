//! Puts jobs into the queue, in the caller's transaction.

use crate::Job;
use chrono::{DateTime, Utc};
use platform::clock::Clock;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use uuid::Uuid;

/// Enqueues `job` to run now; returns its id, or that of the job with the same key that waits or runs already.
pub async fn enqueue<J: Job>(db: &impl ConnectionTrait, clock: &Clock, job: &J) -> Result<Uuid, DbErr> {
    let row = NewJob::of(job, clock.now())?;
    loop {
        if insert(db, &row).await? {
            return Ok(row.id);
        }
        // The other job may end between the two statements; then the key is free again.
        if let Some(id) = find_live(db, &row).await? {
            return Ok(id);
        }
    }
}

/// Enqueues `job` for the tick `due` of its schedule, once however often and by whomever it is called; returns its id,
/// or `None` if the tick is taken.
pub async fn enqueue_due(
    db: &impl ConnectionTrait,
    clock: &Clock,
    job: &NewJob,
    due: DateTime<Utc>,
) -> Result<Option<Uuid>, DbErr> {
    let row = NewJob { id: Uuid::now_v7(), due: Some(due), run_at: clock.now(), ..job.clone() };
    Ok(insert(db, &row).await?.then_some(row.id))
}

/// A row for the table.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub(crate) id: Uuid,
    pub(crate) kind: &'static str,
    payload: serde_json::Value,
    unique_key: Option<String>,
    priority: i16,
    max_attempts: i32,
    timeout_seconds: i32,
    run_at: DateTime<Utc>,
    due: Option<DateTime<Utc>>,
}

impl NewJob {
    pub(crate) fn of<J: Job>(job: &J, run_at: DateTime<Utc>) -> Result<Self, DbErr> {
        Ok(Self {
            id: Uuid::now_v7(),
            kind: J::KIND,
            payload: serde_json::to_value(job).map_err(|error| DbErr::Custom(error.to_string()))?,
            unique_key: job.unique_key(),
            priority: J::PRIORITY as i16,
            max_attempts: J::MAX_ATTEMPTS,
            timeout_seconds: i32::try_from(J::TIMEOUT.as_secs()).unwrap_or(i32::MAX),
            run_at,
            due: None,
        })
    }
}

/// Inserts `job` unless its key or its tick is taken; tells whether it did.
async fn insert(db: &impl ConnectionTrait, job: &NewJob) -> Result<bool, DbErr> {
    let values: [Value; 10] = [
        job.id.into(),
        job.kind.into(),
        job.payload.clone().into(),
        job.unique_key.clone().into(),
        job.priority.into(),
        job.max_attempts.into(),
        job.timeout_seconds.into(),
        job.run_at.into(),
        job.due.into(),
        false.into(),
    ];
    let sql = "INSERT INTO job (id, kind, payload, unique_key, priority, state, attempt, deaths, max_attempts, \
               timeout_seconds, run_at, due, cancel_requested, known_at) \
               VALUES ($1, $2, $3, $4, $5, 'QUEUED', 0, 0, $6, $7, $8, $9, $10, $8) ON CONFLICT DO NOTHING";
    let result =
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(result.rows_affected() == 1)
}

async fn find_live(db: &impl ConnectionTrait, job: &NewJob) -> Result<Option<Uuid>, DbErr> {
    let sql = "SELECT id FROM job WHERE kind = $1 AND unique_key = $2 AND state IN ('QUEUED', 'RUNNING')";
    let values: [Value; 2] = [job.kind.into(), job.unique_key.clone().into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    row.map(|row| row.try_get("", "id")).transpose()
}
