//! Alpha Vantage's bars, quotes and articles.

use super::{Desk, article, ids};
use domain::SourceKind;
use tests::{Bar, Mood, build};
use worker::source::{PostSource as _, PriceSource as _, QuoteSource as _, VendorError};

const ME: SourceKind = SourceKind::AlphaVantage;

#[tokio::test]
async fn closed_sessions_become_bars_oldest_first_and_holes_are_left_out() {
    let desk = Desk::open(&[ME]).await;
    for (day, price) in [("2026-02-26", 1.5), ("2026-02-27", 2.5), ("2026-03-02", 3.5)] {
        desk.vendors.bar("MSFT", day, Bar::flat(price));
    }
    desk.vendors.bar("MSFT", "2026-02-25", Bar { close: None, ..Bar::flat(1.0) });
    let days = build::day("2026-02-01")..=build::day("2026-03-02");
    let symbols = ["MSFT", "NEWCO"].map(build::symbol);
    let history = desk.clients.alpha_vantage.bars(&symbols, days).await.unwrap();
    desk.app.finish().await;
    let found: Vec<_> = history.bars.iter().map(|bar| (bar.day.to_string(), bar.close.to_f64())).collect();
    assert_eq!(found, [("2026-02-26".to_owned(), 1.5), ("2026-02-27".to_owned(), 2.5)]);
    assert_eq!((history.bars[0].adjusted_close, history.bars[0].volume), (None, Some(100)));
}

#[tokio::test]
async fn a_long_history_is_a_short_one_where_the_plan_has_no_more() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.bar("MSFT", "2026-02-27", Bar::flat(2.5));
    let days = build::day("2024-02-01")..=build::day("2026-03-02");
    let history = desk.clients.alpha_vantage.bars(&[build::symbol("MSFT")], days).await.unwrap();
    let sizes = desk.vendors.calls("outputsize");
    desk.app.finish().await;
    assert_eq!(history.bars.len(), 1);
    assert!(sizes[0].contains("full") && sizes[1].contains("compact"), "{sizes:?}");
}

#[tokio::test]
async fn quotes_are_those_of_the_close_and_articles_have_utc_times() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.quote("MSFT", 112.13, build::time("2026-02-27T21:00:00Z"));
    desk.vendors.publish("alphavantage", article(&desk, "a", "MSFT", 3));
    let symbols = ["MSFT", "NEWCO"].map(build::symbol);
    let quotes = desk.clients.alpha_vantage.quotes(&symbols, desk.now()).await.unwrap();
    let posts = desk.collect(&*desk.clients.alpha_vantage, &["MSFT"]).await.unwrap();
    desk.app.finish().await;
    assert_eq!(quotes.len(), 1);
    assert_eq!(
        (quotes[0].as_of, quotes[0].open, quotes[0].previous_close),
        (build::time("2026-02-27T21:00:00Z"), None, None)
    );
    assert_eq!(
        (ids(&posts), posts[0].published_at),
        (vec!["https://news.example.com/a"], build::time("2026-03-02T13:30:00Z"))
    );
}

#[tokio::test]
async fn its_refusals_come_with_status_200_and_repeat_no_key() {
    let desk = Desk::open(&[ME]).await;
    desk.clients.alpha_vantage.validate_connection().await.unwrap();
    desk.vendors.feel(Mood::Limited);
    let limited = desk.clients.alpha_vantage.validate_connection().await.unwrap_err();
    desk.vendors.feel(Mood::Good);
    desk.app.platform.clock.set(desk.now() + chrono::TimeDelta::hours(2));
    desk.give(ME, "hunter2hunter2").await;
    let wrong = desk.clients.alpha_vantage.validate_connection().await.unwrap_err();
    let kept = format!("{:?}", desk.provider(ME).await);
    desk.app.finish().await;
    assert_eq!((limited, wrong), (VendorError::QuotaSpent, VendorError::WrongCredential));
    assert!(!kept.contains("hunter2"), "{kept}");
}
