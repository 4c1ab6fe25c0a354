//! Files of prices into the table.

use insta::assert_snapshot;
use platform::calendar::{Calendar, Session};
use std::{fmt::Write as _, fs, path::Path};
use tempfile::TempDir;
use tests::{TestApp, build, file};
use worker::{
    export::Export,
    import::{Imported, Table, import},
};

const NOW: &str = "2024-03-15T12:00:00Z";
const HEADER: &str = "Date,Open,High,Low,Close,Adj Close,Volume,Symbol\n";

async fn refusal(app: &TestApp, path: &Path) -> String {
    import(&app.platform, Table::Prices, path, None, |_| ()).await.unwrap_err().to_string()
}

/// What became of a file, in one line per number.
fn shown(imported: &Imported) -> String {
    let Imported { read, stored, revised, unchanged, .. } = imported;
    let mut text = format!("read {read}, stored {stored}, revised {revised}, unchanged {unchanged}");
    for (reason, count) in &imported.rejected {
        write!(text, "\n{reason}: {count}").unwrap();
    }
    text
}

#[tokio::test]
async fn every_bad_row_is_rejected_for_its_reason_and_kept_beside_the_file() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let rows = "2024-03-12,10,12,9,11,11,1000,AAPL\n\
                Date,Open,High,Low,Close,Adj Close,Volume,Symbol\n\
                2024-03-13,10,12,9,11,11,1000\n\
                2024-03-13,10,12,9,11,11,1000,aapl\n\
                13/03/2024,10,12,9,11,11,1000,AAPL\n\
                2024-03-13,10,12,9,eleven,11,1000,AAPL\n\
                2024-03-13,10,12,9,null,11,1000,AAPL\n\
                2024-03-13,10,12,0,11,11,1000,AAPL\n\
                2024-03-13,10,8,9,11,11,1000,AAPL\n\
                2024-03-13,8,12,9,11,11,1000,AAPL\n\
                2024-03-13,10,12,9,13,11,1000,AAPL\n\
                2024-03-13,10,12,9,11,11,-1,AAPL\n\
                2024-03-18,10,12,9,11,11,1000,AAPL\n\
                2024-03-10,10,12,9,11,11,1000,AAPL\n\
                2024-03-12,10,12,9,11,11,1000,AAPL\n\
                2024-03-14,10,12,9,11,11,1000,AAPL\n";
    let path = file(&folder, "daily.csv", format!("{HEADER}{rows}"));
    let first = app.import(Table::Prices, &path).await;
    let kept = fs::read_to_string(first.rejected_file.as_ref().unwrap()).unwrap();
    let second = app.import(Table::Prices, &path).await;
    app.finish().await;
    assert_eq!(first.rejected_file.as_deref(), Some(folder.path().join("daily.csv.rejected.csv").as_path()));
    assert_snapshot!(shown(&first), @r"
    read 16, stored 2, revised 0, unchanged 0
    repeated header row: 1
    wrong column count: 1
    bad symbol: 1
    unreadable date: 1
    unreadable number: 1
    null price: 1
    price not positive: 1
    high below low: 1
    open outside low to high: 1
    close outside low to high: 1
    negative volume: 1
    future date: 1
    not a trading day: 1
    duplicate day: 1
    ");
    assert_snapshot!(kept, @r"
    line,reason,Date,Open,High,Low,Close,Adj Close,Volume,Symbol
    3,repeated header row,Date,Open,High,Low,Close,Adj Close,Volume,Symbol
    4,wrong column count,2024-03-13,10,12,9,11,11,1000
    5,bad symbol,2024-03-13,10,12,9,11,11,1000,aapl
    6,unreadable date,13/03/2024,10,12,9,11,11,1000,AAPL
    7,unreadable number,2024-03-13,10,12,9,eleven,11,1000,AAPL
    8,null price,2024-03-13,10,12,9,null,11,1000,AAPL
    9,price not positive,2024-03-13,10,12,0,11,11,1000,AAPL
    10,high below low,2024-03-13,10,8,9,11,11,1000,AAPL
    11,open outside low to high,2024-03-13,8,12,9,11,11,1000,AAPL
    12,close outside low to high,2024-03-13,10,12,9,13,11,1000,AAPL
    13,negative volume,2024-03-13,10,12,9,11,11,-1,AAPL
    14,future date,2024-03-18,10,12,9,11,11,1000,AAPL
    15,not a trading day,2024-03-10,10,12,9,11,11,1000,AAPL
    16,duplicate day,2024-03-12,10,12,9,11,11,1000,AAPL
    ");
    assert_eq!((second.stored, second.revised, second.unchanged), (0, 0, 2));
    assert_eq!(second.rejected, first.rejected);
}

#[tokio::test]
async fn a_file_without_bad_rows_leaves_nothing_beside_it() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "BRK.B.csv", "date,close,dividends\n2024-03-12,10,0\n2024-03-13,11,0\n");
    let imported = app.import(Table::Prices, &path).await;
    let data = app.data(r#"{ stock(symbol: "BRK.B") { priceHistory { totalCount } } }"#).await;
    app.finish().await;
    assert_eq!(imported.rejected_file, None);
    assert_eq!(imported.unknown_columns, ["dividends"]);
    assert_eq!(data["stock"]["priceHistory"]["totalCount"], 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_symbol_can_be_given_and_a_file_that_is_none_says_so() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "prices of last year.csv", "date,close\n2024-03-12,10\n");
    let problem = refusal(&app, &path).await;
    assert!(problem.contains("has no column for the symbol"), "{problem}");
    let symbol = Some(build::symbol("MSFT"));
    let imported = import(&app.platform, Table::Prices, &path, symbol, |_| ()).await.unwrap();
    assert_eq!(imported.stored, 1);
    let empty = refusal(&app, &file(&folder, "A.csv", "")).await;
    let absent = refusal(&app, &folder.path().join("B.csv")).await;
    app.finish().await;
    assert!(empty.ends_with("A.csv is empty"), "{empty}");
    assert!(absent.contains("B.csv can't be opened"), "{absent}");
}

