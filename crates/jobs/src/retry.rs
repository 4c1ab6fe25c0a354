//! When a failed job runs again.

use rand::RngExt;
use std::{fmt, time::Duration};

const BASE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(5);

/// The pause after failure number `attempt` (from 1): doubling from 2 s up to 5 min, the last half of it random.
pub(crate) fn backoff(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(16);
    let whole = (BASE * 2_u32.pow(doublings)).min(LONGEST);
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
    use super::backoff;
    use std::time::Duration;

    #[test]
    fn pauses_double_up_to_a_limit_and_differ() {
        for (attempt, whole) in [(1, 2), (2, 4), (5, 32), (9, 300), (1000, 300)] {
            let (least, most) = (Duration::from_secs(whole) / 2, Duration::from_secs(whole));
            assert!((0..50).all(|_| (least..=most).contains(&backoff(attempt))), "attempt {attempt}");
        }
        assert!((0..50).map(|_| backoff(5)).any(|pause| pause != backoff(5)));
    }
}
