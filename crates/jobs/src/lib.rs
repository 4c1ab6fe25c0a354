//! The durable queue: work that survives every crash.
//!
//! Owns the table `job`. A job is enqueued in the transaction that makes it necessary, claimed by one worker at a
//! time under a lease, retried with backoff, and kept with its error when its attempts are spent. Effects and
//! completion can commit together (`JobContext::complete`), so a job that runs twice takes effect once.
//!
//! Knows nothing of what the jobs do.

mod cancel;
mod context;
mod enqueue;
mod queue;
mod registry;
mod retry;
mod runner;
mod schedule;
mod scheduler;

pub use cancel::cancel;
pub use context::{JobContext, LeaseLost};
pub use enqueue::{enqueue, enqueue_due};
pub use registry::{Registry, Run};
pub use retry::GiveUp;
pub use runner::{Runner, WorkerSettings};
pub use schedule::{BadCron, Days, Schedule, Timing};
pub use scheduler::{Decision, Scheduler, Timetable};

use platform::bus::Bus;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use uuid::Uuid;

/// The bus topic on which a job's id is published whenever the job changes.
pub const TOPIC: &str = "job";

/// As good as for ever, and still a number of seconds that the table can hold.
const AGES: Duration = Duration::from_hours(500_000);

/// What to do, as it is stored; the doing is `Run`, in the worker.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The wire name, such as `market.backfill_prices`. Stored: never change it.
    const KIND: &'static str;
    const PRIORITY: Priority = Priority::Normal;
    /// Whether it goes on until the worker stops: nobody waits for it to end, and it is never given up.
    const ENDLESS: bool = false;
    /// After so many failures, or four times as many deaths of its worker, the job is kept as `FAILED`.
    const MAX_ATTEMPTS: i32 = if Self::ENDLESS { i32::MAX } else { 8 };
    /// One attempt may take so long.
    const TIMEOUT: Duration = if Self::ENDLESS { AGES } else { Duration::from_mins(10) };

    /// Jobs of one kind with equal keys are one job while it waits or runs.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Low = -10,
    Normal = 0,
    High = 10,
}

/// Tells workers and watchers that `job` changed; call it after the commit.
pub async fn announce(bus: &dyn Bus, job: Uuid) {
    bus.publish(TOPIC, job.to_string()).await;
}
