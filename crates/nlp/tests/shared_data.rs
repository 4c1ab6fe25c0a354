//! Checks against real tweets, which run only where `BELLWETHER_TEST_DATA` names the shared data folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use nlp::{Polarity, TickerExtractor, Vader, clean};

const UNIVERSES: [&str; 4] = [
    "nasdaq_constituents.csv",
    "nyse-listed.csv",
    "sp500_constituents.csv",
    "sp500_constituents_2018-04-02.csv",
];

#[test]
fn vader_prints_the_decimals_of_the_reference() {
    let Some(folder) = data_folder() else { return };
    let file = File::open(folder.join("vader/parity_tweets.csv")).expect("the parity file exists");
    let mut rows = 0;
    for row in csv::Reader::from_reader(file).records() {
        let row = row.expect("the parity file is well-formed");
        let [negative, neutral, positive, compound] =
            [4, 5, 6, 7].map(|column| row[column].parse::<f64>().expect("a score is a number"));
        let reference = Polarity { negative, neutral, positive, compound };
        assert_eq!(Vader::shared().score(&row[3]), reference, "{}", &row[3]);
        rows += 1;
    }
    assert!(rows > 4000);
}

#[test]
fn tickers_agree_with_twitters_own_parse_for_every_listed_symbol() {
    let Some(folder) = data_folder() else { return };
    let universe = UNIVERSES.iter().flat_map(|name| column(&folder.join("universe").join(name), 0));
    let universe = universe.filter(|symbol| is_symbol(symbol)).collect::<BTreeSet<_>>();
    assert!(universe.len() > 9000);
    check_agreement(&tweets(&folder), &universe);
}

#[test]
fn tickers_agree_with_twitters_own_parse_for_a_short_white_list() {
    let Some(folder) = data_folder() else { return };
    let tweets = tweets(&folder);
    let symbols =
        tweets.iter().map(|tweet| tweet.folder.clone()).filter(|symbol| is_symbol(symbol)).collect();
    check_agreement(&tweets, &symbols);
}

struct Tweet {
    folder: String,
    text: String,
    cashtags: BTreeSet<String>,
}

/// Counts of symbols per tweet.
#[derive(Default)]
struct Agreement {
    both: usize,
    extra: BTreeMap<String, usize>,
    missed: BTreeMap<String, usize>,
    /// Cashtags that Twitter knows of the original, but that the text does not have: it was cut off.
    cut_off: usize,
}

impl Agreement {
    fn count(&mut self, tweet: &Tweet, found: &BTreeSet<String>, symbols: &BTreeSet<String>) {
        let truth = tweet.cashtags.intersection(symbols).cloned().collect::<BTreeSet<_>>();
        let text = tweet.text.to_ascii_uppercase();
        self.both += truth.intersection(found).count();
        for symbol in found.difference(&truth) {
            *self.extra.entry(symbol.clone()).or_default() += 1;
        }
        for symbol in truth.difference(found) {
            let whole = |(at, tag): (usize, &str)| !text[at + tag.len()..].starts_with(char::is_alphanumeric);
            if text.match_indices(&format!("${symbol}")).any(whole) {
                *self.missed.entry(symbol.clone()).or_default() += 1;
            } else {
                self.cut_off += 1;
            }
        }
    }

    fn check(&self, name: &str) {
        let (extra, missed) = (self.extra.values().sum::<usize>(), self.missed.values().sum::<usize>());
        let precision = self.both as f64 / (self.both + extra) as f64;
        let recall = self.both as f64 / (self.both + missed) as f64;
        let recall_with_cut_off = self.both as f64 / (self.both + missed + self.cut_off) as f64;
        println!(
            "{name}: precision {precision:.4}, recall {recall:.4} ({recall_with_cut_off:.4} with what was cut off)"
        );
        let mut worst = self.extra.iter().map(|(symbol, count)| (count, symbol)).collect::<Vec<_>>();
        worst.sort_by(|left, right| right.cmp(left));
        worst.truncate(60);
        println!("  {extra} extra: {worst:?}\n  {missed} missed: {:?}", self.missed);
        assert!(precision >= 0.99 && recall >= 0.99);
    }
}

fn check_agreement(tweets: &[Tweet], symbols: &BTreeSet<String>) {
    let extractor = TickerExtractor::new(symbols);
    let owned = |found: Vec<&str>| found.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let (mut raw, mut cleaned) = (Agreement::default(), Agreement::default());
    for tweet in tweets {
        raw.count(tweet, &owned(extractor.symbols(&tweet.text)), symbols);
        cleaned.count(tweet, &owned(extractor.symbols(&clean(&tweet.text))), symbols);
    }
    raw.check("raw");
    cleaned.check("cleaned");
}

fn data_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("BELLWETHER_TEST_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: BELLWETHER_TEST_DATA is not set");
    }
    folder
}

fn tweets(folder: &Path) -> Vec<Tweet> {
    let file = File::open(folder.join("stocknet-tweets/tweets_2014.csv.gz")).expect("the tweets exist");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("the tweets are UTF-8");
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records();
    let rows = rows.map(|row| row.expect("the tweets are well-formed"));
    rows.map(|row| Tweet {
        folder: row[1].to_owned(),
        text: row[4].to_owned(),
        cashtags: row[5].split('|').map(str::to_ascii_uppercase).collect(),
    })
    .collect()
}

fn column(path: &Path, index: usize) -> Vec<String> {
    let file = File::open(path).expect("the universe exists");
    let rows = csv::ReaderBuilder::new().flexible(true).from_reader(file).into_records();
    rows.map(|row| row.expect("the universe is well-formed")[index].to_owned()).collect()
}

fn is_symbol(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.len() <= 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}
