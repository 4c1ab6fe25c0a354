use super::*;
use crate::source::file::stock::StockShape;
use domain::market::BarDefect;
use std::fmt::Write as _;

/// Checks that `row` behind a good one is rejected for `reason`, and given back as it is.
#[track_caller]
fn check_price(row: &str, reason: Reason) {
    let rows = all(prices_in("daily.csv", format!("{HEADER}{GOOD}{row}\n2014-01-03,,,,,,,AAPL\n")));
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[0].parsed.clone(), rows[0].raw.as_str()), (Ok(good_bar()), ""));
    assert_eq!(rows[1], Row { line: 3, raw: row.to_owned(), parsed: Err(reason) });
    assert_eq!(rows[2].parsed, Err(Reason::NullPrice));
}

#[track_caller]
fn check_post(row: &str, reason: Reason) {
    let header = "id,created_at,text,title,score,upvote_ratio,content_type\n";
    let rows = all(posts_in(format!("{header}1,2014-01-01,one,,,,\n{row}\n")));
    assert_eq!(rows.len(), 2);
    assert!(rows[0].parsed.is_ok());
    assert_eq!(rows[1], Row { line: 3, raw: row.to_owned(), parsed: Err(reason) });
}

#[test]
fn every_bad_price_row_is_rejected_for_its_reason() {
    check_price(HEADER.trim_end(), Reason::HeaderRow);
    check_price("2014-01-03,10,12,9,11,10.5,1000", Reason::WrongColumnCount);
    check_price("2014-01-03,10,12,9,11,10.5,1000,aapl", Reason::BadSymbol);
    check_price("2014-01-03,10,12,9,11,10.5,1000,", Reason::BadSymbol);
    check_price("01/03/2014,10,12,9,11,10.5,1000,AAPL", Reason::UnreadableDate);
    check_price("2014-01-03,10,12,9,11,x,1000,AAPL", Reason::UnreadableNumber);
    check_price("2014-01-03,10,12,9,11,10.5,many,AAPL", Reason::UnreadableNumber);
    for null in ["null", "NaN", "N/A", "None"] {
        check_price(&format!("2014-01-03,{null},12,9,11,10.5,1000,AAPL"), Reason::NullPrice);
    }
    check_price("2014-01-03,10,12,9,,10.5,1000,AAPL", Reason::NullPrice);
    check_price("2014-01-03,10,12,0,11,10.5,1000,AAPL", Reason::Defect(BarDefect::PriceNotPositive));
    check_price("2014-01-03,10,8,9,11,10.5,1000,AAPL", Reason::Defect(BarDefect::HighBelowLow));
    check_price("2014-01-03,8,12,9,11,10.5,1000,AAPL", Reason::Defect(BarDefect::OpenOutsideRange));
    check_price("2014-01-03,10,12,9,13,10.5,1000,AAPL", Reason::Defect(BarDefect::CloseOutsideRange));
    check_price("2014-01-03,10,12,9,11,10.5,-1,AAPL", Reason::Defect(BarDefect::NegativeVolume));
    check_price("2026-01-03,10,12,9,11,10.5,1000,AAPL", Reason::Defect(BarDefect::FutureDate));
    for closed in ["2014-01-04", "2014-01-05", "2014-01-20", "1980-01-05"] {
        check_price(
            &format!("{closed},10,12,9,11,10.5,1000,AAPL"),
            Reason::Defect(BarDefect::NotATradingDay),
        );
    }
    check_price("2014-01-02,10,12,9,11,10.5,1000,AAPL", Reason::DuplicateDay);
}

