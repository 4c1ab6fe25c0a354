use super::*;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::json;

fn said(name: &str, text: &str) -> VendorError {
    let body = json!({ name: text }).to_string().into_bytes();
    let at = DateTime::UNIX_EPOCH;
    read(&VendorAnswer { status: StatusCode::OK, headers: HeaderMap::new(), body, at }).unwrap_err()
}

#[test]
fn the_words_of_each_failure_are_told_apart() {
    for (name, text, expected) in [
        (
            "Note",
            "Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute and 500 calls \
             per day. Please visit https://www.alphavantage.co/premium/ if you would like to target a higher API call \
             frequency.",
            VendorError::RateLimited { retry_after: None },
        ),
        (
            "Information",
            "We have detected your API key as hunter2 and our standard API rate limit is 25 requests per day. Please \
             subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily \
             rate limits.",
            VendorError::QuotaSpent,
        ),
        (
            "Information",
            "Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 \
             request per second). You may subscribe to any of the premium plans.",
            VendorError::RateLimited { retry_after: None },
        ),
        (
            "Information",
            "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the premium plans.",
            VendorError::Forbidden,
        ),
        (
            "Information",
            "The **demo** API key is for demo purposes only. Please claim your free API key.",
            VendorError::WrongCredential,
        ),
        (
            "Error Message",
            "the parameter apikey is invalid or missing. Please claim your free API key.",
            VendorError::WrongCredential,
        ),
        (
            "Error Message",
            "Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for \
             TIME_SERIES_DAILY.",
            VendorError::NotFound,
        ),
        ("Information", "Hello", VendorError::Malformed("words that it does not document")),
    ] {
        assert_eq!(said(name, text), expected, "{text}");
    }
}

#[test]
fn members_are_known_by_their_names_not_their_numbers() {
    let row = json!({ "1. open": "1.5", "4. close": "2", "5. adjusted close": "None", "6. volume": "-" });
    assert_eq!(number(&row, "close"), Ok(entity::Amount::from_f64(2.0)));
    assert_eq!(number(&row, "adjusted close"), Ok(None));
    assert_eq!(whole(&row, "volume"), Ok(None));
    for row in [json!({ "4. close": "two" }), json!({ "4. close": 2 })] {
        assert!(matches!(number(&row, "close"), Err(VendorError::Malformed(_))), "{row}");
    }
}

/// A recorded answer, in the folder that `BELLWETHER_TEST_DATA` names.
#[test]
fn a_recorded_quote_is_read() {
    let Some(folder) = std::env::var_os("BELLWETHER_TEST_DATA") else {
        return println!("BELLWETHER_TEST_DATA is not set: nothing is checked");
    };
    let file = std::path::Path::new(&folder).join("vendor-samples/alphavantage/global_quote");
    let body: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let now = "2018-10-06T12:00:00Z".parse().unwrap();
    let quote = quote::parse(&body, &"MSFT".parse().unwrap(), now).unwrap().unwrap();
    assert_eq!(quote.price, entity::Amount::from_f64(112.13).unwrap());
    assert_eq!(quote.as_of.to_rfc3339(), "2018-10-05T20:00:00+00:00");
}
