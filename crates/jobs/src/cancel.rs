//! Ends jobs that are no longer wanted.

use platform::clock::Clock;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use uuid::Uuid;

/// Cancels a waiting job at once, and asks a running one to end; tells whether there was anything to cancel.
pub async fn cancel(db: &impl ConnectionTrait, clock: &Clock, job: Uuid) -> Result<bool, DbErr> {
    let sql = "UPDATE job SET cancel_requested = $3, \
               finished_at = CASE WHEN state = 'QUEUED' THEN $2 ELSE finished_at END, \
               state = CASE WHEN state = 'QUEUED' THEN 'CANCELLED' ELSE state END \
               WHERE id = $1 AND state IN ('QUEUED', 'RUNNING')";
    let values: [Value; 3] = [job.into(), clock.now().into(), true.into()];
    let result =
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(result.rows_affected() == 1)
}
