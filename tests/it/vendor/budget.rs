//! Budgets: one request too many is never made, whoever asks.

use super::Desk;
use domain::{
    SourceKind,
    admin::usage::{self, Reserved},
    market::{Audience, CollectPrices, audience},
};
use futures_util::future::join_all;
use jobs::Job as _;
use platform::config::VendorLimits;
use tests::{Bar, TestApp, build};
use worker::source::{PostSource as _, VendorError};

const ME: SourceKind = SourceKind::AlphaVantage;

#[tokio::test]
async fn two_processes_share_a_budget_to_the_last_request() {
    let app = TestApp::start_on("2026-03-31T12:00:00Z").await;
    let other = app.another_platform().await;
    let limits = VendorLimits { per_day: Some(25), per_month: Some(40), ..VendorLimits::default() };
    let reserve = async |count: usize| {
        let calls = (0..count).map(|index| {
            let platform = if index % 2 == 0 { &app.platform } else { &other };
            usage::reserve(platform, ME, &limits)
        });
        let found = join_all(calls).await.into_iter().map(Result::unwrap);
        found.filter(|reserved| *reserved == Reserved::Granted).count()
    };
    let first = reserve(60).await;
    let spent = usage::reserve(&other, ME, &limits).await.unwrap();
    let usage = usage::of(app.platform.db.connection(), ME, app.platform.clock.now()).await.unwrap();
    // The next day belongs to another month.
    app.platform.clock.set(build::time("2026-04-01T00:00:00Z"));
    let second = reserve(30).await;
    app.platform.clock.set(build::time("2026-04-02T00:00:00Z"));
    let third = reserve(30).await;
    let month = usage::reserve(&other, ME, &limits).await.unwrap();
    app.finish().await;
    assert_eq!((first, second, third), (25, 25, 15));
    assert_eq!((spent, month), (Reserved::DaySpent, Reserved::MonthSpent));
    assert_eq!((usage.today.used, usage.today.left, usage.this_month.left), (25, Some(0), Some(15)));
}

#[tokio::test]
async fn a_spent_budget_calls_nobody_until_the_next_day() {
    let few = |config: &mut platform::config::Config| {
        config.providers.limits.alpha_vantage.per_day = Some(2);
    };
    let desk = Desk::open_with(&[ME], few).await;
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(desk.clients.alpha_vantage.validate_connection().await);
    }
    let calls = desk.vendors.calls("alphavantage").len();
    desk.move_to("2026-03-03T00:00:00Z");
    let tomorrow = desk.clients.alpha_vantage.validate_connection().await;
    desk.app.finish().await;
    assert_eq!(found, [Ok(()), Ok(()), Err(VendorError::BudgetSpent("day"))]);
    assert_eq!((calls, tomorrow), (2, Ok(())));
}

#[tokio::test]
async fn the_last_requests_are_spent_on_what_a_live_client_follows() {
    let few = |config: &mut platform::config::Config| {
        config.providers.limits.alpha_vantage.per_day = Some(2);
    };
    let desk = Desk::open_with(&[ME], few).await;
    desk.watch(&["IBM", "MSFT"]).await;
    for symbol in ["IBM", "MSFT"] {
        desk.vendors.bar(symbol, "2026-02-27", Bar::flat(2.0));
    }
    let platform = &desk.app.platform;
    let audience = Audience::default();
    let left = audience.join([build::symbol("IBM")]);
    let seat = audience.join(["MSFT", "OTHER"].map(build::symbol));
    drop(left);
    audience.note(platform).await.unwrap();
    let db = platform.db.connection();
    let present = audience::present(db, desk.now()).await.unwrap();
    let later = audience::present(db, desk.now() + chrono::TimeDelta::minutes(6)).await.unwrap();
    jobs::enqueue(db, &platform.clock, &CollectPrices {}).await.unwrap();
    desk.drain(&desk.worker(), CollectPrices::KIND).await;
    let (ibm, msft) = (desk.vendors.calls("symbol=IBM").len(), desk.vendors.calls("symbol=MSFT").len());
    drop(seat);
    desk.app.finish().await;
    assert_eq!(
        (present, later),
        (["MSFT".to_owned()].into(), [].into()),
        "what is not watched costs nothing"
    );
    assert_eq!((ibm, msft), (0, 2));
}

#[tokio::test]
async fn a_credential_that_is_tried_out_costs_a_request_and_is_tried_also_when_none_is_left() {
    let few = |config: &mut platform::config::Config| {
        config.providers.limits.alpha_vantage.per_day = Some(1);
    };
    let desk = Desk::open_with(&[ME], few).await;
    let key = tests::VENDOR_KEY.into();
    let reports = [desk.clients.test(ME, &key).await, desk.clients.test(ME, &key).await];
    let (used, calls) = (desk.used(ME).await, desk.vendors.calls("alphavantage").len());
    desk.app.finish().await;
    assert!(reports.iter().all(|report| report.message.is_empty()), "{reports:?}");
    assert_eq!((used, calls), (1, 2));
}
