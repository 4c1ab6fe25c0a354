//! What the buckets promise, whoever asks and whenever.

use super::*;
use chrono::DateTime;
use futures_util::FutureExt as _;
use proptest::prelude::*;
use std::time::Duration;

const START: i64 = 1_700_000_000_000_000;

struct Bench {
    clock: Clock,
    limiter: Limiter,
    now: i64,
}

impl Bench {
    fn new() -> Self {
        let clock = Clock::fixed(DateTime::from_timestamp_micros(START).unwrap());
        Self { limiter: Limiter::new(clock.clone(), None).unwrap(), clock, now: START }
    }

    fn wait(&mut self, time: Duration) {
        self.move_to(self.now + i64::try_from(time.as_micros()).unwrap());
    }

    fn move_to(&mut self, now: i64) {
        self.now = now;
        self.clock.set(DateTime::from_timestamp_micros(self.now).unwrap());
    }

    fn take(&self, quotas: &[Quota], cost: u32) -> Decision {
        self.limiter.take("key", quotas, cost).now_or_never().expect("nothing is waited for")
    }
}

const fn quota(burst: u32, seconds: u64) -> Quota {
    Quota { burst, per: Duration::from_secs(seconds) }
}

#[test]
fn a_burst_is_allowed_at_once_and_comes_back_evenly() {
    let mut bench = Bench::new();
    let quotas = [quota(10, 60)];
    for left in (0..10).rev() {
        let decision = bench.take(&quotas, 1);
        assert_eq!((decision.allowed, decision.limit, decision.remaining), (true, 10, left));
    }
    let refused = bench.take(&quotas, 1);
    assert_eq!(
        refused,
        Decision {
            allowed: false,
            limit: 10,
            remaining: 0,
            reset_after: Duration::from_mins(1),
            retry_after: Some(Duration::from_secs(6)),
        }
    );
    bench.move_to(START + 5_999_999);
    assert!(!bench.take(&quotas, 1).allowed);
    bench.move_to(START + 6_000_000);
    assert!(bench.take(&quotas, 1).allowed);
    bench.wait(Duration::from_mins(1));
    assert_eq!(bench.take(&quotas, 0).remaining, 10);
}

#[test]
fn of_several_quotas_all_are_taken_or_none() {
    let mut bench = Bench::new();
    let quotas = [quota(5, 1), quota(8, 3600)];
    assert_eq!(bench.take(&quotas, 5).limit, 5);
    // The first has nothing left, so the second keeps its three.
    assert_eq!(bench.take(&quotas, 3).limit, 5);
    bench.wait(Duration::from_secs(1));
    assert_eq!(
        bench.take(&quotas, 3),
        Decision {
            allowed: true,
            limit: 8,
            remaining: 0,
            reset_after: Duration::from_secs(8 * 450 - 1),
            retry_after: None,
        }
    );
    // Now the second makes wait longest.
    assert_eq!(bench.take(&quotas, 3).retry_after, Some(Duration::from_secs(3 * 450 - 1)));
}

#[test]
fn a_cost_above_the_burst_is_refused_for_ever() {
    let bench = Bench::new();
    for (quotas, cost) in [([quota(10, 60)], 11), ([quota(10, 60)], u32::MAX), ([quota(0, 60)], 1)] {
        let decision = bench.take(&quotas, cost);
        assert!(!decision.allowed && decision.retry_after.is_none(), "{decision:?}");
    }
    // One impossible quota is enough, though another would only make wait.
    let decision = bench.take(&[quota(20, 1), quota(10, 60)], 11);
    assert_eq!((decision.limit, decision.retry_after), (10, None));
    assert_eq!(bench.take(&[quota(10, 60)], 10).remaining, 0);
}

#[test]
fn keys_do_not_know_each_other() {
    let bench = Bench::new();
    let take = |key| bench.limiter.take(key, &[quota(1, 60)], 1).now_or_never().unwrap().allowed;
    assert_eq!([take("a"), take("b"), take("a")], [true, true, false]);
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out_for_longer_than_a_bucket() {
    let mut bench = Bench::new();
    assert!(bench.take(&[quota(10, 60)], 10).allowed);
    bench.move_to(START - 86_400_000_000);
    assert_eq!(bench.take(&[quota(10, 60)], 1).retry_after, Some(Duration::from_secs(6)));
}

#[test]
fn extreme_quotas_are_still_quotas() {
    let bench = Bench::new();
    assert!(bench.take(&[], 7).allowed);
    for quota in [
        Quota { burst: u32::MAX, per: Duration::MAX },
        Quota { burst: u32::MAX, per: Duration::ZERO },
        Quota { burst: 1, per: Duration::MAX },
    ] {
        let bench = Bench::new();
        assert!(bench.take(&[quota], quota.burst).allowed, "{quota:?}");
        assert!(!bench.take(&[quota], 1).allowed, "{quota:?}");
    }
}

// Minutes and more, though the clock is not the real one: the memory drops buckets when they are full in real time.
proptest! {
    #[test]
    fn no_window_has_more_than_a_burst_and_what_came_back(
        burst in 1u32..20,
        per_micros in 100_000_000u64..1_000_000_000,
        steps in prop::collection::vec((0u64..200_000_000, 0u32..8), 1..60),
    ) {
        let quotas = [Quota { burst, per: Duration::from_micros(per_micros) }];
        let mut bench = Bench::new();
        let mut granted = vec![];
        for (pause, cost) in steps {
            bench.wait(Duration::from_micros(pause));
            let mut decision = bench.take(&quotas, cost);
            if let Some(wait) = decision.retry_after {
                // The greediest come back at the very moment they are told to.
                bench.wait(wait);
                decision = bench.take(&quotas, cost);
            }
            if decision.allowed {
                granted.push((bench.now, u64::from(cost)));
            }
            for (first, (start, _)) in granted.iter().enumerate() {
                let sum: u64 = granted[first..].iter().map(|(_, cost)| cost).sum();
                let elapsed = (bench.now - start).unsigned_abs();
                // sum <= burst + elapsed / per * burst, without division.
                prop_assert!(sum * per_micros <= u64::from(burst) * (per_micros + elapsed));
            }
        }
    }

    #[test]
    fn one_who_waits_as_told_is_allowed_and_not_a_moment_earlier(
        quotas in prop::collection::vec((1u32..20, 100_000_000u64..10_000_000_000), 1..4),
        costs in prop::collection::vec(1u32..8, 1..40),
    ) {
        let quotas: Vec<_> =
            quotas.iter().map(|(burst, per)| Quota { burst: *burst, per: Duration::from_micros(*per) }).collect();
        let mut bench = Bench::new();
        for cost in costs {
            let Some(wait) = bench.take(&quotas, cost).retry_after else { continue };
            bench.wait(wait);
            bench.move_to(bench.now - 1);
            prop_assert!(!bench.take(&quotas, cost).allowed);
            bench.move_to(bench.now + 1);
            prop_assert!(bench.take(&quotas, cost).allowed);
        }
    }
}
