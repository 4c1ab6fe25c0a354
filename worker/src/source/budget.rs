//! Where scarce requests are spent: on the symbols whose age costs most.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::market::Symbol;

/// A symbol that could be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub symbol: Symbol,
    /// How much older what is known is than what could be.
    pub staleness: TimeDelta,
    /// How much it matters, relative to the others.
    pub interest: f64,
}

/// The `calls` symbols with the highest staleness × interest, the costliest first; those that are fresh never.
pub fn choose(mut candidates: Vec<Candidate>, calls: usize) -> Vec<Symbol> {
    candidates.retain(|candidate| candidate.staleness > TimeDelta::zero());
    let cost = |candidate: &Candidate| candidate.staleness.as_seconds_f64() * candidate.interest;
    // Of equal ones the first in the alphabet, so that every process chooses the same.
    candidates.sort_by(|a, b| cost(b).total_cmp(&cost(a)).then_with(|| a.symbol.cmp(&b.symbol)));
    candidates.into_iter().map(|candidate| candidate.symbol).take(calls).collect()
}

/// How many requests one purpose may make now: so many hundredths of what is left, one at least while any is.
pub fn share(left: Option<i64>, percent: i64) -> usize {
    let share = left.map(|left| (left * percent).div_euclid(100).max(left.min(1)));
    share.map_or(usize::MAX, |share| usize::try_from(share).unwrap_or(0))
}

/// Requests that come in drops, so that a day's budget lasts the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Purse {
    filled_at: DateTime<Utc>,
    content: f64,
}

/// A purse holds no more than that: what was not spent is left for others.
const LARGEST: f64 = 5.0;

impl Purse {
    pub const fn new(now: DateTime<Utc>) -> Self {
        Self { filled_at: now, content: 0.0 }
    }

    /// What may be spent at `now`, when `left` are left of the day (UTC); `None` is no limit.
    pub fn open(&mut self, now: DateTime<Utc>, left: Option<i64>) -> usize {
        let elapsed = (now - self.filled_at).as_seconds_f64().max(0.0);
        self.filled_at = now;
        let Some(left) = left else { return usize::MAX };
        let midnight =
            now.date_naive().checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let rest = midnight.map_or(1.0, |midnight| (midnight - now).as_seconds_f64().max(1.0));
        self.content = (self.content + left as f64 * elapsed / (rest + elapsed)).min(LARGEST);
        let whole = [1, 2, 3, 4, 5].into_iter().take_while(|count| f64::from(*count) <= self.content).count();
        whole.min(usize::try_from(left).unwrap_or(0))
    }

    /// Takes what was spent.
    pub fn spend(&mut self, calls: usize) {
        self.content = (self.content - calls as f64).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(symbol: &str, minutes: i64, interest: f64) -> Candidate {
        Candidate { symbol: symbol.parse().unwrap(), staleness: TimeDelta::minutes(minutes), interest }
    }

    #[test]
    fn requests_go_where_age_costs_most() {
        let all = || {
            vec![
                candidate("A", 10, 1.0),
                candidate("B", 4, 3.0),
                candidate("C", 0, 100.0),
                candidate("D", -5, 100.0),
                candidate("E", 10, 1.0),
            ]
        };
        let chosen = |calls| choose(all(), calls).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(chosen(2), ["B", "A"]);
        assert_eq!(chosen(usize::MAX), ["B", "A", "E"]);
        assert_eq!(chosen(0), [""; 0]);
    }

    #[test]
    fn a_share_is_one_at_least_while_anything_is_left() {
        for (left, percent, expected) in
            [(None, 50, usize::MAX), (Some(25), 50, 12), (Some(1), 50, 1), (Some(0), 50, 0)]
        {
            assert_eq!(share(left, percent), expected, "{left:?}");
        }
    }

    #[test]
    fn a_day_s_budget_lasts_the_day() {
        let start: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().unwrap();
        let (mut purse, mut left, mut spent_at) = (Purse::new(start), 24_i64, Vec::new());
        for minute in 1..24 * 60 {
            let now = start + TimeDelta::minutes(minute);
            if purse.open(now, Some(left)) > 0 {
                purse.spend(1);
                left -= 1;
                spent_at.push(minute / 60);
            }
        }
        assert!((20..=24).contains(&spent_at.len()), "{spent_at:?}");
        let before_noon = spent_at.iter().filter(|hour| **hour < 12).count();
        assert!((10..=13).contains(&before_noon), "{spent_at:?}");
    }

    proptest! {
        #[test]
        fn no_symbol_left_out_costs_more_than_one_that_was_chosen(
            rows in prop::collection::vec((-100i64..1000, 0.0f64..10.0), 0..40),
            calls in 0usize..40,
        ) {
            let all: Vec<Candidate> = rows.iter().enumerate()
                .map(|(index, (minutes, interest))| candidate(&format!("S{index}"), *minutes, *interest)).collect();
            let cost = |symbol: &Symbol| {
                let one = all.iter().find(|one| one.symbol == *symbol).unwrap();
                one.staleness.as_seconds_f64() * one.interest
            };
            let chosen = choose(all.clone(), calls);
            prop_assert!(chosen.len() <= calls);
            let least = chosen.iter().map(cost).fold(f64::INFINITY, f64::min);
            let stale = all.iter().filter(|one| one.staleness > TimeDelta::zero());
            for one in stale.filter(|one| !chosen.contains(&one.symbol)) {
                prop_assert!(chosen.len() == calls && cost(&one.symbol) <= least);
            }
        }

        #[test]
        fn a_purse_never_gives_more_than_is_left(
            left in 0i64..3000, pauses in prop::collection::vec(0i64..7200, 1..50),
        ) {
            let mut now: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().unwrap();
            let (mut purse, mut left) = (Purse::new(now), left);
            for pause in pauses {
                now += TimeDelta::seconds(pause);
                let calls = purse.open(now, Some(left));
                prop_assert!(calls <= usize::try_from(left).unwrap());
                purse.spend(calls);
                left -= i64::try_from(calls).unwrap();
            }
        }
    }
}
