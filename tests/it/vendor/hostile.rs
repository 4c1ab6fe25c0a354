//! Answers that are none: each is a typed error, the breaker counts it, nothing of it is stored, and the others go on.

use super::{Desk, article};
use domain::{
    SourceKind,
    admin::connection::{Breaker, Outcome},
    news::{CollectPosts, post},
};
use jobs::Job as _;
use serde_json::json;
use tests::{Article, Fault};
use worker::source::{PostSource, VendorError};

const KINDS: [SourceKind; 4] =
    [SourceKind::Finnhub, SourceKind::NewsApi, SourceKind::Marketaux, SourceKind::AlphaVantage];
const NAMES: [&str; 4] = ["finnhub", "newsapi", "marketaux", "alphavantage"];

#[tokio::test]
async fn every_answer_that_is_none_is_a_typed_error_that_counts() {
    let desk = Desk::open(&KINDS).await;
    let sources = desk.clients.posts(&KINDS);
    for (source, name) in sources.iter().zip(NAMES) {
        desk.vendors.publish(name, article(&desk, "7", "AAPL", 1));
        for fault in Fault::ALL {
            let desk_time = desk.now() + chrono::TimeDelta::hours(1);
            desk.app.platform.clock.set(desk_time);
            // Enough for all repetitions.
            desk.vendors.fail(name, [fault; 5]);
            let error =
                desk.collect(source.as_ref(), &["AAPL"]).await.expect_err(&format!("{name} {fault:?}"));
            let is_known = match fault {
                Fault::Pass => false,
                Fault::Html | Fault::HalfJson | Fault::WrongTypes | Fault::NullInArrays | Fault::Nothing => {
                    matches!(error, VendorError::Malformed(_))
                }
                Fault::Limited(_) => matches!(error, VendorError::RateLimited { retry_after: Some(_) }),
                Fault::Server(status) => error == VendorError::Server(status),
                Fault::Redirect => error == VendorError::Redirected(302),
                Fault::Huge => matches!(error, VendorError::TooLarge(_)),
                Fault::Drip => matches!(error, VendorError::TimedOut(_)),
                Fault::HangUp => error == VendorError::Unreachable,
            };
            assert!(is_known, "{name} {fault:?}: {error:?}");
            desk.vendors.forgive(name);
            // One success, so that the next fault is counted anew.
            let rest = desk.now() + chrono::TimeDelta::minutes(20);
            desk.app.platform.clock.set(rest);
            source.validate_connection().await.unwrap();
        }
    }
    desk.app.finish().await;
}

#[tokio::test]
async fn what_cannot_be_read_opens_the_breaker_and_a_probe_closes_it() {
    let desk = Desk::open(&[SourceKind::NewsApi]).await;
    let source = desk.clients.newsapi.clone();
    desk.vendors.fail("newsapi", [Fault::Html; 5]);
    let mut errors = Vec::new();
    for _ in 0..6 {
        errors.push(source.validate_connection().await.unwrap_err());
    }
    let open = desk.provider(SourceKind::NewsApi).await;
    let calls = desk.vendors.calls("newsapi").len();
    desk.app.platform.clock.set(desk.now() + chrono::TimeDelta::seconds(61));
    source.validate_connection().await.unwrap();
    let closed = desk.provider(SourceKind::NewsApi).await;
    desk.app.finish().await;
    assert_eq!(calls, 5, "nobody is called while it is open");
    assert!(errors[..5].iter().all(|error| matches!(error, VendorError::Malformed(_))), "{errors:?}");
    assert!(matches!(errors[5], VendorError::Resting(_)));
    let state = open.state.unwrap();
    assert_eq!((state.breaker, state.error), (Breaker::Open, Some(Outcome::Unexpected)));
    assert!(state.retry_at.is_some());
    assert_eq!((open.usage.today.used, open.usage.today.failed, open.usage.today.left), (5, 5, Some(95)));
    let state = closed.state.unwrap();
    assert_eq!((state.breaker, state.retry_at), (Breaker::Closed, None));
    assert!((closed.usage.error_rate().unwrap() - 5.0 / 6.0).abs() < 1e-9);
}

#[tokio::test]
async fn nothing_of_a_broken_answer_is_stored_and_the_others_go_on() {
    let desk = Desk::open(&KINDS).await;
    desk.watch(&["AAPL"]).await;
    for (number, name) in NAMES.into_iter().enumerate() {
        for index in 0..4 {
            let id = (number * 10 + index).to_string();
            desk.vendors.publish(name, article(&desk, &id, "AAPL", 1));
        }
    }
    // The second page of three is broken.
    desk.vendors.fail("marketaux", [Fault::Pass, Fault::HalfJson]);
    let (db, clock) = (desk.app.platform.db.connection(), &desk.app.platform.clock);
    jobs::enqueue(db, clock, &CollectPosts {}).await.unwrap();
    desk.drain(&desk.worker(), CollectPosts::KIND).await;
    let count = async |source| {
        let filter = post::Filter { sources: vec![source], ..post::Filter::default() };
        post::count(db, &filter).await.unwrap()
    };
    let mut counts = Vec::new();
    for kind in KINDS {
        counts.push(count(kind).await);
    }
    desk.app.discard().await;
    // The job ran again after the failure, and only what was missing was read.
    assert_eq!(counts, [4; 4]);
}

#[tokio::test]
async fn an_article_that_several_vendors_sell_is_stored_once() {
    let desk = Desk::open(&KINDS).await;
    desk.watch(&["AAPL"]).await;
    for name in NAMES {
        let url = format!("http://News.example.com/same?utm_source={name}");
        desk.vendors.publish(name, Article { url, ..article(&desk, "7", "AAPL", 1) });
    }
    let (db, clock) = (desk.app.platform.db.connection(), &desk.app.platform.clock);
    jobs::enqueue(db, clock, &CollectPosts {}).await.unwrap();
    desk.drain(&desk.worker(), CollectPosts::KIND).await;
    let count = post::count(db, &post::Filter::default()).await.unwrap();
    desk.app.discard().await;
    assert_eq!(count, 1);
}

#[tokio::test]
async fn administrators_see_how_a_vendor_stands() {
    let desk = Desk::open(&[SourceKind::NewsApi]).await;
    let admin = desk.app.admin().await;
    desk.clients.newsapi.validate_connection().await.unwrap();
    desk.vendors.fail("newsapi", [Fault::Html; 5]);
    for _ in 0..5 {
        desk.clients.newsapi.validate_connection().await.unwrap_err();
    }
    let query = "{ providers { source health breaker retryAt errorRate lastError { class }
        today { used failed left } thisMonth { used left } } }";
    let mut providers = desk.app.data_as(&admin, query, json!({})).await["providers"].take();
    desk.app.finish().await;
    assert!(providers[2]["retryAt"].take().is_string());
    assert_eq!(
        providers[2].take(),
        json!({ "source": "NEWSAPI", "health": "FAILING", "breaker": "OPEN", "retryAt": null,
            "errorRate": 5.0 / 6.0, "lastError": { "class": "UNEXPECTED" },
            "today": { "used": 6, "failed": 5, "left": 94 }, "thisMonth": { "used": 6, "left": null } })
    );
    assert_eq!((&providers[0]["breaker"], &providers[0]["errorRate"]), (&json!("CLOSED"), &json!(null)));
}
