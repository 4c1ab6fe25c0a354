use chrono::{DateTime, NaiveDate, Utc};
use platform::calendar::{Calendar, Session};

/// The day on which everything costs its base price.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2021, 1, 1).expect("every year starts");

/// A time as the simulated market sees it: how far between two bells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// The number of the session that is on or comes next, from the market's first.
    pub session: usize,
    pub part: Part,
    /// How much of the part is over, 0…1.
    pub share: f64,
    /// Seconds to the nearer of the part's two bells.
    pub distance: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// From the closing bell before to the opening bell, over weekends too.
    Night,
    Day,
}

impl Moment {
    /// `None` before the market's first opening bell.
    pub(super) fn of(time: DateTime<Utc>) -> Option<Self> {
        let calendar = Calendar::new_york();
        let session = calendar.influenced_session(time);
        let number = number(session.day)?;
        let (part, start, end) = if time < session.open {
            (Part::Night, calendar.last_closed_session(time).close, session.open)
        } else {
            (Part::Day, session.open, session.close)
        };
        if number == 0 && part == Part::Night {
            return None;
        }
        let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_milliseconds() as f64 / 1e3;
        let share = (seconds(start, time) / seconds(start, end)).clamp(0.0, 1.0);
        let distance = seconds(start, time).min(seconds(time, end));
        Some(Self { session: number, part, share, distance })
    }

    /// The number of the last session that has at least begun; `None` before the first.
    pub(super) fn begun(&self) -> Option<usize> {
        match self.part {
            Part::Night => self.session.checked_sub(1),
            Part::Day => Some(self.session),
        }
    }

    /// Tells whether trading is on.
    pub(super) fn is_open(&self) -> bool {
        self.part == Part::Day
    }
}

/// The number of the session of `day`; `None` before the market's first.
pub(super) fn number(day: NaiveDate) -> Option<usize> {
    Calendar::new_york().sessions(FIRST_DAY, day).len().checked_sub(1)
}

/// The sessions within `from` to `to`, with their numbers.
pub(super) fn sessions(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = (usize, Session)> {
    let sessions = Calendar::new_york().sessions(from.max(FIRST_DAY), to);
    sessions.filter_map(|session| Some((number(session.day)?, session)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(time: &str) -> Option<Moment> {
        Moment::of(time.parse().expect("a test writes an instant"))
    }

    #[test]
    fn bells_divide_time_into_nights_and_days() {
        let opening = moment("2021-01-04T14:30:00Z").expect("the first bell");
        assert_eq!((opening.session, opening.part, opening.share), (0, Part::Day, 0.0));
        let noon = moment("2021-01-04T17:45:00Z").expect("the first day");
        assert_eq!((noon.session, noon.part, noon.share, noon.distance), (0, Part::Day, 0.5, 11_700.0));
        let closing = moment("2021-01-04T21:00:00Z").expect("the first close");
        assert_eq!((closing.session, closing.part, closing.share), (1, Part::Night, 0.0));
        assert_eq!(closing.begun(), Some(0));
        assert_eq!(moment("2021-01-04T14:29:59Z"), None);
        assert_eq!(moment("2020-06-01T15:00:00Z"), None);
    }
}
