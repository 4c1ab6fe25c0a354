//! Yahoo's bars and quotes.

use super::Desk;
use domain::SourceKind;
use tests::{Bar, Fault, Mood, build};
use worker::source::{Change, PriceSource as _, QuoteSource as _, VendorError};

const ME: SourceKind = SourceKind::Yahoo;

#[tokio::test]
async fn closed_sessions_become_bars_and_splits_are_told() {
    let desk = Desk::open(&[]).await;
    for (day, price) in [("2026-02-25", 1.5), ("2026-02-27", 2.5), ("2026-03-02", 9.0)] {
        desk.vendors.bar("BRK-B", day, Bar::flat(price));
    }
    desk.vendors.bar("BRK-B", "2026-02-26", Bar { close: None, ..Bar::flat(1.0) });
    desk.vendors.split("BRK-B", "2026-02-27", 4);
    let days = build::day("2026-02-25")..=build::day("2026-03-02");
    let symbols = ["BRK.B", "NEWCO"].map(build::symbol);
    let history = desk.clients.yahoo.bars(&symbols, days).await.unwrap();
    desk.app.finish().await;
    let found: Vec<_> = history.bars.iter().map(|bar| (bar.day.to_string(), bar.close.to_f64())).collect();
    assert_eq!(found, [("2026-02-25".to_owned(), 1.5), ("2026-02-27".to_owned(), 2.5)]);
    assert_eq!(history.bars[0].symbol, build::symbol("BRK.B"));
    let split = Change::Split { numerator: build::amount(4.0), denominator: build::amount(1.0) };
    assert_eq!((history.actions[0].day, history.actions[0].change), (build::day("2026-02-27"), split));
}

#[tokio::test]
async fn a_symbol_without_trades_has_no_bars() {
    let desk = Desk::open(&[]).await;
    desk.vendors.bar("MSFT", "2026-02-25", Bar::flat(1.0));
    let days = build::day("2026-02-26")..=build::day("2026-03-02");
    let history = desk.clients.yahoo.bars(&[build::symbol("MSFT")], days).await.unwrap();
    desk.app.finish().await;
    assert_eq!(history.bars, []);
}

#[tokio::test]
async fn quotes_are_read() {
    let desk = Desk::open(&[]).await;
    desk.vendors.quote("MSFT", 400.25, build::time("2026-03-02T16:29:30Z"));
    let symbols = ["MSFT", "NEWCO"].map(build::symbol);
    let quotes = desk.clients.yahoo.quotes(&symbols, desk.now()).await.unwrap();
    desk.app.finish().await;
    assert_eq!(quotes.len(), 1);
    assert_eq!((quotes[0].price, quotes[0].source), (build::amount(400.25), ME));
}

#[tokio::test]
async fn its_edge_says_in_words_that_it_is_enough() {
    let desk = Desk::open(&[]).await;
    desk.vendors.feel(Mood::Limited);
    let quotes = desk.clients.yahoo.quotes(&[build::symbol("AAPL")], desk.now()).await;
    desk.vendors.feel(Mood::Good);
    desk.vendors.fail("yahoo", [Fault::Server(401)]);
    let blocked = desk.clients.yahoo.quotes(&[build::symbol("AAPL")], desk.now()).await;
    desk.app.finish().await;
    assert_eq!(quotes, Err(VendorError::RateLimited { retry_after: None }));
    assert_eq!(blocked, Err(VendorError::Blocked));
}
