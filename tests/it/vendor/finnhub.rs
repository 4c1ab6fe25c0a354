//! Finnhub's quotes and news.

use super::{Desk, article, ids};
use domain::SourceKind;
use tests::{Article, Mood, build};
use worker::source::{PostSource as _, QuoteSource as _, VendorError};

const ME: SourceKind = SourceKind::Finnhub;

#[tokio::test]
async fn quotes_are_read_and_symbols_it_does_not_know_left_out() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.quote("MSFT", 400.5, build::time("2026-03-02T16:29:30Z"));
    let symbols = ["MSFT", "NEWCO"].map(build::symbol);
    let quotes = desk.clients.finnhub.quotes(&symbols, desk.now()).await.unwrap();
    let calls = desk.vendors.calls("finnhub/quote");
    desk.app.finish().await;
    assert_eq!(quotes.len(), 1);
    assert_eq!(
        (quotes[0].price, quotes[0].previous_close),
        (build::amount(400.5), Some(build::amount(398.5)))
    );
    assert_eq!(quotes[0].as_of, build::time("2026-03-02T16:29:30Z"));
    assert_eq!(
        calls,
        ["/finnhub/quote?symbol=MSFT", "/finnhub/quote?symbol=NEWCO"],
        "no key is in the address"
    );
}

#[tokio::test]
async fn a_day_with_too_many_articles_for_one_answer_is_asked_for_in_halves() {
    let desk = Desk::open(&[ME]).await;
    for number in 0..300_i64 {
        let hours = if number < 240 { 1 } else { 18 };
        let at = desk.now() - chrono::TimeDelta::hours(hours);
        let one = Article { id: number.to_string(), at, ..article(&desk, "x", "AAPL", 0) };
        desk.vendors.publish("finnhub", Article { url: format!("https://example.com/{number}"), ..one });
    }
    let posts = desk.collect(&*desk.clients.finnhub, &["AAPL"]).await.unwrap();
    let calls = desk.vendors.calls("company-news").len();
    desk.app.finish().await;
    assert_eq!((posts.len(), calls), (300, 3));
    assert!(posts.is_sorted_by_key(|post| post.published_at));
}

#[tokio::test]
async fn articles_outside_of_the_range_are_left_out() {
    let desk = Desk::open(&[ME]).await;
    for (id, hours) in [("1", 1), ("2", 23), ("3", 25)] {
        desk.vendors.publish("finnhub", article(&desk, id, "AAPL", hours));
    }
    desk.vendors.publish(
        "finnhub",
        Article { title: String::new(), body: String::new(), ..article(&desk, "4", "AAPL", 1) },
    );
    let posts = desk.collect(&*desk.clients.finnhub, &["AAPL"]).await.unwrap();
    desk.app.finish().await;
    assert_eq!(ids(&posts), ["2", "1"]);
    assert_eq!((posts[0].title.as_deref(), posts[0].channel.as_deref()), (Some("Title 2"), Some("Wire")));
}

#[tokio::test]
async fn its_refusals_are_told_apart() {
    let desk = Desk::open(&[ME]).await;
    desk.clients.finnhub.validate_connection().await.unwrap();
    desk.vendors.feel(Mood::Limited);
    let limited = desk.clients.finnhub.validate_connection().await.unwrap_err();
    desk.vendors.feel(Mood::Good);
    desk.give(ME, "hunter2hunter2").await;
    let before = desk.vendors.calls("finnhub").len();
    let mut wrong = Vec::new();
    for _ in 0..2 {
        wrong.push(desk.clients.finnhub.validate_connection().await.unwrap_err());
    }
    let calls = desk.vendors.calls("finnhub").len() - before;
    desk.app.platform.clock.set(desk.now() + chrono::TimeDelta::seconds(1));
    desk.give(ME, tests::VENDOR_KEY).await;
    desk.clients.finnhub.validate_connection().await.unwrap();
    desk.app.finish().await;
    assert_eq!(limited, VendorError::RateLimited { retry_after: None });
    assert_eq!(wrong, [VendorError::WrongCredential, VendorError::WrongCredential]);
    assert_eq!(calls, 1, "a credential that is refused is not tried again and again");
}
