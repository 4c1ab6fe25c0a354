//! The trading days of an exchange: which days it opens, when each session starts and ends in UTC.
//!
//! Owns the New York calendar (`XNYS`) for 1990 to 2099, made once from the exchange's rules and its list of exceptional
//! closures. The published timetable counts: halts and shortened hours on the day itself (the snow of 1996-01-08, the
//! late opening of 2002-09-11) are not in it.
//!
//! Never reads a file, a clock or a vendor. Outside its years it answers with its first or last session, so no date and
//! no instant makes it panic.

mod early_close;
mod holiday;
mod table;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use self::table::Table;

/// One day's regular trading, from the opening to the closing bell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Session {
    /// The exchange's local date.
    pub day: NaiveDate,
    pub open: DateTime<Utc>,
    /// The first instant at which trading is over.
    pub close: DateTime<Utc>,
}

/// The sessions of one exchange; a copy costs one pointer.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    table: &'static Table,
}

impl Calendar {
    /// The calendar of the New York Stock Exchange, which Nasdaq shares.
    pub fn new_york() -> Self {
        Self { table: Table::new_york() }
    }

    /// The zone in which the exchange's days and bells are fixed.
    pub fn time_zone(self) -> Tz {
        self.table.time_zone()
    }

    /// The session of `day`; `None` on weekends, holidays and outside 1990 to 2099.
    pub fn session(self, day: NaiveDate) -> Option<Session> {
        self.table.sessions().get(self.table.position(day)).copied().filter(|session| session.day == day)
    }

    /// Tells whether the exchange opens on `day`.
    pub fn is_trading_day(self, day: NaiveDate) -> bool {
        self.session(day).is_some()
    }

    /// The first session on or after `from`; the calendar's last session if none follows.
    pub fn next_session(self, from: NaiveDate) -> Session {
        self.table.nearest(self.table.position(from))
    }

    /// The last session on or before `until`; the calendar's first session if none precedes.
    pub fn previous_session(self, until: NaiveDate) -> Session {
        self.session(until).unwrap_or_else(|| self.table.before(self.table.position(until)))
    }

    /// The sessions from `from` to `to`, both included; none if `to` lies before `from`.
    pub fn sessions(
        self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl DoubleEndedIterator<Item = Session> + ExactSizeIterator {
        let start = self.table.position(from);
        let end = to.succ_opt().map_or(self.table.sessions().len(), |day| self.table.position(day));
        self.table.sessions().get(start..end).unwrap_or_default().iter().copied()
    }

    /// The first session whose close lies after `time`: the one that something known at `time` could still influence.
    ///
    /// Costs two array look-ups. After 2099 it is the calendar's last session.
    pub fn influenced_session(self, time: DateTime<Utc>) -> Session {
        self.table.nearest(self.table.closed_until(time))
    }

    /// The last session whose close is at or before `time`; the calendar's first session if none has closed yet.
    pub fn last_closed_session(self, time: DateTime<Utc>) -> Session {
        self.table.before(self.table.closed_until(time))
    }

    /// Tells whether regular trading is on at `time`; at the opening bell it is, at the closing bell it is not.
    pub fn is_open(self, time: DateTime<Utc>) -> bool {
        let session = self.influenced_session(time);
        session.open <= time && time < session.close
    }
}

#[cfg(test)]
mod tests;
