//! How often and how long a failed call is repeated, and how fast calls may follow each other.

use backon::{BackoffBuilder as _, ExponentialBuilder};
use platform::limit::Quota;
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);

/// Pauses that double, each with a random part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    pub first: Duration,
    pub longest: Duration,
    /// How many calls follow the first.
    pub retries: usize,
}

impl Patience {
    /// For Reddit: 2 to 120 s.
    pub const SOCIAL: Self =
        Self { first: Duration::from_secs(2), longest: Duration::from_mins(2), retries: 4 };
    /// For prices and news: 1 to 30 s.
    pub const PRICES: Self =
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(30), retries: 4 };

    /// The pauses, one before each repetition.
    pub fn pauses(&self) -> impl Iterator<Item = Duration> + Send + use<> {
        let longest = self.longest;
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.first)
            .with_max_delay(longest)
            .with_max_times(self.retries)
            .with_jitter();
        // The random part comes on top.
        pauses.build().map(move |pause| pause.min(longest))
    }
}

/// A bucket that grants at most `per_minute` within any minute, and a sixth of it at once.
///
/// A bucket of b that regains n − b within a minute grants n in the busiest one.
pub fn quota(per_minute: u32) -> Quota {
    let burst = (per_minute / 6).max(1);
    let regained = per_minute.saturating_sub(burst).max(1);
    Quota::new(burst, MINUTE * burst / regained)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_the_first_to_the_longest_and_differ() {
        for patience in [Patience::SOCIAL, Patience { retries: 12, ..Patience::PRICES }] {
            let pauses: Vec<_> = patience.pauses().collect();
            assert_eq!(pauses.len(), patience.retries);
            let mut least = patience.first;
            for pause in &pauses {
                assert!((least..=patience.longest).contains(pause), "{pauses:?}");
                least = (least * 2).min(patience.longest);
            }
            assert_ne!(pauses, patience.pauses().collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_minute_has_more_than_is_granted() {
        for per_minute in [2, 5, 30, 60, 100, 300] {
            let Quota { burst, per } = quota(per_minute);
            let regained = MINUTE.as_secs_f64() / per.as_secs_f64() * f64::from(burst);
            assert!(f64::from(burst) + regained <= f64::from(per_minute) + 1e-6, "{per_minute}");
            assert!(f64::from(burst) + regained >= f64::from(per_minute) * 0.99, "{per_minute}");
        }
    }
}
