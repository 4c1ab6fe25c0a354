use super::*;
use crate::source::file::stock::StockShape;
use domain::market::NewStock;
use entity::{market::stock::StockKind, news::post::ContentType};

#[test]
fn headers_are_read_in_every_spelling() {
    for header in [
        "date,open,high,low,close,adjusted_close,volume,symbol",
        "DATE,OPEN,HIGH,LOW,CLOSE,ADJ CLOSE,VOL,TICKER",
        "timestamp,Open,High,Low,Close*,Adj Close**,Volume,name",
        "Day, Open , High, Low, Close, AdjClose, Volume, Symbol",
        "\"Time\",\"Open\",\"High\",\"Low\",\"Close\",\"adj-close\",\"Volume\",\"Name\"",
    ] {
        assert_eq!(bar("daily.csv", format!("{header}\n{GOOD}")), good_bar(), "{header}");
    }
}

#[test]
fn separators_line_ends_byte_order_marks_and_gzip_make_no_difference() {
    let plain = format!("{HEADER}{GOOD}");
    let marked = format!("\u{feff}{plain}");
    for content in [
        plain.replace(',', ";").into_bytes(),
        plain.replace(',', "\t").into_bytes(),
        plain.replace(',', "|").into_bytes(),
        plain.replace('\n', "\r\n").into_bytes(),
        plain.trim_end().as_bytes().to_vec(),
        plain.replace('\n', "\n\n").into_bytes(),
        gzip(&plain),
        [gzip(HEADER), gzip(GOOD)].concat(),
        gzip(&marked),
        marked.into_bytes(),
    ] {
        assert_eq!(bar("daily", content), good_bar());
    }
}

#[test]
fn json_lines_and_arrays_are_read_like_tables() {
    let one = r#"{"date":"2014-01-02","open":10,"high":12.0,"low":9,"close":11,"adjClose":10.5,"volume":1e3,"symbol":"AAPL"}"#;
    for content in [
        one.to_owned(),
        format!("\n{one}\n\n"),
        format!("[{one}]"),
        format!("\u{feff} [\n  {one}\n]\n"),
        format!("[\n{}]", one.replace(',', ",\n")),
    ] {
        assert_eq!(bar("daily.json", content), good_bar());
    }
    assert_eq!(bar("daily.jsonl.gz", gzip(one)), good_bar());
}

#[test]
fn json_rows_know_their_lines_and_unreadable_ones_do_not_end_the_import() {
    let lines =
        "{\"date\":20140102,\"close\":1}\nnonsense\n\n{\"date\":20140103,\"close\":null,\"more\":1}\n";
    let mut rows = prices_in("AAPL.json", lines).expect("readable");
    let found: Vec<_> = rows.by_ref().map(|row| row.expect("readable")).collect();
    assert_eq!(rows.unknown_columns(), ["more"]);
    assert!(found[0].parsed.is_ok());
    let broken = Row { line: 2, raw: "nonsense".to_owned(), parsed: Err(Reason::UnreadableJson) };
    assert_eq!(found[1], broken);
    assert_eq!((found[2].line, &found[2].parsed), (4, &Err(Reason::NullPrice)));

    let array = "[{\"date\":20140102,\"close\":1},\n 7, \"a]\\\"}\",\n\n{\"date\":20140103,\n\"close\":2}, {\"date\"}]";
    let found = all(prices_in("AAPL.json", array));
    let lines: Vec<_> = found.iter().map(|row| (row.line, row.parsed.is_ok())).collect();
    assert_eq!(lines, [(1, true), (2, false), (2, false), (4, true), (5, false)]);
}

#[test]
fn a_symbol_comes_from_the_file_name_only_without_a_symbol_column() {
    for name in ["BRK.B.csv", "dir/BRK.B.csv.gz", "BRK.B"] {
        assert_eq!(bar(name, "Date,Close\n20140102,5\n").symbol.as_str(), "BRK.B");
    }
    assert_eq!(bar("MSFT.csv", format!("{HEADER}{GOOD}")), good_bar());
}

