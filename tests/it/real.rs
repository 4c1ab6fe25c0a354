//! Real prices and posts, where `BELLWETHER_TEST_DATA` says they are.

use chrono::{DateTime, NaiveDate, Utc};
use csv::StringRecord;
use flate2::read::GzDecoder;
use insta::assert_snapshot;
use nlp::{TickerExtractor, Vader, clean, scopes};
use platform::calendar::Calendar;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tests::{TestApp, shared_data};
use worker::import::{Imported, Table, import};

const PRICES: &str = "prices-adjusted/daily.csv.gz";
const TWEETS: &str = "stocknet-tweets/tweets_2014.csv.gz";
const STOCKS: &str = "universe/sp500_constituents_2018-04-02.csv";
/// The last evening of the tweets.
const THEN: &str = "2014-12-31T23:00:00Z";

/// Imports a copy, so that rejected rows lie beside that and not in the shared folder.
async fn import_copy(app: &TestApp, table: Table, original: &Path) -> Imported {
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join(original.file_name().unwrap());
    fs::copy(original, &copy).unwrap();
    import(&app.platform, table, &copy, None, |_| ()).await.unwrap()
}

fn shown(imported: &Imported) -> String {
    let reasons: Vec<String> =
        imported.rejected.iter().map(|(reason, count)| format!("{reason}: {count}")).collect();
    let Imported { read, stored, revised, unchanged, .. } = imported;
    format!("read {read}, stored {stored}, revised {revised}, unchanged {unchanged}, {}", reasons.join(", "))
}

