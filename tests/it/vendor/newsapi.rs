//! NewsAPI's articles.

use super::{Desk, article, ids};
use chrono::TimeDelta;
use domain::SourceKind;
use tests::{Article, Mood};
use worker::source::{PostSource as _, VendorError};

const ME: SourceKind = SourceKind::NewsApi;

#[tokio::test]
async fn articles_are_read_without_what_the_vendor_adds() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.publish("newsapi", article(&desk, "a", "AAPL", 2));
    desk.vendors
        .publish("newsapi", Article { title: "[Removed]".to_owned(), ..article(&desk, "b", "AAPL", 2) });
    desk.vendors.publish("newsapi", article(&desk, "c?utm_source=newsapi", "MSFT", 1));
    let posts = desk.collect(&*desk.clients.newsapi, &["AAPL", "MSFT", "A"]).await.unwrap();
    let calls = desk.vendors.calls("everything");
    desk.app.finish().await;
    assert_eq!(ids(&posts), ["https://news.example.com/a", "https://news.example.com/c"]);
    assert_eq!(posts[0].title.as_deref(), Some("Title a"));
    assert_eq!(posts[0].body, "Body a of $AAPL and so on…");
    assert!(calls.len() == 1 && calls[0].contains("%22A+stock%22"), "{calls:?}");
}

#[tokio::test]
async fn the_end_of_what_the_plan_shows_is_no_failure() {
    let desk = Desk::open(&[ME]).await;
    for number in 0..250 {
        let at = desk.now() - TimeDelta::minutes(number + 1);
        desk.vendors.publish("newsapi", Article { at, ..article(&desk, &number.to_string(), "AAPL", 0) });
    }
    let posts = desk.collect(&*desk.clients.newsapi, &["AAPL"]).await.unwrap();
    let calls = desk.vendors.calls("everything").len();
    desk.app.finish().await;
    assert_eq!((posts.len(), calls), (100, 2));
}

#[tokio::test]
async fn its_refusals_are_told_apart() {
    let desk = Desk::open(&[ME]).await;
    desk.clients.newsapi.validate_connection().await.unwrap();
    desk.vendors.feel(Mood::Limited);
    let limited = desk.clients.newsapi.validate_connection().await.unwrap_err();
    desk.vendors.feel(Mood::Good);
    let resting = desk.clients.newsapi.validate_connection().await.unwrap_err();
    let calls = desk.vendors.calls("newsapi").len();
    desk.app.platform.clock.set(desk.now() + TimeDelta::minutes(61));
    desk.clients.newsapi.validate_connection().await.unwrap();
    desk.give(ME, "hunter2hunter2").await;
    let wrong = desk.clients.newsapi.validate_connection().await.unwrap_err();
    desk.app.finish().await;
    assert_eq!((limited, wrong), (VendorError::QuotaSpent, VendorError::WrongCredential));
    assert!(matches!(resting, VendorError::Resting(_)));
    assert_eq!(calls, 2, "one that grants no more is left alone for an hour");
}
