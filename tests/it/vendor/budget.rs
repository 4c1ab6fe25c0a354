//! Budgets: one request too many is never made, whoever asks.

use super::Desk;
use domain::{
    SourceKind,
    admin::usage::{self, Reserved},
};
use futures_util::future::join_all;
use platform::config::VendorLimits;
use tests::{TestApp, build};
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