fn rows(path: &Path) -> Vec<StringRecord> {
    let mut text = String::new();
    let file = File::open(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
    } else {
        let mut file = file;
        file.read_to_string(&mut text).unwrap();
    }
    csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn every_real_price_is_stored_or_rejected_and_only_once() {
    let (Some(adjusted), Some(raw)) = (shared_data::file(PRICES), shared_data::file("prices-raw/daily.csv"))
    else {
        return;
    };
    let app = TestApp::start().await;
    let first = import_copy(&app, Table::Prices, &adjusted).await;
    let second = import_copy(&app, Table::Prices, &adjusted).await;
    app.finish().await;
    let other = TestApp::start().await;
    let raw = import_copy(&other, Table::Prices, &raw).await;
    other.finish().await;
    assert_eq!(first.stored + first.rejected_count(), 215_895);
    assert_snapshot!(shown(&first), @"read 215895, stored 215889, revised 0, unchanged 0, null price: 6");
    assert_snapshot!(shown(&second), @"read 215895, stored 0, revised 0, unchanged 215889, null price: 6");
    assert_snapshot!(shown(&raw), @"read 5034, stored 5033, revised 0, unchanged 0, close outside low to high: 1");
}

struct Tweet {
    time: DateTime<Utc>,
    text: String,
    cashtags: BTreeSet<String>,
}

/// Each tweet once: the crawl filed it under every stock that it names.
fn tweets(path: &Path) -> Vec<Tweet> {
    let mut seen = BTreeSet::new();
    let tweet = |row: StringRecord| {
        let time = DateTime::parse_from_str(&row[0], "%a %b %d %H:%M:%S %z %Y").unwrap().to_utc();
        let cashtags = row[5].split('|').map(str::to_ascii_uppercase).collect();
        seen.insert((time, row[4].to_owned())).then(|| Tweet {
            time,
            text: row[4].trim().to_owned(),
            cashtags,
        })
    };
    rows(path).into_iter().filter_map(tweet).collect()
}

#[tokio::test]
async fn every_real_post_is_scored_and_its_tickers_are_those_that_twitter_parsed() {
    let files = [TWEETS, STOCKS, "reddit/wsb_2024_posts_with_comments.csv"].map(shared_data::file);
    let [Some(tweets_file), Some(stocks), Some(reddit)] = files else { return };
    let app = TestApp::start().await;
    import_copy(&app, Table::Stocks, &stocks).await;
    let imported =
        [import_copy(&app, Table::Posts, &tweets_file).await, import_copy(&app, Table::Posts, &reddit).await];
    app.run_jobs().await;
    let posts = rows_of(&app, "SELECT COUNT(*) AS n FROM post").await;
    let scores = rows_of(&app, "SELECT COUNT(*) AS n FROM post_score").await;
    let unscored = rows_of(&app, "SELECT COUNT(*) AS n FROM post WHERE scored_at IS NULL").await;
    let sql = "SELECT post.body AS body, stock.symbol AS symbol, mention.kind AS kind FROM mention JOIN post ON post.id = mention.post_id \
               JOIN stock ON stock.id = mention.stock_id";
    let mut found: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut named: HashSet<(String, String)> = HashSet::new();
    for row in app.platform.db.connection().query_all_raw(statement(&app, sql)).await.unwrap() {
        let (body, symbol): (String, String) =
            (row.try_get("", "body").unwrap(), row.try_get("", "symbol").unwrap());
        if row.try_get::<String>("", "kind").unwrap() == "NAME" {
            named.insert((body.clone(), symbol.clone()));
        }
        found.entry(body).or_default().insert(symbol);
    }
    app.finish().await;
    assert_eq!((posts, unscored), (imported.iter().map(|file| file.stored).sum::<usize>(), 0));
    assert_eq!(scores, posts);

    let known: BTreeSet<String> = rows(&stocks).iter().map(|row| row[0].to_owned()).collect();
    let nothing = BTreeSet::new();
    let (mut both, mut extra, mut missed) = (0, 0, 0);
    for tweet in tweets(&tweets_file) {
        let found = found.get(&tweet.text).unwrap_or(&nothing);
        let text = tweet.text.to_ascii_uppercase();
        let truth: BTreeSet<String> = tweet.cashtags.intersection(&known).cloned().collect();
        both += truth.intersection(found).count();
        // Twitter's truth has no companies that are named only.
        let is_symbol = |symbol: &&String| !named.contains(&(tweet.text.clone(), (*symbol).clone()));
        extra += found.difference(&truth).filter(is_symbol).count();
        // Twitter knows cashtags of the original that the text, cut off as retweets are, no longer has.
        missed += truth.difference(found).filter(|symbol| is_whole(&text, symbol)).count();
    }
    let (precision, recall) = (both as f64 / (both + extra) as f64, both as f64 / (both + missed) as f64);
    println!("precision {precision:.4}, recall {recall:.4} of {both} mentions");
    assert!(both > 10_000 && precision >= 0.99 && recall >= 0.99, "{both} {precision} {recall}");
}

fn is_whole(text: &str, symbol: &str) -> bool {
    let tag = format!("${symbol}");
    text.match_indices(&tag).any(|(at, _)| !text[at + tag.len()..].starts_with(char::is_alphanumeric))
}

fn statement(app: &TestApp, sql: &str) -> Statement {
    let backend: DbBackend = app.platform.db.backend();
    Statement::from_string(backend, sql)
}

async fn rows_of(app: &TestApp, count: &str) -> usize {
    let row = app.platform.db.connection().query_one_raw(statement(app, count)).await.unwrap().unwrap();
    usize::try_from(row.try_get::<i64>("", "n").unwrap()).unwrap()
}

/// The rows of `AAPL` alone, in a file of their own.
fn apple(prices: &Path, folder: &TempDir) -> PathBuf {
    let path = folder.path().join("apple.csv");
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(["Date", "Open", "High", "Low", "Close", "Adj Close", "Volume", "Name"]).unwrap();
    for row in rows(prices).iter().filter(|row| &row[7] == "AAPL") {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
    path
}

/// The scores of all tweets about `AAPL` in the year before `then`, by session.
fn scores(tweets_file: &Path, stocks: &Path, then: DateTime<Utc>) -> BTreeMap<NaiveDate, Vec<f64>> {
    let listed = rows(stocks);
    let extractor = TickerExtractor::new(listed.iter().map(|row| (&row[0], &row[1])));
    let calendar = Calendar::new_york();
    let mut scores: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
    for tweet in tweets(tweets_file) {
        let text = clean(&tweet.text);
        let within = tweet.time <= then && tweet.time > then - chrono::Days::new(365);
        let mentions = extractor.extract(&text);
        let about = scopes(&text, &mentions).into_iter().find(|scope| scope.symbol == "AAPL");
        if let Some(about) = about.filter(|_| within) {
            // The first session that closes after the tweet, looked for day by day.
            let mut day = tweet.time.date_naive() - chrono::Days::new(1);
            let session = loop {
                match calendar.session(day) {
                    Some(session) if session.close > tweet.time => break session.day,
                    _ => day = day + chrono::Days::new(1),
                }
            };
            scores.entry(session).or_default().push(Vader::shared().score(&about.read(&text)).compound);
        }
    }
    scores
}

#[track_caller]
fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[tokio::test]
async fn a_real_year_of_sentiment_and_its_correlation_can_be_computed_from_the_files_alone() {
    let files = [TWEETS, STOCKS, PRICES].map(shared_data::file);
    let [Some(tweets_file), Some(stocks), Some(prices)] = files else { return };
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let apple = apple(&prices, &folder);
    import_copy(&app, Table::Stocks, &stocks).await;
    import_copy(&app, Table::Prices, &apple).await;
    import_copy(&app, Table::Posts, &tweets_file).await;
    app.run_jobs().await;
    let query = format!(
        r#"{{ stock(symbol: "AAPL") {{
            sentiment(timeframe: Y1, asOf: "{THEN}") {{ mean stdDev count byDay {{ day mean count }} }}
            same: correlation(timeframe: Y1, asOf: "{THEN}") {{ r n pValue }}
            next: correlation(timeframe: Y1, lagDays: 1, asOf: "{THEN}") {{ r n }} }} }}"#
    );
    let found = app.data(&query).await["stock"].take();
    app.finish().await;

    let then: DateTime<Utc> = THEN.parse().unwrap();
    let scores = scores(&tweets_file, &stocks, then);
    let all: Vec<f64> = scores.values().flatten().copied().collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let centre = mean(&all);
    assert!(all.len() > 500, "only {} tweets are about Apple", all.len());
    assert_eq!(found["sentiment"]["count"], all.len());
    close(&found["sentiment"]["mean"], centre);
    let squares: f64 = all.iter().map(|score| (score - centre).powi(2)).sum();
    close(&found["sentiment"]["stdDev"], (squares / (all.len() - 1) as f64).sqrt());
    let by_day = found["sentiment"]["byDay"].as_array().unwrap();
    assert_eq!(by_day.len(), scores.len());
    for (point, (day, scores)) in by_day.iter().zip(&scores) {
        assert_eq!(
            (&point["day"], &point["count"]),
            (&Value::from(day.to_string()), &Value::from(scores.len()))
        );
        close(&point["mean"], mean(scores));
    }

    let first = (then - chrono::Days::new(365)).date_naive();
    let bars = rows(&apple)
        .into_iter()
        .map(|row| (row[0].parse::<NaiveDate>().unwrap(), row[5].parse::<f64>().unwrap()));
    let bars: Vec<_> = bars.filter(|(day, _)| *day > first && *day <= then.date_naive()).collect();
    for (name, lag) in [("same", 0), ("next", 1)] {
        let pairs = bars.windows(2).enumerate().filter_map(|(n, pair)| {
            // The return of session n + 1 goes with the sentiment `lag` sessions before.
            let day = bars.get((n + 1).checked_sub(lag)?)?.0;
            Some((mean(scores.get(&day)?), pair[1].1 / pair[0].1 - 1.0))
        });
        let pairs: Vec<(f64, f64)> = pairs.collect();
        assert!(pairs.len() > 200, "only {} pairs", pairs.len());
        assert_eq!(found[name]["n"], pairs.len());
        close(&found[name]["r"], pearson(&pairs));
    }
}

/// (n Σxy − Σx Σy) / √((n Σx² − (Σx)²)(n Σy² − (Σy)²)).
fn pearson(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let sum = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let (x, y, xy) = (sum(|(x, _)| *x), sum(|(_, y)| *y), sum(|(x, y)| x * y));
    let (xx, yy) = (sum(|(x, _)| x * x), sum(|(_, y)| y * y));
    (n * xy - x * y) / ((n * xx - x * x) * (n * yy - y * y)).sqrt()
}