#[test]
fn a_quote_that_nobody_closes_costs_its_line_and_no_other() {
    for behind in [0, 1, 30_000] {
        let stray = "2014-01-03,\"10,12,9,11,10.5,1000,AAPL";
        let mut content = format!("{HEADER}{GOOD}{stray}\r\n");
        for number in 0..behind {
            writeln!(content, "2014-01-02,10,12,9,11,10.5,1000,A{number}").expect("a string takes all");
        }
        let rows = all(prices_in("x", content));
        let unclosed = Row { line: 3, raw: stray.to_owned(), parsed: Err(Reason::UnclosedQuote) };
        assert_eq!((&rows[0].parsed, &rows[1]), (&Ok(good_bar()), &unclosed));
        assert_eq!(rows.len(), 2 + behind);
        assert!(rows[2..].iter().all(|row| row.parsed.is_ok()));
        assert_eq!(rows.last().expect("rows").line, behind as u64 + 3);
    }
    assert!(matches!(prices_in("x", "date,\"close\n2014-01-02,1\n"), Err(FileError::BrokenOff { .. })));
}

#[test]
fn a_text_of_many_lines_may_be_quoted() {
    let long = "word, and \"\"more\"\"\r\n".repeat(20_000);
    let read = post(format!("text,date\n\"{long}\",2014-01-01\n"));
    assert_eq!(read.body, long.replace("\"\"", "\"").trim());
}

#[test]
fn an_array_without_its_end_gives_its_rows_first_and_then_an_error() {
    for end in ["", ",", ", {\"date\""] {
        let rows = prices_in("A.json", format!("[{{\"date\":\"2014-01-02\",\"close\":[1]}}\n{end}"));
        let results: Vec<_> = rows.expect("readable").collect();
        assert!(results[0].is_ok() && results.len() == 2 + usize::from(end.len() > 1), "{results:?}");
        assert!(matches!(results.last(), Some(Err(FileError::EndsEarly { .. }))), "{results:?}");
    }
    assert_eq!(all(prices_in("A.json", "[{\"date\":\"2014-01-02\",\"close\":1}]\n")).len(), 1);
}

#[test]
fn every_bad_post_row_is_rejected_for_its_reason() {
    check_post("2,yesterday,two,,,,", Reason::UnreadableDate);
    check_post("2,2014-01-01,two,,many,,", Reason::UnreadableNumber);
    check_post("2,2014-01-01,two,,3000000000,,", Reason::UnreadableNumber);
    check_post("2,2014-01-01,two,,1,1.01,", Reason::UnreadableNumber);
    check_post("2,2014-01-01,,,1,1,", Reason::EmptyText);
    check_post("2,2014-01-01,[removed],,1,1,", Reason::EmptyText);
    check_post("2,2014-01-01,t\0o,,1,1,", Reason::NulInText);
    check_post("2,2014-01-01,two,,1,1,song", Reason::UnknownContentType);
    check_post("1,2014-01-02,another,,1,1,", Reason::DuplicatePost);
    check_post(&format!("{},2014-01-02,two,,1,1,", "9".repeat(201)), Reason::IdTooLong);
}

#[test]
fn every_bad_stock_row_is_rejected_for_its_reason() {
    let content =
        b"SYMBOL,Name,Kind\nAAPL,Apple,\nAAIC^B,x,\nSYMBOL,Name,Kind\nMMM,3M\xff,\nMMM,3M,bond\nAAPL,x,\n";
    let rows = all(Rows::new(input("list", *content).expect("readable"), StockShape::default()));
    let reasons: Vec<_> = rows.into_iter().filter_map(|row| row.parsed.err()).collect();
    let expected =
        [Reason::BadSymbol, Reason::HeaderRow, Reason::BadUtf8, Reason::UnknownKind, Reason::DuplicateStock];
    assert_eq!(reasons, expected);
}

#[test]
fn windows_1252_is_rejected_row_by_row() {
    let rows = all(posts_in(*b"Text,Date\ncaf\xe9,2014-01-01\ncafe,2014-01-01\n"));
    assert_eq!((rows[0].raw.as_str(), &rows[0].parsed), ("caf\u{fffd},2014-01-01", &Err(Reason::BadUtf8)));
    assert!(rows[1].parsed.is_ok());
}

