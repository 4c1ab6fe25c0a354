//! When a failed job runs again.

use rand::RngExt;
use std::{fmt, time::Duration};

const BASE: Duration = Duration::from_secs(2);
pub(crate) const LONGEST: Duration = Duration::from_mins(5);
/// What streams would be missed at once, and what keeps them from running is mostly an outage that ends.
pub(crate) const LONGEST_OF_ENDLESS: Duration = Duration::from_secs(5);

/// The pause after the `failures`th failure: doubling from 2 s up to `longest`, the last half of it random.
pub(crate) fn backoff(failures: i32, longest: Duration) -> Duration {
    let doublings = u32::try_from(failures - 1).unwrap_or(0).min(16);
    let whole = (BASE * 2_u32.pow(doublings)).min(longest);
    whole.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// Wraps an error that no retry can mend.
#[derive(Debug)]
pub struct GiveUp(pub anyhow::Error);

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for GiveUp {}

#[cfg(test)]
mod tests {
    use super::{LONGEST, backoff};
    use std::time::Duration;

    #[test]
    fn pauses_double_up_to_a_limit_and_differ() {
        for (failures, whole) in [(1, 2), (2, 4), (5, 32), (9, 300), (1000, 300)] {
            let (least, most) = (Duration::from_secs(whole) / 2, Duration::from_secs(whole));
            assert!(
                (0..50).all(|_| (least..=most).contains(&backoff(failures, LONGEST))),
                "{failures} failures"
            );
        }
        assert!((0..50).map(|_| backoff(5, LONGEST)).any(|pause| pause != backoff(5, LONGEST)));
    }
}
