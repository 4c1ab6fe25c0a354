//! Compares the New York calendar with the sessions published by `exchange_calendars`, where that file is at hand.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use platform::calendar::{Calendar, Session};

const FILE: &str = "calendar/xnys_to_2014.csv";

#[test]
fn every_published_session_from_1990_to_2014_is_equal() {
    let Some(root) = std::env::var_os("BELLWETHER_TEST_DATA") else {
        println!("skipped: BELLWETHER_TEST_DATA does not name a folder with {FILE}");
        return;
    };
    let text = std::fs::read_to_string(PathBuf::from(root).join(FILE)).expect("the data folder has the file");
    let published: Vec<Session> = text.lines().skip(1).map(parse).collect();
    assert!(published.len() > 6000, "only {} sessions", published.len());

    let first = NaiveDate::from_ymd_opt(1990, 1, 1).expect("a date");
    let last = NaiveDate::from_ymd_opt(2014, 12, 31).expect("a date");
    let ours: Vec<Session> = Calendar::new_york().sessions(first, last).collect();
    // Listing what is missing on either side says more than two vectors of thousands.
    let invented: Vec<_> = ours.iter().filter(|session| !published.contains(session)).collect();
    let missed: Vec<_> = published.iter().filter(|session| !ours.contains(session)).collect();
    assert!(invented.is_empty() && missed.is_empty(), "invented {invented:#?}, missed {missed:#?}");
    assert_eq!(ours, published);
}

/// Reads `day,open,close,…`, all three as instants.
fn parse(line: &str) -> Session {
    let mut fields = line.split(',').map(|field| field.parse::<DateTime<Utc>>().expect("an instant"));
    let mut next = || fields.next().expect("three columns");
    Session { day: next().date_naive(), open: next(), close: next() }
}