#[test]
fn of_the_prices_only_the_close_must_be_there() {
    let bare = bar("daily.csv", format!("{HEADER}2014-01-02,,,,11,,,AAPL\n"));
    let nothing =
        NewBar { open: None, high: None, low: None, adjusted_close: None, volume: None, ..good_bar() };
    assert_eq!(bare, nothing);
}

#[test]
fn columns_that_are_not_understood_are_named() {
    let rows = prices_in("x", ",Date,Close,Dividends,Name,Symbol\n").expect("readable");
    assert_eq!(rows.unknown_columns(), ["(column 1)", "Dividends", "Name"]);
    assert_eq!(rows.header(), ",Date,Close,Dividends,Name,Symbol");
}

#[test]
fn quoted_text_keeps_its_line_ends_and_later_rows_their_lines() {
    let content =
        "title,created,body\r\n\"a, \"\"b\"\"\",2014-01-01,\"one\r\ntwo\"\r\n\"x\r\n,y\",never,z\r\n";
    let rows = all(posts_in(content));
    let first = rows[0].parsed.clone().expect("a good post");
    assert_eq!((first.title.as_deref(), first.body.as_str()), (Some("a, \"b\""), "one\r\ntwo"));
    assert_eq!((rows[1].line, rows[1].raw.as_str()), (4, "\"x\r\n,y\",never,z"));
}

#[test]
fn reddit_objects_become_posts() {
    let content = r#"{"id":"1abc","title":"To the moon","selftext":"[removed]","score":12.0,"ups":13,
        "upvote_ratio":0.93,"num_comments":4,"author":"[deleted]","created_utc":1404800000.0,
        "permalink":"/r/stocks/comments/1abc/","url":"https://i.redd.it/x.png","subreddit":"stocks"}"#;
    let expected = NewPost {
        source: SourceKind::File,
        external_id: "1abc".to_owned(),
        content_type: ContentType::Post,
        channel: Some("stocks".to_owned()),
        url: Some("https://www.reddit.com/r/stocks/comments/1abc/".to_owned()),
        title: Some("To the moon".to_owned()),
        body: String::new(),
        author: None,
        votes: Some(12),
        comment_count: Some(4),
        upvote_ratio: Some(0.93),
        published_at: "2014-07-08T06:13:20Z".parse().expect("an instant"),
    };
    assert_eq!(post(content.replace('\n', "")), expected);
    assert_eq!(post(format!("[{content}]")), expected);
}

#[test]
fn titles_alone_are_headlines() {
    assert_eq!(post("headline,published_at\nShares fall,2014-01-01\n").content_type, ContentType::Headline);
    assert_eq!(post("title,body,date\nShares fall,,2014-01-01\n").content_type, ContentType::Post);
    assert_eq!(post("text,date,content type\nwell,2014-01-01,Comment\n").content_type, ContentType::Comment);
}

#[test]
fn lists_of_stocks_are_read_in_their_spellings() {
    let full = "Symbol,Security,GICS Sector,GICS Sub-Industry,Exchange,Kind\nMMM,3M,Industrials,\"Tape, Glue\",NYSE,\n";
    let rows = all(Rows::new(input("list", full).expect("readable"), StockShape::default()));
    let expected = NewStock {
        symbol: "MMM".parse().expect("a symbol"),
        exchange: Some("NYSE".to_owned()),
        name: Some("3M".to_owned()),
        kind: StockKind::Equity,
        sector: Some("Industrials".to_owned()),
        industry: Some("Tape, Glue".to_owned()),
    };
    assert_eq!(rows[0].parsed, Ok(expected));
    let rows = all(Rows::new(input("list", "ACT Symbol\nSPY\n").expect("readable"), StockShape::default()));
    assert!(rows[0].parsed.as_ref().is_ok_and(|stock| stock.name.is_none()));
}
