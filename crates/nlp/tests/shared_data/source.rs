//! Reads the shared data.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

pub struct Tweet {
    /// The stock for which the tweet was found.
    pub folder: String,
    pub text: String,
    /// By Twitter's own parse, in capitals.
    pub cashtags: BTreeSet<String>,
}

/// The folder of the shared data, where there is one.
pub fn data_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("BELLWETHER_TEST_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: BELLWETHER_TEST_DATA is not set");
    }
    folder
}

/// All tweets of 2014.
pub fn tweets(folder: &Path) -> Vec<Tweet> {
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

/// A column of a file with a header.
pub fn column(path: &Path, index: usize) -> Vec<String> {
    let file = File::open(path).expect("the universe exists");
    let rows = csv::ReaderBuilder::new().flexible(true).from_reader(file).into_records();
    rows.map(|row| row.expect("the universe is well-formed")[index].to_owned()).collect()
}

/// Whether a text belongs to the half on which rules and constants were not looked at: FNV-1a is odd.
pub fn is_held_out(text: &str) -> bool {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash % 2 == 1
}
