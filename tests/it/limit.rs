//! Limits that several processes keep together over Redis.

use futures_util::future::join_all;
use platform::{
    clock::Clock,
    config::RedisConfig,
    limit::{Decision, Limiter, Quota},
    telemetry,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::time::{Duration, Instant};
use tests::{RedisServer, TestApp};
use tokio::{net::TcpListener, time::sleep};

const QUOTAS: [Quota; 2] =
    [Quota { burst: 10, per: Duration::from_mins(10) }, Quota { burst: 30, per: Duration::from_hours(1) }];

/// A clock that stands still.
fn clock() -> Clock {
    Clock::fixed("2026-01-05T10:00:00Z".parse().unwrap())
}

fn limiter(clock: &Clock, redis: &RedisConfig) -> Limiter {
    Limiter::new(clock.clone(), Some(redis)).unwrap()
}

/// A decision, and how long it took.
async fn timed(limiter: &Limiter) -> (Decision, Duration) {
    let started = Instant::now();
    (limiter.take("user:1", &QUOTAS, 1).await, started.elapsed())
}

#[tokio::test]
async fn redis_and_the_process_decide_alike() {
    let app = TestApp::start().await;
    let Some(redis) = &app.config.redis else { return app.finish().await };
    let clock = clock();
    let (shared, own) = (limiter(&clock, redis), Limiter::new(clock.clone(), None).unwrap());
    let mut random = StdRng::seed_from_u64(20_261_121);
    let mut refused = 0;
    for step in 0..1000 {
        let key = format!("user:{}", random.random_range(0..3));
        let cost = random.random_range(0..12);
        let decision = shared.take(&key, &QUOTAS, cost).await;
        assert_eq!(decision, own.take(&key, &QUOTAS, cost).await, "{step}: {key} {cost}");
        refused += usize::from(!decision.allowed);
        clock.set(clock.now() + Duration::from_micros(random.random_range(0..200_000_000)));
    }
    assert!((100..900).contains(&refused), "{refused} were refused");
    app.finish().await;
}

#[tokio::test]
async fn processes_share_what_redis_keeps() {
    let app = TestApp::start().await;
    let Some(redis) = &app.config.redis else { return app.finish().await };
    let clock = clock();
    let processes: Vec<_> = (0..4).map(|_| limiter(&clock, redis)).collect();
    let asked = (0..40).map(|number| processes[number % 4].take("user:1", &QUOTAS, 1));
    let allowed = join_all(asked).await.into_iter().filter(|decision| decision.allowed).count();
    assert_eq!(allowed, 10);
    app.finish().await;
}

#[tokio::test]
async fn while_redis_is_away_the_process_goes_on_from_what_it_saw() {
    let Some(mut redis) = RedisServer::start() else { return };
    let metrics = telemetry::metrics_handle();
    let limiter = limiter(&clock(), &redis.config());
    for left in [9, 8, 7, 6] {
        assert_eq!(timed(&limiter).await.0.remaining, left);
    }
    redis.stop();
    for left in [5, 4, 3, 2, 1, 0] {
        let (decision, took) = timed(&limiter).await;
        assert_eq!((decision.allowed, decision.remaining), (true, left));
        assert!(took < Duration::from_millis(200), "{took:?}");
    }
    assert!(!timed(&limiter).await.0.allowed);
    assert!(metrics.render().contains("bellwether_limit_failover_total"));
    // It comes back empty, and after a pause is asked again.
    assert!(redis.restart());
    sleep(Duration::from_millis(1100)).await;
    assert_eq!(timed(&limiter).await.0.remaining, 9);
}

#[tokio::test]
async fn a_redis_that_hangs_costs_a_tenth_of_a_second_and_then_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let limiter = limiter(&clock(), &RedisConfig { url: url.parse().unwrap(), prefix: "test".to_owned() });
    let (decision, took) = timed(&limiter).await;
    assert_eq!(decision.remaining, 9);
    assert!((100..200).contains(&took.as_millis()), "{took:?}");
    let (decision, took) = timed(&limiter).await;
    assert_eq!(decision.remaining, 8);
    assert!(took < Duration::from_millis(20), "{took:?}");
}
