//! Reads for those who stay.

use super::Database;
use crate::{Fault, FaultKind};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::sleep};
use tracing::debug;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Half of a pool's connections.
#[derive(Clone, Debug)]
pub(super) struct Half(Arc<Semaphore>);

impl Half {
    pub(super) fn of(connections: u32) -> Self {
        let half = usize::try_from(connections / 2).unwrap_or(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(half.max(1))))
    }
}

impl Database {
    /// The answer of `read`, asked again for as long as the database is busy or away.
    ///
    /// For streams: one that ended with an error would lose its client all that is still to come. Of a thousand clients
    /// that come back at once, as many as half the connections allow read at a time, and the others wait in line, so
    /// that those who ask only once still find a connection.
    pub async fn patiently<T, E, F>(&self, read: impl Fn() -> F) -> Result<T, E>
    where
        E: Fault,
        F: Future<Output = Result<T, E>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            // Never closed; without a permit the read is as good, only less polite.
            let permit = self.half.0.acquire().await;
            let answer = read().await;
            let is_busy = |error: &&E| error.kind() == FaultKind::Unavailable;
            let Some(error) = answer.as_ref().err().filter(is_busy) else { return answer };
            debug!(%error, "A stream waits for the database");
            drop(permit);
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
