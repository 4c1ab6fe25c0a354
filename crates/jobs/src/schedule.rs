//! Jobs by the clock: cron expressions in a named time zone, optionally on trading days only.
//!
//! Any number of schedulers may run: a tick is a row with a unique (kind, due).

use crate::{
    Job, announce,
    enqueue::{NewJob, enqueue_due},
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use platform::{Platform, calendar::Calendar};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use std::{str::FromStr, time::Duration};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};

/// Which days count.
#[derive(Clone, Copy, Debug)]
pub enum Days {
    All,
    /// Those on which the exchange opens.
    Trading(Calendar),
}

/// One job and its times.
#[derive(Clone, Debug)]
pub struct Schedule {
    job: NewJob,
    cron: Cron,
    zone: Tz,
    days: Days,
}

impl Schedule {
    /// Runs `job` at the times of the five-field `cron` expression in `zone`.
    ///
    /// # Errors
    /// When the expression or the payload can't be used.
    pub fn new<J: Job>(job: &J, cron: &str, zone: Tz, days: Days) -> anyhow::Result<Self> {
        let job = NewJob::of(job, DateTime::UNIX_EPOCH)?;
        Ok(Self { job, cron: Cron::from_str(cron)?, zone, days })
    }

    pub fn kind(&self) -> &'static str {
        self.job.kind
    }

    /// The last tick at or before `now`.
    pub fn previous(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut at = now.with_timezone(&self.zone);
        let mut inclusive = true;
        // A holiday weekend is short: two weeks of excluded ticks mean that the pattern never falls on a trading day.
        for _ in 0..2000 {
            at = self.cron.find_previous_occurrence(&at, inclusive).ok()?;
            if self.counts(&at) {
                return Some(at.with_timezone(&Utc));
            }
            inclusive = false;
        }
        None
    }

    fn counts(&self, at: &DateTime<Tz>) -> bool {
        match self.days {
            Days::All => true,
            Days::Trading(calendar) => calendar.is_trading_day(at.date_naive()),
        }
    }
}

/// Enqueues what is due.
#[derive(Debug)]
pub struct Scheduler {
    platform: Platform,
    schedules: Vec<Schedule>,
}

impl Scheduler {
    pub fn new(platform: Platform, schedules: Vec<Schedule>) -> Self {
        Self { platform, schedules }
    }

    /// Enqueues ticks until `shutdown`.
    pub async fn run(&self, shutdown: &CancellationToken) {
        let mut second = time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(time::MissedTickBehavior::Skip);
        let mut last = vec![None; self.schedules.len()];
        while !shutdown.is_cancelled() {
            for (schedule, last) in self.schedules.iter().zip(&mut last) {
                if let Err(error) = self.tick(schedule, last).await {
                    error!(%error, job.name = schedule.kind(), "Could not enqueue a scheduled job");
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                _ = second.tick() => {}
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
        if let Some(job) = enqueue_due(db, clock, &schedule.job, due).await? {
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

#[cfg(test)]
mod tests {
    use super::{Days, Schedule};
    use crate::Job;
    use chrono::{DateTime, Utc};
    use chrono_tz::America::New_York;
    use platform::calendar::Calendar;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Nothing;

    impl Job for Nothing {
        const KIND: &'static str = "test.nothing";
    }

    fn previous(cron: &str, days: Days, now: &str) -> String {
        let schedule = Schedule::new(&Nothing, cron, New_York, days).unwrap();
        let now: DateTime<Utc> = now.parse().unwrap();
        schedule.previous(now).unwrap().to_rfc3339()
    }

    #[test]
    fn half_past_nine_in_new_york_moves_with_daylight_saving() {
        assert_eq!(previous("30 9 * * *", Days::All, "2026-03-06T20:00:00Z"), "2026-03-06T14:30:00+00:00");
        assert_eq!(previous("30 9 * * *", Days::All, "2026-03-09T20:00:00Z"), "2026-03-09T13:30:00+00:00");
    }

    #[test]
    fn holidays_and_weekends_are_passed_over() {
        let trading = Days::Trading(Calendar::new_york());
        // Thanksgiving 2026 is on the 26th.
        assert_eq!(previous("30 9 * * *", trading, "2026-11-26T20:00:00Z"), "2026-11-25T14:30:00+00:00");
        assert_eq!(previous("30 9 * * *", trading, "2026-11-29T20:00:00Z"), "2026-11-27T14:30:00+00:00");
    }

    #[test]
    fn a_tick_counts_at_its_very_moment() {
        assert_eq!(previous("0 * * * *", Days::All, "2026-01-05T10:00:00Z"), "2026-01-05T10:00:00+00:00");
    }
}
