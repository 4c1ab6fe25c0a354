//! Enqueues jobs by the clock.
//!
//! Any number of schedulers may run: a tick is a row with a unique (kind, due).

use crate::{Schedule, announce, enqueue::enqueue_due, schedule::Timing};
use chrono::{DateTime, Utc};
use platform::Platform;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use std::{collections::HashMap, fmt::Debug, sync::Arc, time::Duration};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

/// What was decided about a schedule at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub timing: Timing,
    pub is_paused: bool,
}

/// Knows what was decided; asked every second.
#[async_trait::async_trait]
pub trait Timetable: Debug + Send + Sync {
    /// The decisions by kind of job; schedules without one stay as they are in the code.
    async fn decisions(&self) -> anyhow::Result<HashMap<String, Decision>>;
}

/// Enqueues what is due.
#[derive(Debug)]
pub struct Scheduler {
    platform: Platform,
    schedules: Vec<Schedule>,
    timetable: Option<Arc<dyn Timetable>>,
}

/// A schedule as this process follows it.
struct Following {
    schedule: Schedule,
    /// As it was seen last; `None` before the first look.
    decision: Option<Decision>,
    /// The tick that was enqueued last.
    last: Option<DateTime<Utc>>,
}

impl Following {
    /// Goes by `decision` from `now` on; ticks of a pause, and of times that were not decided then, are not made up for.
    fn decide(&mut self, decision: Decision, now: DateTime<Utc>) {
        let is_changed = self.decision.as_ref().is_some_and(|before| *before != decision);
        if is_changed || decision.is_paused {
            self.last = Some(now);
        }
        self.schedule.set_timing(decision.timing.clone());
        self.decision = Some(decision);
    }

    fn is_paused(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.is_paused)
    }
}

impl Scheduler {
    pub fn new(platform: Platform, schedules: Vec<Schedule>) -> Self {
        Self { platform, schedules, timetable: None }
    }

    /// Goes by what `timetable` knows.
    #[must_use]
    pub fn with_timetable(self, timetable: Arc<dyn Timetable>) -> Self {
        Self { timetable: Some(timetable), ..self }
    }

    /// Enqueues ticks until `shutdown`.
    pub async fn run(&self, shutdown: &CancellationToken) {
        let mut second = time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(time::MissedTickBehavior::Skip);
        let following =
            |schedule: &Schedule| Following { schedule: schedule.clone(), decision: None, last: None };
        let mut all: Vec<Following> = self.schedules.iter().map(following).collect();
        while !shutdown.is_cancelled() {
            match self.decide(&mut all).await {
                Ok(()) => self.tick_all(&mut all).await,
                Err(error) => warn!(error = format!("{error:#}"), "Could not read what is scheduled"),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                _ = second.tick() => {}
            }
        }
    }

    async fn decide(&self, all: &mut [Following]) -> anyhow::Result<()> {
        let Some(timetable) = &self.timetable else { return Ok(()) };
        let mut decisions = timetable.decisions().await?;
        let now = self.platform.clock.now();
        for (following, schedule) in all.iter_mut().zip(&self.schedules) {
            let default = || Decision { timing: schedule.timing().clone(), is_paused: false };
            following.decide(decisions.remove(schedule.kind()).unwrap_or_else(default), now);
        }
        Ok(())
    }

    async fn tick_all(&self, all: &mut [Following]) {
        for Following { schedule, last, .. } in all.iter_mut().filter(|following| !following.is_paused()) {
            if let Err(error) = self.tick(schedule, last).await {
                error!(%error, job.name = schedule.kind(), "Could not enqueue a scheduled job");
            }
        }
    }

    /// Enqueues the newest tick that has passed; of several missed ones only the last, since jobs collect what is new.
    async fn tick(&self, schedule: &Schedule, last: &mut Option<DateTime<Utc>>) -> Result<(), DbErr> {
        let now = self.platform.clock.now();
        let Some(due) = schedule.previous(now) else { return Ok(()) };
        if last.is_none() {
            // At the very first start there is no past to catch up with.
            *last = Some(self.last_due(schedule.kind()).await?.unwrap_or(due));
        }
        if last.is_some_and(|last| due <= last) {
            return Ok(());
        }
        let (db, clock) = (self.platform.db.connection(), &self.platform.clock);
        if let Some(job) = enqueue_due(db, clock, schedule.job(), due).await? {
            debug!(job.name = schedule.kind(), %due, "Enqueued a scheduled job");
            announce(self.platform.bus.as_ref(), job).await;
        }
        *last = Some(due);
        Ok(())
    }

    async fn last_due(&self, kind: &str) -> Result<Option<DateTime<Utc>>, DbErr> {
        let db = self.platform.db.connection();
        let sql = "SELECT due FROM job WHERE kind = $1 AND due IS NOT NULL ORDER BY due DESC LIMIT 1";
        let row = db
            .query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [kind.into()]))
            .await?;
        row.map(|row| row.try_get("", "due")).transpose()
    }
}
