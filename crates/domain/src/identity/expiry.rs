//! What is over, and goes.

use super::{Error, idempotency, one_time, session};
use platform::Platform;

/// Deletes sessions, one-time tokens and kept answers that are good for nothing any more; tells how many.
pub async fn forget(platform: &Platform) -> Result<u64, Error> {
    let (db, now) = (platform.db.connection(), platform.clock.now());
    let sessions = session::delete_ended(db, now).await?;
    let tokens = one_time::delete_expired(db, now).await?;
    Ok(sessions + tokens + idempotency::delete_old(db, now).await?)
}
