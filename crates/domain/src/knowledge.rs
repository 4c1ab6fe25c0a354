//! Since when a row counts as known.

use chrono::{DateTime, Utc};

/// How a row came to us, which decides its `known_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// From the past: known when anyone could have known it.
    Historical,
    /// Seen as it happened: known from now on.
    Observed,
}

impl Knowledge {
    /// The `known_at` of something that could be known at `public`.
    pub fn since(self, public: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Historical => public.min(now),
            Self::Observed => now,
        }
    }
}
