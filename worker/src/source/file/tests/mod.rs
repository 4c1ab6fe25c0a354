//! Small files in every shape, and real ones where they are at hand.

mod format;
mod real;
mod rejection;

use super::{input::Input, post::PostShape, price::PriceShape, rows::Shape, *};
use chrono::NaiveDate;
use domain::{market::NewBar, news::NewPost};
use entity::Amount;
use flate2::{Compression, write::GzEncoder};
use std::{
    io::{Cursor, Write},
    path::Path,
};

const HEADER: &str = "Date,Open,High,Low,Close,Adj Close,Volume,Name\n";
const GOOD: &str = "2014-01-02,10,12,9,11,10.5,1000,AAPL\n";

fn now() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().expect("a test writes an instant")
}

fn input(name: &str, content: impl Into<Vec<u8>>) -> Result<Input, FileError> {
    let content = content.into();
    let size = content.len() as u64;
    Input::new(Path::new(name), Cursor::new(content), size)
}

fn prices_in(name: &str, content: impl Into<Vec<u8>>) -> Result<PriceRows, FileError> {
    let input = input(name, content)?;
    let symbol = input.symbol();
    Rows::new(input, PriceShape::new(symbol, now()))
}

fn posts_in(content: impl Into<Vec<u8>>) -> Result<PostRows, FileError> {
    Rows::new(input("posts", content)?, PostShape::new(SourceKind::File, now()))
}

fn all<S: Shape>(rows: Result<Rows<S>, FileError>) -> Vec<Row<S::Item>> {
    rows.expect("a readable file").map(|row| row.expect("a file readable to its end")).collect()
}

/// The one bar of a file.
fn bar(name: &str, content: impl Into<Vec<u8>>) -> NewBar {
    let mut rows = all(prices_in(name, content));
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0).parsed.expect("a good bar")
}

/// The one post of a file.
fn post(content: impl Into<Vec<u8>>) -> NewPost {
    let mut rows = all(posts_in(content));
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0).parsed.expect("a good post")
}

fn good_bar() -> NewBar {
    let amount = |units| Some(Amount::from_units(units));
    NewBar {
        symbol: "AAPL".parse().expect("a symbol"),
        day: NaiveDate::from_ymd_opt(2014, 1, 2).expect("a day"),
        open: amount(1_000_000_000),
        high: amount(1_200_000_000),
        low: amount(900_000_000),
        close: Amount::from_units(1_100_000_000),
        adjusted_close: amount(1_050_000_000),
        volume: Some(1000),
    }
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}
