use super::*;
use crate::source::{Change, CorporateAction};
use entity::Amount;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

fn answer(status: u16, body: &str) -> VendorAnswer {
    let status = StatusCode::from_u16(status).unwrap();
    VendorAnswer { status, headers: HeaderMap::new(), body: body.into(), at: DateTime::UNIX_EPOCH }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn history(body: &Value, now: &str) -> Result<History, VendorError> {
    let days = "2000-01-01".parse().unwrap()..="2030-01-01".parse().unwrap();
    read(&answer(200, &body.to_string()))?.history(&"AAPL".parse().unwrap(), &days, time(now))
}

fn chart(timestamp: &Value, quote: &Value, events: &Value) -> Value {
    let adjusted = quote.get("close").map_or(json!({}), |close| json!({ "adjclose": close }));
    json!({ "chart": { "error": null, "result": [{
        "meta": { "currency": "USD", "symbol": "AAPL", "exchangeTimezoneName": "America/New_York" },
        "timestamp": timestamp, "events": events,
        "indicators": { "quote": [quote], "adjclose": [adjusted] } }] } })
}

fn column(prices: [Option<f64>; 3]) -> Value {
    json!({ "open": prices, "high": prices, "low": prices, "close": prices, "volume": [1, 2, null] })
}

#[test]
fn days_are_the_exchange_s_nulls_are_left_out_and_the_live_bar_waits() {
    // 2026-03-02, 03 and 04 at 14:30 UTC.
    let times = json!([1_772_461_800, 1_772_548_200, 1_772_634_600]);
    let body = chart(&times, &column([Some(127.580_001_831_054_69), None, Some(3.0)]), &json!({}));
    let live = history(&body, "2026-03-04T18:00:00Z").unwrap().bars;
    assert_eq!(live.len(), 1);
    assert_eq!((live[0].day.to_string().as_str(), live[0].volume), ("2026-03-02", Some(1)));
    assert_eq!(Some(live[0].close), Amount::from_f64(127.58));
    let closed = history(&body, "2026-03-04T21:00:00Z").unwrap().bars;
    assert_eq!((closed.len(), closed[1].volume), (2, None));
}

#[test]
fn a_live_bar_with_the_date_of_the_last_one_does_not_replace_it() {
    let times = json!([1_772_461_800, 1_772_548_200, 1_772_571_600]);
    let body = chart(&times, &column([Some(1.0), Some(2.0), Some(9.0)]), &json!({}));
    let bars = history(&body, "2026-03-04T12:00:00Z").unwrap().bars;
    assert_eq!((bars.len(), Some(bars[1].close)), (2, Amount::from_f64(2.0)));
}

#[test]
fn splits_and_dividends_are_told() {
    let events = json!({
        "dividends": { "1604673000": { "amount": 0.205, "date": 1_604_673_000 } },
        "splits": { "1598880600": { "date": 1_598_880_600, "numerator": 4, "denominator": 1, "splitRatio": "4:1" } } });
    let actions = history(&chart(&json!([]), &json!({}), &events), "2026-03-04T12:00:00Z").unwrap().actions;
    let expected = |day: &str, change| CorporateAction {
        symbol: "AAPL".parse().unwrap(),
        day: day.parse().unwrap(),
        change,
    };
    let amount = |value| Amount::from_f64(value).unwrap();
    assert_eq!(
        actions,
        [
            expected("2020-08-31", Change::Split { numerator: amount(4.0), denominator: amount(1.0) }),
            expected("2020-11-06", Change::Dividend(amount(0.205))),
        ]
    );
}

#[test]
fn what_is_no_chart_is_a_typed_error() {
    let not_found = json!({ "chart": { "result": null,
        "error": { "code": "Not Found", "description": "No data found, symbol may be delisted" } } });
    let bad = json!({ "chart": { "result": [{ "meta": {}, "timestamp": ["x"] }], "error": null } });
    let half = chart(&json!([1_772_461_800]), &column([Some(1.0); 3]), &json!({})).to_string();
    for (status, body, expected) in [
        (404, not_found.to_string(), VendorError::NotFound),
        (429, "Edge: Too Many Requests".to_owned(), VendorError::RateLimited { retry_after: None }),
        (200, "Too Many Requests".to_owned(), VendorError::RateLimited { retry_after: None }),
        (
            401,
            json!({ "finance": { "error": { "code": "Unauthorized" } } }).to_string(),
            VendorError::Blocked,
        ),
        (200, half[..half.len() / 2].to_owned(), VendorError::Malformed("half a document")),
        (200, bad.to_string(), VendorError::Malformed("values of another kind than it documents")),
        (200, "<html>".to_owned(), VendorError::Malformed("a page for people")),
        (502, "<html>".to_owned(), VendorError::Server(502)),
    ] {
        assert_eq!(read(&answer(status, &body)).err(), Some(expected), "{body}");
    }
}

/// Recorded answers, in the folder that `BELLWETHER_TEST_DATA` names.
#[test]
fn recorded_charts_are_read() {
    let Some(folder) = std::env::var_os("BELLWETHER_TEST_DATA") else {
        return println!("BELLWETHER_TEST_DATA is not set: nothing is checked");
    };
    let recorded = |name: &str| {
        let file = std::path::Path::new(&folder).join("vendor-samples/yahoo/chart").join(name);
        let mut record: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        record["response"]["bodyJson"].take()
    };
    let split = recorded("chart-AAPL-2020-08-31-to-2020-11-07.json");
    let found = history(&split, "2025-01-01T12:00:00Z").unwrap();
    assert_eq!((found.bars.len(), found.actions.len()), (49, 2));
    assert_eq!(found.bars[0].day.to_string(), "2020-08-31");
    assert_eq!(Some(found.bars[0].close), Amount::from_f64(129.04));
    for name in ["chart-notimestamp-quotes-length.fake.json", "chart-notimestamp-weird-quote.fake.json"] {
        let found = history(&recorded(name), "2025-01-01T12:00:00Z").unwrap();
        assert_eq!(found.bars, [], "{name}");
    }
    let quote = read(&answer(200, &recorded("chart-AAPL.json").to_string())).unwrap();
    let quote = quote.quote(&"AAPL".parse().unwrap()).unwrap();
    assert_eq!(Some(quote.price), Amount::from_f64(220.003));
}
