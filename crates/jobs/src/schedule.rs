//! Jobs by the clock: cron expressions in a named time zone, optionally on trading days only.

use crate::{Job, enqueue::NewJob};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use platform::calendar::Calendar;
use std::str::FromStr;

/// Which days count.
#[derive(Clone, Copy, Debug)]
pub enum Days {
    All,
    /// Those on which the exchange opens.
    Trading(Calendar),
}

/// When something happens: a five-field cron expression in a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// As it was written.
    text: String,
    cron: Cron,
    zone: Tz,
}

/// Why a text is not the times of a schedule.
#[derive(Debug, thiserror::Error)]
pub enum BadCron {
    #[error("write five fields: minute, hour, day of month, month, day of week, such as `30 9 * * MON-FRI`")]
    Fields,
    #[error("{0}")]
    Syntax(#[from] croner::errors::CronError),
}

impl Timing {
    pub fn new(cron: &str, zone: Tz) -> Result<Self, BadCron> {
        if cron.split_whitespace().count() != 5 {
            return Err(BadCron::Fields);
        }
        Ok(Self { text: cron.to_owned(), cron: Cron::from_str(cron)?, zone })
    }

    pub fn cron(&self) -> &str {
        &self.text
    }

    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first tick after `now`, if there ever is one.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.cron.find_next_occurrence(&now.with_timezone(&self.zone), false);
        Some(next.ok()?.with_timezone(&Utc))
    }
}

/// One job and its times.
#[derive(Clone, Debug)]
pub struct Schedule {
    job: NewJob,
    timing: Timing,
    days: Days,
}

impl Schedule {
    /// Runs `job` at the times of the five-field `cron` expression in `zone`.
    ///
    /// # Errors
    /// When the expression or the payload can't be used.
    pub fn new<J: Job>(job: &J, cron: &str, zone: Tz, days: Days) -> anyhow::Result<Self> {
        let job = NewJob::of(job, DateTime::UNIX_EPOCH)?;
        Ok(Self { job, timing: Timing::new(cron, zone)?, days })
    }

    pub fn kind(&self) -> &'static str {
        self.job.kind
    }

    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    pub(crate) fn set_timing(&mut self, timing: Timing) {
        self.timing = timing;
    }

    pub(crate) fn job(&self) -> &NewJob {
        &self.job
    }

    /// The last tick at or before `now`.
    pub fn previous(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut at = now.with_timezone(&self.timing.zone);
        let mut inclusive = true;
        // A holiday weekend is short: two weeks of excluded ticks mean that the pattern never falls on a trading day.
        for _ in 0..2000 {
            at = self.timing.cron.find_previous_occurrence(&at, inclusive).ok()?;
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

#[cfg(test)]
mod tests {
    use super::{Days, Schedule, Timing};
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

    #[test]
    fn only_five_fields_with_a_time_to_come_are_times() {
        let next = |cron: &str| {
            let timing = Timing::new(cron, New_York).map_err(|error| error.to_string())?;
            Ok::<_, String>(timing.next("2026-03-06T20:00:00Z".parse().unwrap()).map(|at| at.to_rfc3339()))
        };
        assert_eq!(next("30 9 * * MON"), Ok(Some("2026-03-09T13:30:00+00:00".to_owned())));
        assert_eq!(next("0 0 31 2 *"), Ok(None));
        for bad in ["", "@daily", "* * * *", "0 * * * * *", "61 * * * *", "a b c d e"] {
            assert!(next(bad).is_err(), "{bad}");
        }
    }
}
