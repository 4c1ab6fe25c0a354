//! Whether VADER is VADER.

use std::fs::File;

use nlp::{Polarity, Vader};

use crate::source::data_folder;

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
