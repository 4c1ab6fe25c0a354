//! When jobs run by themselves.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use domain::admin::schedule::{Change, Current};

/// When a kind of job runs by itself.
#[derive(Clone, Debug, SimpleObject)]
pub struct JobSchedule {
    /// The kind of job, such as `market.collect_prices`.
    kind: String,
    /// Minute, hour, day of month, month and day of week, as in `30 9 * * MON-FRI`.
    cron: String,
    /// The time zone of these times, as an IANA name.
    time_zone: String,
    /// Whether it does not run until it is resumed.
    is_paused: bool,
    /// Whether it is as the product came.
    is_default: bool,
    /// When it runs next; null while it is paused.
    next_run_at: Option<DateTime<Utc>>,
}

impl JobSchedule {
    pub fn new(current: &Current, now: DateTime<Utc>) -> Self {
        Self {
            kind: current.kind.to_owned(),
            cron: current.timing.cron().to_owned(),
            time_zone: current.timing.zone().name().to_owned(),
            is_paused: current.is_paused,
            is_default: current.is_default,
            next_run_at: current.next(now),
        }
    }
}

/// When a kind of job shall run; what is not given stays.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateJobScheduleInput {
    /// One of `jobSchedules { kind }`.
    pub kind: String,
    /// Minute, hour, day of month, month and day of week, as in `30 9 * * MON-FRI`.
    cron: Option<String>,
    /// The time zone of these times, as an IANA name such as `America/New_York`.
    time_zone: Option<String>,
    /// Whether it shall not run; what a pause misses is not made up for.
    is_paused: Option<bool>,
}

impl UpdateJobScheduleInput {
    pub fn change(self) -> Change {
        Change { cron: self.cron, time_zone: self.time_zone, is_paused: self.is_paused }
    }
}
