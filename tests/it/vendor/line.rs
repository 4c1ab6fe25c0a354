//! What every vendor's line does: repeats, gives up, keeps the pace.

use super::Desk;
use chrono::TimeDelta;
use domain::{SourceKind, admin::provider::Health};
use std::time::Duration;
use tests::Fault;
use worker::source::{PostSource as _, VendorError};

const ME: SourceKind = SourceKind::Finnhub;

#[tokio::test]
async fn what_may_pass_is_repeated_with_growing_pauses() {
    let desk = Desk::open(&[ME]).await;
    let faults = [Fault::Server(503), Fault::Limited(None), Fault::HangUp, Fault::Drip];
    desk.vendors.fail("finnhub", faults);
    let before = desk.now();
    desk.clients.finnhub.validate_connection().await.unwrap();
    let waited = desk.now() - before;
    let (calls, provider) = (desk.vendors.calls("finnhub").len(), desk.provider(ME).await);
    desk.app.finish().await;
    assert_eq!((calls, provider.usage.today.used, provider.usage.today.failed), (5, 5, 4));
    // 1, 2, 4 and 8 s at least, twice that at most.
    assert!((15..=30).contains(&waited.num_seconds()), "{waited}");
}

#[tokio::test]
async fn what_will_not_pass_is_not_repeated() {
    let desk = Desk::open(&[ME]).await;
    let mut found = Vec::new();
    for status in [403, 404, 400] {
        desk.vendors.fail("finnhub", [Fault::Server(status)]);
        found.push(desk.clients.finnhub.validate_connection().await.unwrap_err());
    }
    let (calls, provider) = (desk.vendors.calls("finnhub").len(), desk.provider(ME).await);
    desk.app.finish().await;
    assert_eq!(found, [VendorError::Forbidden, VendorError::NotFound, VendorError::Rejected(400)]);
    assert_eq!((calls, provider.health(provider.state.as_ref().unwrap().tested_at)), (3, Health::Failing));
}

#[tokio::test]
async fn patience_ends_and_the_last_failure_is_told() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.fail("finnhub", [Fault::Limited(Some(20)); 9]);
    let before = desk.now();
    let error = desk.clients.finnhub.validate_connection().await.unwrap_err();
    let (calls, waited) = (desk.vendors.calls("finnhub").len(), desk.now() - before);
    desk.app.finish().await;
    assert_eq!(error, VendorError::RateLimited { retry_after: Some(Duration::from_secs(20)) });
    assert_eq!(calls, 5);
    assert!(waited >= TimeDelta::seconds(80), "{waited}");
}

#[tokio::test]
async fn a_wish_for_years_of_rest_is_a_day() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.fail("finnhub", [Fault::Limited(Some(u64::MAX)); 1]);
    desk.clients.finnhub.validate_connection().await.unwrap_err();
    let resting = desk.clients.finnhub.validate_connection().await;
    desk.app.platform.clock.set(desk.now() + TimeDelta::hours(25));
    let after = desk.clients.finnhub.validate_connection().await;
    desk.app.finish().await;
    assert!(matches!(resting, Err(VendorError::Resting(_))), "{resting:?}");
    assert_eq!(after, Ok(()));
}

#[tokio::test]
async fn no_minute_sees_more_requests_than_the_plan_allows() {
    let slow = |config: &mut platform::config::Config| {
        config.providers.limits.finnhub.per_minute = Some(6);
    };
    let desk = Desk::open_with(&[ME], slow).await;
    let mut times = Vec::new();
    for _ in 0..20 {
        desk.clients.finnhub.validate_connection().await.unwrap();
        times.push(desk.now());
    }
    desk.app.finish().await;
    for (index, start) in times.iter().enumerate() {
        let within = times[index..].iter().filter(|time| **time - start < TimeDelta::minutes(1)).count();
        assert!(within <= 6, "{within} requests after {start}");
    }
    assert!(times[19] - times[0] < TimeDelta::minutes(5), "{times:?}");
}

#[tokio::test]
async fn a_credential_counts_and_ends_at_once_and_without_one_nobody_is_called() {
    let desk = Desk::open(&[]).await;
    let none = desk.clients.finnhub.validate_connection().await.unwrap_err();
    desk.give(ME, tests::VENDOR_KEY).await;
    desk.clients.finnhub.validate_connection().await.unwrap();
    desk.take_away(ME).await;
    let gone = desk.clients.finnhub.validate_connection().await.unwrap_err();
    let calls = desk.vendors.calls("").len();
    desk.app.finish().await;
    assert_eq!((none, gone, calls), (VendorError::NotConfigured, VendorError::NotConfigured, 1));
}

#[tokio::test]
async fn a_success_of_a_real_call_is_a_success() {
    let desk = Desk::open(&[ME]).await;
    desk.clients.finnhub.validate_connection().await.unwrap();
    let provider = desk.provider(ME).await;
    let now = desk.now();
    desk.app.finish().await;
    assert_eq!(provider.health(now), Health::Healthy);
    let state = provider.state.unwrap();
    assert_eq!((state.last_success_at, state.quota_left), (Some(now), Some(59)));
}
