//! Spans of time that a question is asked about, and the moment at which it is asked.

use chrono::{DateTime, Days, Utc};
use sea_orm::{ColumnTrait, Condition};

/// How far back a question looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timeframe {
    D1,
    D7,
    D14,
    D30,
    D90,
    Y1,
    Y5,
    All,
}

impl Timeframe {
    /// Its length in days; `None` for everything.
    pub const fn days(self) -> Option<u64> {
        Some(match self {
            Self::D1 => 1,
            Self::D7 => 7,
            Self::D14 => 14,
            Self::D30 => 30,
            Self::D90 => 90,
            Self::Y1 => 365,
            Self::Y5 => 1826,
            Self::All => return None,
        })
    }
}

/// The time after `after` and up to `as_of`, as it was known at `as_of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub after: Option<DateTime<Utc>>,
    pub as_of: DateTime<Utc>,
}

impl Window {
    pub fn new(timeframe: Timeframe, as_of: DateTime<Utc>) -> Self {
        let after = timeframe
            .days()
            .map(|days| as_of.checked_sub_days(Days::new(days)).unwrap_or(DateTime::<Utc>::MIN_UTC));
        Self { after, as_of }
    }

    /// The condition that a row happened within the window and was known at its end.
    pub fn contains<C: ColumnTrait>(&self, happened: C, known: C) -> Condition {
        Condition::all()
            .add_option(self.after.map(|after| happened.gt(after)))
            .add(happened.lte(self.as_of))
            .add(known.lte(self.as_of))
    }
}

/// The condition that `column` is one of `values`; no values, no condition.
pub(crate) fn any_of<C, T>(column: C, values: &[T]) -> Condition
where
    C: ColumnTrait,
    T: Copy + Into<sea_orm::Value>,
{
    let filter = (!values.is_empty()).then(|| column.is_in(values.iter().copied()));
    Condition::all().add_option(filter)
}