/// More bars than fit into one batch.
fn large() -> String {
    let mut rows = HEADER.to_owned();
    let days =
        || Calendar::new_york().sessions(build::day("1990-01-01"), build::day("2020-01-01")).take(7000);
    for symbol in ["AA", "BB", "CC"] {
        for Session { day, .. } in days() {
            writeln!(rows, "{day},10,12,9,11,11,1000,{symbol}").unwrap();
        }
    }
    rows
}

#[tokio::test]
async fn an_import_that_was_killed_is_resumed_by_running_it_again() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "daily.csv", large());
    assert_eq!(app.import_killed(Table::Prices, &path).await, 20_000);
    let resumed = app.import(Table::Prices, &path).await;
    let again = app.import(Table::Prices, &path).await;
    app.finish().await;
    assert_snapshot!(shown(&resumed), @"read 21000, stored 1000, revised 0, unchanged 20000");
    assert_snapshot!(shown(&again), @"read 21000, stored 0, revised 0, unchanged 21000");
}

#[tokio::test]
async fn what_could_be_read_of_a_broken_file_is_stored() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, large().as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let path = file(&folder, "daily.csv.gz", &whole[..whole.len() / 2]);
    let broken = app.import(Table::Prices, &path).await;
    let data = app.data(r#"{ stock(symbol: "AA") { priceHistory(timeframe: ALL) { totalCount } } }"#).await;
    fs::write(&path, whole).unwrap();
    let resumed = app.import(Table::Prices, &path).await;
    app.finish().await;
    let problem = broken.broken.unwrap().to_string();
    assert!(problem.contains("ends early, behind line"), "{problem}");
    assert!(broken.stored >= 7000 && broken.stored == broken.read);
    assert_eq!(data["stock"]["priceHistory"]["totalCount"], 7000);
    assert!(resumed.unchanged >= 7000 && resumed.stored > 0, "{}", shown(&resumed));
    assert_eq!(resumed.stored + resumed.unchanged, 21_000);
}

#[tokio::test]
async fn an_export_can_be_imported_and_says_the_same_again() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let mut silent = build::bar("MSFT", "2024-03-13", 0.000_000_01);
    (silent.open, silent.adjusted_close, silent.volume) = (None, None, None);
    let bars = [build::bar("AAPL", "2024-03-12", 70.702_957), build::bar("AAPL", "2024-03-13", 1e9), silent];
    build::bars(&app.platform, &bars).await;
    app.platform.clock.set(build::time("2024-03-15T13:00:00Z"));
    build::bars(&app.platform, &[build::bar("AAPL", "2024-03-12", 70.5)]).await;
    let first = app.export(Export::Prices).await;
    let path = file(&folder, "out.csv", &first);
    let same = app.import(Table::Prices, &path).await;
    let other = TestApp::start_on(NOW).await;
    let moved = other.import(Table::Prices, &path).await;
    let second = other.export(Export::Prices).await;
    app.finish().await;
    other.finish().await;
    assert_eq!((same.stored, same.revised, same.unchanged), (0, 0, 3));
    assert_eq!(moved.stored, 3);
    assert_eq!(first, second);
    assert_snapshot!(first, @r"
    symbol,date,open,high,low,close,adj close,volume,source
    AAPL,2024-03-12,70.5,70.5,70.5,70.5,70.5,1000,FILE
    AAPL,2024-03-13,1000000000,1000000000,1000000000,1000000000,1000000000,1000,FILE
    MSFT,2024-03-13,,0.00000001,0.00000001,0.00000001,,,FILE
    ");
}
