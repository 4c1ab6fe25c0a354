//! Seconds to build all features of 215 stocks over four years of trading days: the aim is 10.

use ml::{
    feature::{Day, FeatureSet, LENGTH, Sentiment, sequences},
    random::{splitmix_at, unit},
};
use std::time::Instant;

const STOCKS: usize = 215;
const DAYS: usize = 1_008;

fn main() {
    let stocks: Vec<Vec<Day>> = (0..STOCKS).map(days).collect();
    let started = Instant::now();
    let matrices: Vec<_> = stocks.iter().map(|days| FeatureSet::V2.build(days)).collect();
    let rows: usize = matrices.iter().map(ml::matrix::Matrix::rows).sum();
    println!("{rows} rows of 29 features: {:.3} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let count: usize = matrices.iter().map(|matrix| sequences(matrix, LENGTH).shape[0]).sum();
    println!("{count} sequences of {LENGTH} days: {:.3} s", started.elapsed().as_secs_f64());
}

fn days(stock: usize) -> Vec<Day> {
    let at = |place: usize| unit(splitmix_at(stock as u64, place as u64));
    let mut close = 100.0;
    let day = |index: usize| {
        close *= 0.98 + 0.0402 * at(3 * index);
        let mean = 2.0 * at(3 * index + 1) - 1.0;
        let sentiment = Sentiment { posts: 9, mean, deviation: Some(0.3), positive: 0.5, extreme: 0.1 };
        Day { close, volume: Some(1e6 * at(3 * index + 2)), sentiment: Some(sentiment) }
    };
    (0..DAYS).map(day).collect()
}