#[test]
fn a_bad_row_does_not_make_the_good_one_behind_it_a_duplicate() {
    let rows = all(prices_in("x", format!("{HEADER}2014-01-02,10,12,9,11,0,1000,AAPL\n{GOOD}")));
    assert_eq!(rows[1].parsed, Ok(good_bar()));
}

#[test]
fn posts_without_ids_get_one_from_what_they_say() {
    let rows = all(posts_in("date,text\n2014-01-01,a\n2014-01-01,b\n2014-01-02,a\n2014-01-01,a\n"));
    let ids: Vec<_> =
        rows.iter().filter_map(|row| row.parsed.as_ref().ok()).map(|post| &post.external_id).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.len() == 32));
    assert!(ids[0] != ids[1] && ids[0] != ids[2]);
    assert_eq!(rows[3].parsed, Err(Reason::DuplicatePost));
    assert_eq!(ids[0].as_str(), post("created,body\n2014-01-01 23:59:59,a\n").external_id);
}

#[test]
fn a_file_without_its_columns_says_what_is_missing() {
    let error = prices_in("dir/daily.csv", "a,Date\n1,2\n").expect_err("columns are missing");
    let expected = "dir/daily.csv has no column for the close (accepted names: close) and no column for the symbol \
                    (accepted names: symbol, ticker, name); its columns are a, Date";
    assert_eq!(error.to_string(), expected);
    let error = posts_in("Text,Sentiment\nx,1\n").expect_err("columns are missing");
    assert!(error.to_string().contains("no column for the publication time"), "{error}");
    assert!(matches!(posts_in("[{\"date\":1}]"), Err(FileError::MissingColumns { .. })));
}

#[test]
fn empty_and_utf_16_files_are_refused() {
    for content in ["", "\n\n", "\u{feff}"] {
        assert!(matches!(prices_in("x", content), Err(FileError::Empty { .. })), "{content:?}");
    }
    assert!(matches!(prices_in("x", *b"\xff\xfed\0"), Err(FileError::Utf16 { .. })));
    assert!(matches!(Input::open(Path::new("/nowhere/x.csv")), Err(FileError::Open { .. })));
}

#[test]
fn a_truncated_gzip_gives_its_rows_first_and_then_an_error() {
    let mut content = HEADER.to_owned();
    for number in 0..20_000 {
        writeln!(content, "2014-01-02,10,12,9,11,10.{number},1000,A{number}").expect("a string takes all");
    }
    let mut compressed = gzip(&content);
    compressed.truncate(compressed.len() / 2);
    let mut rows = prices_in("x", compressed).expect("a readable start");
    let results: Vec<_> = rows.by_ref().collect();
    let (last, before) = results.split_last().expect("rows");
    assert!(before.len() > 5_000 && before.iter().all(Result::is_ok), "{}", before.len());
    assert!(
        matches!(last, Err(FileError::EndsEarly { line, .. }) if *line == before.len() as u64 + 1),
        "{last:?}"
    );
    assert!(rows.next().is_none());
    assert_eq!(rows.progress().read(), rows.progress().total());
}

#[test]
fn a_post_of_tomorrow_is_rejected_and_one_of_today_is_not() {
    let rows = all(posts_in("created_at,text\n2026-01-02 00:00:00,soon\n2026-01-01,today\n"));
    let parsed: Vec<_> = rows.into_iter().map(|row| row.parsed.map(|post| post.body)).collect();
    assert_eq!(parsed, [Err(Reason::Defect(BarDefect::FutureDate)), Ok("today".to_owned())]);
}

#[test]
fn a_file_that_is_one_endless_line_does_not_fill_the_memory() {
    let endless = std::io::Read::take(std::io::repeat(b'a'), 1 << 40);
    let input = Input::new(Path::new("bomb.csv"), endless, 1 << 40).expect("a readable start");
    let error = prices(input, &Options::new(now())).expect_err("no header has an end");
    assert!(error.to_string().ends_with("a line is longer than 64 MB"), "{error}");
}
