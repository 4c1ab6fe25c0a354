//! Reads the shared prices.

use chrono::{Datelike as _, NaiveDate};
use csv::StringRecord;
use flate2::read::GzDecoder;
use ml::{
    feature::{Day, FeatureSet},
    forecast::Series,
};
use std::{collections::BTreeMap, fs::File, io::Read as _, path::PathBuf};

/// Fewer days than nearly all of the four years: the symbol was listed or delisted within them.
const WHOLE: usize = 950;

/// The adjusted closes and volumes of each symbol by day.
type Symbols = BTreeMap<String, BTreeMap<i32, Day>>;

/// The stocks with their features, in the order of their symbols; none where there are no shared data.
///
/// Rows without a price are left out, and of two rows of a day the last one stays. Only symbols with nearly all days.
pub fn panel() -> Option<Vec<(String, Series)>> {
    let Some(folder) = std::env::var_os("BELLWETHER_TEST_DATA").map(PathBuf::from) else {
        println!("skipped: BELLWETHER_TEST_DATA is not set");
        return None;
    };
    let file = File::open(folder.join("prices-adjusted/daily.csv.gz")).expect("the prices exist");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("UTF-8");
    let mut symbols = Symbols::new();
    for row in csv::Reader::from_reader(text.as_bytes()).into_records() {
        let row = row.expect("well-formed");
        if let Some((day, known)) = day(&row) {
            symbols.entry(row[7].to_owned()).or_default().insert(day, known);
        }
    }
    symbols.retain(|_, days| days.len() >= WHOLE);
    Some(symbols.into_iter().map(|(symbol, days)| (symbol, series(&days))).collect())
}

/// The number of a day.
pub fn number(day: &str) -> i32 {
    day.parse::<NaiveDate>().expect("a day").num_days_from_ce()
}

fn day(row: &StringRecord) -> Option<(i32, Day)> {
    let close = row[5].parse().ok()?;
    Some((number(&row[0]), Day { close, volume: row[6].parse().ok(), sentiment: None }))
}

fn series(days: &BTreeMap<i32, Day>) -> Series {
    let known: Vec<Day> = days.values().copied().collect();
    Series {
        days: days.keys().copied().collect(),
        features: FeatureSet::V1.build(&known),
        closes: known.iter().map(|day| day.close).collect(),
    }
}

pub fn columns() -> Vec<String> {
    FeatureSet::V1.names().map(str::to_owned).collect()
}
