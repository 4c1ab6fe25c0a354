//! What a running job knows of itself.

use crate::{TOPIC, queue};
use platform::Platform;
use sea_orm::{DatabaseTransaction, DbErr};
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// A running attempt.
#[derive(Debug)]
pub struct JobContext {
    pub(crate) id: Uuid,
    pub(crate) token: Uuid,
    pub(crate) platform: Platform,
    pub(crate) completed: AtomicBool,
}

/// Why a job's effects must not be committed.
#[derive(Debug, thiserror::Error)]
pub enum LeaseLost {
    #[error("another worker has taken over this job")]
    TakenOver,
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl JobContext {
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Tells watchers that `share` (0…1) of the work is done.
    pub async fn report(&self, share: f64) -> Result<(), DbErr> {
        queue::report(self.platform.db.connection(), self.id, self.token, share).await?;
        self.platform.bus.publish(TOPIC, self.id.to_string()).await;
        Ok(())
    }

    /// Completes the job in the transaction of its effects, so that both happen or neither.
    pub async fn complete(&self, txn: &DatabaseTransaction) -> Result<(), LeaseLost> {
        if !queue::complete(txn, self.id, self.token, self.platform.clock.now()).await? {
            return Err(LeaseLost::TakenOver);
        }
        self.completed.store(true, Ordering::SeqCst);
        Ok(())
    }
}
