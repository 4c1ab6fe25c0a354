//! Builders for the data of tests.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Amount, Knowledge, SourceKind,
    market::{NewBar, NewStock, Quote, Symbol, price, quote, stock},
    news::{ContentType, NewPost, post},
};
use platform::Platform;

pub fn symbol(text: &str) -> Symbol {
    text.parse().unwrap()
}

pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn amount(value: f64) -> Amount {
    Amount::from_f64(value).unwrap()
}

/// A stock with nothing but a symbol and a name.
pub fn new_stock(text: &str) -> NewStock {
    NewStock {
        symbol: symbol(text),
        exchange: Some("NASDAQ".to_owned()),
        name: Some(format!("{text} Inc.")),
        kind: stock::Kind::Equity,
        sector: Some("Technology".to_owned()),
        industry: None,
    }
}

/// A bar whose prices all are `close`.
pub fn bar(text: &str, date: &str, close: f64) -> NewBar {
    let price = amount(close);
    NewBar {
        symbol: symbol(text),
        day: day(date),
        open: Some(price),
        high: Some(price),
        low: Some(price),
        close: price,
        adjusted_close: Some(price),
        volume: Some(1_000),
    }
}

/// A post from a file.
pub fn new_post(id: &str, published_at: &str, body: &str) -> NewPost {
    NewPost {
        source: SourceKind::File,
        external_id: id.to_owned(),
        content_type: ContentType::Post,
        channel: None,
        url: None,
        title: None,
        body: body.to_owned(),
        author: None,
        votes: None,
        comment_count: None,
        upvote_ratio: None,
        published_at: time(published_at),
    }
}

pub fn new_quote(text: &str, price: f64, as_of: &str) -> Quote {
    Quote {
        symbol: symbol(text),
        price: amount(price),
        open: None,
        high: None,
        low: None,
        previous_close: Some(amount(100.0)),
        volume: Some(10),
        as_of: time(as_of),
        source: SourceKind::File,
    }
}

pub async fn stocks(platform: &Platform, symbols: &[&str]) {
    let stocks: Vec<_> = symbols.iter().map(|text| new_stock(text)).collect();
    stock::store(platform, &stocks).await.unwrap();
}

pub async fn bars(platform: &Platform, bars: &[NewBar]) -> price::Stored {
    price::store(platform, bars, SourceKind::File, Knowledge::Historical).await.unwrap()
}

pub async fn posts(platform: &Platform, posts: &[NewPost]) -> post::Stored {
    post::store(platform, posts, Knowledge::Historical).await.unwrap()
}

pub async fn quotes(platform: &Platform, quotes: &[Quote]) {
    quote::store(platform, quotes).await.unwrap();
}
