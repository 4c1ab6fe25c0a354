//! Reads the shared data.

use chrono::NaiveDate;
use csv::StringRecord;
use flate2::read::GzDecoder;
use quant::{adjustment::Action, defect::Bar};
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

pub type Day = NaiveDate;
/// Something by day.
pub type ByDay<T> = Vec<(Day, T)>;

/// The folder `name` of the shared data, where there is one.
pub fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BELLWETHER_TEST_DATA").map(|folder| PathBuf::from(folder).join(name));
    if folder.is_none() {
        println!("skipped: BELLWETHER_TEST_DATA is not set");
    }
    folder
}

fn rows(mut file: impl Read) -> Vec<StringRecord> {
    let mut text = String::new();
    file.read_to_string(&mut text).expect("UTF-8");
    csv::Reader::from_reader(text.as_bytes()).into_records().map(|row| row.expect("well-formed")).collect()
}

/// The bars and actions of a case.
pub fn case(path: &Path) -> (ByDay<Bar>, ByDay<Action>) {
    let (mut bars, mut actions) = (Vec::new(), Vec::new());
    for row in rows(File::open(path).expect("the case exists")) {
        let day: Day = row[0][..10].parse().expect("a day");
        let number = |column: usize| row[column].parse::<f64>().expect("a number");
        bars.push((day, bar([number(1), number(2), number(3), number(4)], number(5), number(6))));
        if number(7) > 0.0 {
            actions.push((day, Action::Dividend { cash: number(7) }));
        }
        if number(8) > 0.0 {
            actions.push((day, Action::Split { new: number(8), old: 1.0 }));
        }
    }
    (bars, actions)
}

fn bar([open, high, low, close]: [f64; 4], adjusted_close: f64, volume: f64) -> Bar {
    Bar {
        open: Some(open),
        high: Some(high),
        low: Some(low),
        close,
        adjusted_close: Some(adjusted_close),
        volume: Some(volume),
    }
}

/// A day as it was printed the same evening, and the evening after.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prints {
    pub first: Option<Bar>,
    /// The evening, the close and the adjusted close.
    pub second: Option<(Day, f64, f64)>,
}

/// All days of all stocks.
pub fn vintages(folder: &Path) -> BTreeMap<String, BTreeMap<Day, Prints>> {
    let file = File::open(folder.join("prices_vintage.csv.gz")).expect("the vintages exist");
    let mut stocks: BTreeMap<String, BTreeMap<Day, Prints>> = BTreeMap::new();
    for row in rows(GzDecoder::new(file)) {
        // A header stands among the rows.
        let (Ok(day), Ok(printed)) = (row[1].parse(), Day::parse_from_str(&row[8], "%Y%m%d")) else {
            continue;
        };
        let number = |column: usize| row[column].parse::<f64>().unwrap_or(f64::NAN);
        let prints = stocks.entry(row[0].to_owned()).or_default().entry(day).or_default();
        if printed == day {
            let bar = bar([number(2), number(3), number(4), number(5)], number(7), number(6));
            prints.first = Some(bar);
        } else {
            prints.second = Some((printed, number(5), number(7)));
        }
    }
    stocks
}
