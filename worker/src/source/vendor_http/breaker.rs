//! Leaves a vendor alone that keeps failing.

use chrono::{DateTime, TimeDelta, Utc};
use domain::admin::connection;
use std::collections::VecDeque;

const FAILURES: usize = 5;
const WITHIN: TimeDelta = TimeDelta::minutes(5);
const FIRST_REST: TimeDelta = TimeDelta::minutes(1);
const LONGEST_REST: TimeDelta = TimeDelta::minutes(15);
/// A probe that has not ended by then never will: its job was cancelled.
const PROBE: TimeDelta = TimeDelta::minutes(1);

/// A circuit breaker: five failures within five minutes open it, one success closes it.
///
/// After a rest one call may probe; each probe that fails doubles the rest, up to a quarter of an hour.
#[derive(Debug)]
pub struct Breaker {
    failures: VecDeque<DateTime<Utc>>,
    state: State,
    rest: TimeDelta,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: DateTime<Utc> },
    HalfOpen { since: DateTime<Utc> },
}

impl Default for Breaker {
    fn default() -> Self {
        Self { failures: VecDeque::new(), state: State::Closed, rest: FIRST_REST }
    }
}

impl Breaker {
    /// Lets a call through, or says until when none is.
    pub fn admit(&mut self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        match self.state {
            State::Closed => Ok(()),
            State::Open { until } if now < until => Err(until),
            State::HalfOpen { since } if now < since + PROBE => Err(since + PROBE),
            State::Open { .. } | State::HalfOpen { .. } => {
                self.state = State::HalfOpen { since: now };
                Ok(())
            }
        }
    }

    pub fn succeed(&mut self) {
        *self = Self::default();
    }

    pub fn fail(&mut self, now: DateTime<Utc>) {
        self.failures.push_back(now);
        while self.failures.front().is_some_and(|at| *at < now - WITHIN) {
            self.failures.pop_front();
        }
        match self.state {
            State::HalfOpen { .. } => {
                self.rest = (self.rest * 2).min(LONGEST_REST);
                self.state = State::Open { until: now + self.rest };
            }
            State::Closed if self.failures.len() >= FAILURES => {
                self.state = State::Open { until: now + self.rest };
            }
            // Calls that were under way when it opened.
            State::Closed | State::Open { .. } => {}
        }
    }

    /// As it is shown.
    pub fn state(&self) -> connection::Breaker {
        match self.state {
            State::Closed => connection::Breaker::Closed,
            State::Open { .. } => connection::Breaker::Open,
            State::HalfOpen { .. } => connection::Breaker::HalfOpen,
        }
    }

    /// Until when no call is let through.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Open { until } => Some(until),
            State::Closed | State::HalfOpen { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn five_failures_within_five_minutes_open_it_and_a_probe_closes_it() {
        let mut breaker = Breaker::default();
        for second in [0, 70, 140, 210] {
            breaker.fail(at(second));
            assert_eq!(breaker.admit(at(second)), Ok(()));
        }
        breaker.fail(at(300));
        assert_eq!((breaker.admit(at(359)), breaker.until()), (Err(at(360)), Some(at(360))));
        assert_eq!(breaker.admit(at(360)), Ok(()));
        assert_eq!(breaker.state(), connection::Breaker::HalfOpen);
        // One probe at a time.
        assert_eq!(breaker.admit(at(361)), Err(at(420)));
        breaker.succeed();
        assert_eq!((breaker.admit(at(362)), breaker.state()), (Ok(()), connection::Breaker::Closed));
    }

    #[test]
    fn failures_far_apart_open_nothing() {
        let mut breaker = Breaker::default();
        for second in (0..20).map(|count| count * 76) {
            breaker.fail(at(second));
        }
        assert_eq!(breaker.state(), connection::Breaker::Closed);
    }

    #[test]
    fn a_success_between_starts_the_count_anew() {
        let mut breaker = Breaker::default();
        for second in 0..20 {
            breaker.fail(at(second));
            if second % 4 == 3 {
                breaker.succeed();
            }
        }
        assert_eq!(breaker.state(), connection::Breaker::Closed);
    }

    #[test]
    fn each_failed_probe_doubles_the_rest_to_a_limit() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            breaker.fail(at(0));
        }
        let mut rests = Vec::new();
        for _ in 0..6 {
            let until = breaker.until().unwrap();
            breaker.admit(until).unwrap();
            breaker.fail(until);
            rests.push((breaker.until().unwrap() - until).num_minutes());
        }
        assert_eq!(rests, [2, 4, 8, 15, 15, 15]);
    }

    #[test]
    fn a_probe_that_never_ends_does_not_lock_the_vendor_out() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            breaker.fail(at(0));
        }
        assert_eq!(breaker.admit(at(60)), Ok(()));
        assert_eq!(breaker.admit(at(120)), Ok(()));
    }
}
