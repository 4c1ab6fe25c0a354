//! The only source of the current time.

use chrono::{DateTime, SubsecRound, Utc};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// Tells the time in UTC, to the microsecond: what both databases keep.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Microseconds since 1970 of a clock that stands still until moved; the system's time when absent.
    fixed: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's time.
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that shows `time` until it is moved.
    pub fn fixed(time: DateTime<Utc>) -> Self {
        Self { fixed: Some(Arc::new(AtomicI64::new(time.timestamp_micros()))) }
    }

    /// Moves a fixed clock, for all its clones.
    pub fn set(&self, time: DateTime<Utc>) {
        if let Some(fixed) = &self.fixed {
            fixed.store(time.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// The current time.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.fixed {
            None => Utc::now().trunc_subsecs(6),
            Some(fixed) => DateTime::from_timestamp_micros(fixed.load(Ordering::SeqCst))
                .expect("it was set from a DateTime"),
        }
    }

    /// Waits for `duration`; a fixed clock is moved on by it instead, so that a test's waits cost nothing.
    pub async fn sleep(&self, duration: Duration) {
        match &self.fixed {
            None => tokio::time::sleep(duration).await,
            Some(fixed) => {
                let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
                fixed.fetch_add(micros, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }
    }
}
