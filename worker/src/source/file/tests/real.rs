use super::*;
use std::{collections::BTreeMap, time::Instant};

type Counts<'a> = &'a [(&'a str, usize)];

/// Checks the numbers of good rows and of bad ones by reason.
#[track_caller]
fn check<S: Shape>(rows: Result<Rows<S>, FileError>, good: usize, bad: Counts<'_>) {
    let start = Instant::now();
    let (mut found_good, mut found_bad) = (0, BTreeMap::new());
    for row in rows.expect("a readable file") {
        match row.expect("a file readable to its end").parsed {
            Ok(_) => found_good += 1,
            Err(reason) => *found_bad.entry(reason.to_string()).or_insert(0) += 1,
        }
    }
    println!("{found_good} good rows, bad ones {found_bad:?}, in {:?}", start.elapsed());
    let bad: BTreeMap<String, usize> =
        bad.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
    assert_eq!((found_good, found_bad), (good, bad));
}

/// A real file, in the folder that `BELLWETHER_TEST_DATA` names.
fn real(name: &str) -> Option<Input> {
    let folder = std::env::var_os("BELLWETHER_TEST_DATA");
    if folder.is_none() {
        println!("BELLWETHER_TEST_DATA is not set: nothing is checked");
    }
    folder.map(|folder| Input::open(&Path::new(&folder).join(name)).expect("a readable file"))
}

#[test]
fn real_prices_are_read_but_for_their_known_defects() {
    let options = Options::new(now());
    let Some(adjusted) = real("prices-adjusted/daily.csv.gz") else { return };
    check(prices(adjusted, &options), 215_889, &[("null price", 6)]);
    let Some(raw) = real("prices-raw/daily.csv") else { return };
    check(prices(raw, &options), 5033, &[("close outside low to high", 1)]);
}

#[test]
fn real_posts_are_read_but_for_duplicates() {
    let options = Options::new(now());
    // The crawl filed a tweet under every stock that it names.
    let Some(tweets) = real("stocknet-tweets/tweets_2014.csv.gz") else { return };
    check(posts(tweets, &options), 14_789, &[("duplicate post", 3334)]);
    let Some(reddit) = real("reddit/wsb_2024_posts_with_comments.csv") else { return };
    let rows = posts(reddit, &options);
    assert_eq!(rows.as_ref().expect("a readable file").unknown_columns(), ["comments"]);
    check(rows, 530, &[]);
    let Some(emotions) = real("stockemotions/train_stockemo.csv") else { return };
    check(posts(emotions, &options), 8000, &[]);
    let Some(undated) = real("sentiment-stock-tweets/tweets.csv") else { return };
    assert!(matches!(posts(undated, &options), Err(FileError::MissingColumns { .. })));
}

#[test]
fn real_lists_of_stocks_are_read() {
    for (name, good, bad) in [
        ("sp500_constituents.csv", 503, [].as_slice()),
        ("sp500_constituents_2018-04-02.csv", 505, &[]),
        // Preferred shares, such as ABR^D.
        ("nasdaq_constituents.csv", 7974, &[("bad symbol", 461)]),
        ("nyse-listed.csv", 2855, &[]),
    ] {
        let Some(list) = real(&format!("universe/{name}")) else { return };
        check(stocks(list), good, bad);
    }
}
