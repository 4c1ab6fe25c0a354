//! Finnhub's trades as they happen.

use super::Desk;
use domain::SourceKind;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use tests::build;
use worker::source::VendorError;

const ME: SourceKind = SourceKind::Finnhub;

async fn heard(desk: &Desk, count: usize) -> Vec<String> {
    let arrived = async {
        while desk.vendors.heard().len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), arrived).await.unwrap();
    desk.vendors.heard()
}

fn symbols(names: &[&str]) -> BTreeSet<domain::market::Symbol> {
    names.iter().map(|name| build::symbol(name)).collect()
}

#[tokio::test]
async fn trades_of_what_is_followed_are_read_and_pings_passed_over() {
    let desk = Desk::open(&[ME]).await;
    let mut trades = desk.clients.trades.connect().await.unwrap();
    trades.follow(symbols(&["AAPL", "MSFT"])).await.unwrap();
    trades.follow(symbols(&["MSFT", "IBM"])).await.unwrap();
    let orders = heard(&desk, 4).await;
    desk.vendors.tell(&json!({ "type": "ping" }));
    desk.vendors.tell(&json!({ "type": "trade", "data": [
        { "s": "MSFT", "p": 400.5, "t": 1_772_469_000_000_i64, "v": 10, "c": ["1"] },
        { "s": "AAPL", "p": 1.0, "t": 1_772_469_000_000_i64, "v": 10 }] }));
    let found = trades.next().await.unwrap();
    desk.vendors.tell(&json!("hang up"));
    let gone = trades.next().await.unwrap_err();
    let used = desk.used(ME).await;
    desk.app.finish().await;
    assert_eq!(orders[2], json!({ "type": "unsubscribe", "symbol": "AAPL" }).to_string());
    assert!(orders.contains(&json!({ "type": "subscribe", "symbol": "IBM" }).to_string()), "{orders:?}");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].price, found[0].time), (build::amount(400.5), build::time("2026-03-02T16:30:00Z")));
    assert_eq!((gone, used), (VendorError::Unreachable, 1));
}

#[tokio::test]
async fn what_is_no_trade_is_a_typed_error() {
    let desk = Desk::open(&[ME]).await;
    for (message, expected) in [
        (json!({ "type": "trade", "data": null }), None),
        (json!({ "type": "trade", "data": [null] }), None),
        (json!({ "type": "trade", "data": [{ "s": "MSFT", "p": "400", "t": 1 }] }), None),
        (json!([1, 2]), None),
        (json!({ "type": "error", "msg": "Invalid API key" }), Some(VendorError::WrongCredential)),
        (
            json!({ "type": "error", "msg": "Subscribing to too many symbols" }),
            Some(VendorError::RateLimited { retry_after: None }),
        ),
    ] {
        let mut trades = desk.clients.trades.connect().await.unwrap();
        let before = desk.vendors.heard().len();
        trades.follow(symbols(&["MSFT"])).await.unwrap();
        heard(&desk, before + 1).await;
        desk.vendors.tell(&message);
        let error = trades.next().await.unwrap_err();
        match expected {
            None => assert!(matches!(error, VendorError::Malformed(_)), "{message} {error:?}"),
            Some(expected) => assert_eq!(error, expected, "{message}"),
        }
    }
    desk.app.finish().await;
}

#[tokio::test]
async fn a_wrong_key_is_told_without_repeating_it_and_not_tried_again() {
    let desk = Desk::open(&[]).await;
    desk.give(ME, "hunter2hunter2").await;
    let mut errors = Vec::new();
    for _ in 0..3 {
        errors.push(desk.clients.trades.connect().await.unwrap_err());
    }
    let calls = desk.vendors.calls("/trades").len();
    desk.app.finish().await;
    assert!(errors.iter().all(|error| *error == VendorError::WrongCredential), "{errors:?}");
    assert_eq!(calls, 1);
}
