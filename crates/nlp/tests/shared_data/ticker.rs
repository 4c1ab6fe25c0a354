//! Whether the symbols found are those that Twitter found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nlp::{Listing, MentionKind, TickerExtractor, clean};

use crate::source::{Tweet, column, data_folder, is_held_out, tweets};

/// A list of symbols and names, and where these stand in its rows.
const NAMED: [&str; 2] = ["universe/sp500_constituents_2018-04-02.csv", "universe/sp500_constituents.csv"];

const UNIVERSES: [&str; 4] = [
    "nasdaq_constituents.csv",
    "nyse-listed.csv",
    "sp500_constituents.csv",
    "sp500_constituents_2018-04-02.csv",
];

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

/// Truth are the cashtags of the tweets, whose `$` is taken away. The white-list are the S&P 500 of 2018 and of
/// today, and the stocks for which the tweets were found.
///
/// Strict: a company that is named where no cashtag stands counts as wrong, though it mostly is right.
#[test]
fn names_and_bare_symbols_find_the_stocks_of_tweets_without_cashtags() {
    let Some(folder) = data_folder() else { return };
    let tweets = tweets(&folder);
    let listings = named_listings(&folder, &tweets);
    let symbols = listings.keys().cloned().collect::<BTreeSet<_>>();
    assert!(symbols.len() > 600);
    let extractor =
        TickerExtractor::new(listings.iter().map(|(symbol, name)| Listing { symbol, name: Some(name) }));
    let mut agreement = Agreement::default();
    for tweet in tweets.iter().filter(|tweet| is_held_out(&tweet.text)) {
        let text = tweet.text.replace('$', "");
        let found = extractor.symbols(&clean(&text)).into_iter().map(str::to_owned).collect();
        agreement.count(tweet, &found, &symbols);
    }
    let (precision, recall, recall_with_cut_off) = agreement.report("without cashtags");
    let f1 = |recall: f64| 2.0 * precision * recall / (precision + recall);
    println!("F1 {:.4}, {:.4} with what was cut off", f1(recall), f1(recall_with_cut_off));
    assert!(f1(recall_with_cut_off) >= 0.90);
}

fn named_listings(folder: &Path, tweets: &[Tweet]) -> BTreeMap<String, String> {
    let mut listings = BTreeMap::new();
    for path in NAMED.map(|path| folder.join(path)) {
        listings.extend(column(&path, 0).into_iter().zip(column(&path, 1)));
    }
    let wanted = tweets.iter().map(|tweet| tweet.folder.as_str()).collect::<BTreeSet<_>>();
    let names = std::fs::read_to_string(folder.join("vintages/symbols.tsv")).expect("the names exist");
    for line in names.lines() {
        let mut fields = line.split('\t');
        if let (Some(symbol), Some(name)) = (fields.next(), fields.next())
            && wanted.contains(symbol)
        {
            listings.entry(symbol.to_owned()).or_insert_with(|| name.to_owned());
        }
    }
    listings
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
        let (precision, recall, _) = self.report(name);
        assert!(precision >= 0.99 && recall >= 0.99);
    }

    /// Precision, recall, and recall if what was cut off counts as missed.
    fn report(&self, name: &str) -> (f64, f64, f64) {
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
        (precision, recall, recall_with_cut_off)
    }
}

fn check_agreement(tweets: &[Tweet], symbols: &BTreeSet<String>) {
    let extractor = TickerExtractor::new(symbols);
    // Twitter knows no names: these have a test of their own.
    let explicit = |text: &str| {
        let mentions = extractor.extract(text).into_iter();
        let explicit = mentions.filter(|mention| mention.kind != MentionKind::Name);
        explicit.map(|mention| mention.symbol.to_owned()).collect::<BTreeSet<_>>()
    };
    let (mut raw, mut cleaned) = (Agreement::default(), Agreement::default());
    for tweet in tweets {
        raw.count(tweet, &explicit(&tweet.text), symbols);
        cleaned.count(tweet, &explicit(&clean(&tweet.text)), symbols);
    }
    raw.check("raw");
    cleaned.check("cleaned");
}

fn is_symbol(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.len() <= 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}
