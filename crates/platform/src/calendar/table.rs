use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::{America, Tz};

use super::{Session, early_close, holiday};

const FIRST_YEAR: i32 = 1990;
/// chrono-tz tabulates daylight saving time up to this year.
const LAST_YEAR: i32 = 2099;
const OPEN: NaiveTime = NaiveTime::from_hms_opt(9, 30, 0).expect("half past nine exists");

/// Every session of an exchange in order, and an index by day.
///
/// Invariants: `sessions` is not empty, ascends, and each session opens and closes on its own day's UTC date.
#[derive(Debug)]
pub(super) struct Table {
    time_zone: Tz,
    first_day: NaiveDate,
    sessions: Vec<Session>,
    /// For each day from `first_day` on, the position of the first session on or after it.
    positions: Vec<usize>,
}

impl Table {
    pub(super) fn new_york() -> &'static Self {
        static NEW_YORK: LazyLock<Table> = LazyLock::new(Table::from_new_york_rules);
        &NEW_YORK
    }

    pub(super) fn time_zone(&self) -> Tz {
        self.time_zone
    }

    pub(super) fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The position of the first session on or after `day`: the number of sessions before it.
    pub(super) fn position(&self, day: NaiveDate) -> usize {
        let days = day.signed_duration_since(self.first_day).num_days();
        let offset = usize::try_from(days).unwrap_or(0);
        self.positions.get(offset).copied().unwrap_or(self.sessions.len())
    }

    /// The number of sessions that have closed at or before `time`.
    pub(super) fn closed_until(&self, time: DateTime<Utc>) -> usize {
        // A session closes on its own day's UTC date, so only the session of that date needs a closer look.
        let position = self.position(time.date_naive());
        let closed_today = self.sessions.get(position).is_some_and(|session| session.close <= time);
        position + usize::from(closed_today)
    }

    /// The session at `position`, or the last one.
    pub(super) fn nearest(&self, position: usize) -> Session {
        self.sessions[position.min(self.sessions.len() - 1)]
    }

    /// The session just before `position`, or the first one.
    pub(super) fn before(&self, position: usize) -> Session {
        self.nearest(position.saturating_sub(1))
    }

    fn from_new_york_rules() -> Self {
        let first_day = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).expect("every year has a first of January");
        let last_day = NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31).expect("every year has a last of December");
        let mut sessions = Vec::new();
        let mut positions = Vec::new();
        for day in first_day.iter_days().take_while(|day| *day <= last_day) {
            positions.push(sessions.len());
            if !holiday::is_closed(day) {
                sessions.push(new_york_session(day));
            }
        }
        Self { time_zone: America::New_York, first_day, sessions, positions }
    }
}

fn new_york_session(day: NaiveDate) -> Session {
    let instant = |time| {
        let local = America::New_York.from_local_datetime(&day.and_time(time));
        local.single().expect("clocks change on Sundays, when there is no session").to_utc()
    };
    Session { day, open: instant(OPEN), close: instant(early_close::close_time(day)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_ascend_and_stay_on_their_utc_date() {
        let table = Table::new_york();
        assert!(table.sessions.is_sorted_by(|one, two| one.close < two.open && one.day < two.day));
        for session in &table.sessions {
            assert_eq!(session.open.date_naive(), session.day);
            assert_eq!(session.close.date_naive(), session.day);
            assert!(session.open < session.close);
        }
    }

    #[test]
    fn every_year_has_about_252_sessions() {
        let table = Table::new_york();
        for year in FIRST_YEAR..=LAST_YEAR {
            let start = NaiveDate::from_ymd_opt(year, 1, 1).expect("every year starts");
            let next = NaiveDate::from_ymd_opt(year + 1, 1, 1).expect("every year starts");
            let count = table.position(next) - table.position(start);
            assert!((248..=254).contains(&count), "{count} sessions in {year}");
        }
    }
}
