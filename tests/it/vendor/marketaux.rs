//! Marketaux's articles.

use super::{Desk, article, ids};
use domain::SourceKind;
use tests::Mood;
use worker::source::{PostSource as _, VendorError};

const ME: SourceKind = SourceKind::Marketaux;

#[tokio::test]
async fn pages_are_as_long_as_the_plan_gives_them_whatever_is_wished() {
    let desk = Desk::open(&[ME]).await;
    for number in 1..=7 {
        desk.vendors.publish("marketaux", article(&desk, &number.to_string(), "AAPL", number));
    }
    desk.vendors.publish("marketaux", article(&desk, "other", "IBM", 1));
    let posts = desk.collect(&*desk.clients.marketaux, &["AAPL", "MSFT"]).await.unwrap();
    let calls = desk.vendors.calls("marketaux").len();
    desk.app.finish().await;
    assert_eq!(ids(&posts), ["7", "6", "5", "4", "3", "2", "1"]);
    assert_eq!((calls, posts[0].body.as_str()), (3, "Body 7 of $AAPL and so on"));
}

#[tokio::test]
async fn its_refusals_are_told_apart_whatever_their_status() {
    let desk = Desk::open(&[ME]).await;
    desk.clients.marketaux.validate_connection().await.unwrap();
    desk.vendors.feel(Mood::Limited);
    let limited = desk.clients.marketaux.validate_connection().await.unwrap_err();
    desk.vendors.feel(Mood::Good);
    desk.app.platform.clock.set(desk.now() + chrono::TimeDelta::hours(2));
    desk.give(ME, "hunter2hunter2").await;
    let wrong = desk.clients.marketaux.validate_connection().await.unwrap_err();
    desk.app.finish().await;
    assert_eq!((limited, wrong), (VendorError::QuotaSpent, VendorError::WrongCredential));
}
