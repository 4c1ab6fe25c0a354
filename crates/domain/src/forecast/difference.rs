//! How two snapshots differ.

use super::{Error, Snapshot};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What differs between two snapshots of one feature version.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Days of a stock that only the first has, only the second, and both.
    pub only_first: usize,
    pub only_second: usize,
    pub both: usize,
    /// Of the days that both have, in the order of the columns.
    pub features: Vec<FeatureDifference>,
}

/// How a feature differs.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureDifference {
    pub name: &'static str,
    /// Values that are not the same, those that one lacks included.
    pub changed: usize,
    /// The largest distance between two values.
    pub largest: f64,
}

/// Compares the values of two snapshots.
///
/// # Errors
/// `OtherVersion` where the columns are others.
pub fn compare(first: &Snapshot, second: &Snapshot) -> Result<Difference, Error> {
    if first.features != second.features {
        let version = |snapshot: &Snapshot| snapshot.row.feature_version.clone();
        return Err(Error::OtherVersion(version(first), version(second)));
    }
    let (one, other) = (rows(first), rows(second));
    let mut features: Vec<FeatureDifference> =
        first.features.names().map(|name| FeatureDifference { name, changed: 0, largest: 0.0 }).collect();
    let mut both = 0;
    for (key, row) in &one {
        let Some(counterpart) = other.get(key) else { continue };
        both += 1;
        for (feature, (value, counterpart)) in features.iter_mut().zip(row.iter().zip(*counterpart)) {
            if value.to_bits() != counterpart.to_bits() && !(value.is_nan() && counterpart.is_nan()) {
                feature.changed += 1;
                feature.largest = feature.largest.max(f64::from((value - counterpart).abs()));
            }
        }
    }
    Ok(Difference { only_first: one.len() - both, only_second: other.len() - both, both, features })
}

fn rows(snapshot: &Snapshot) -> BTreeMap<(&str, NaiveDate), &[f32]> {
    let stocks = snapshot.histories.iter().zip(&snapshot.matrices);
    let of = stocks.flat_map(|(history, matrix)| {
        history.days.iter().zip(matrix.iter()).map(|(day, row)| ((history.symbol.as_str(), *day), row))
    });
    of.collect()
}
