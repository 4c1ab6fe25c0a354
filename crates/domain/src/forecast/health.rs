//! What is odd about features, before a model learns from it.

use ml::{
    anomaly::{Isolation, IsolationForest, correlated, outliers},
    feature::{TOLERATED_MISSING, missing_shares},
    matrix::Matrix,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Odder than this, from 0 to 1, is flagged.
const ODD: f64 = 0.65;
const SEED: u64 = 20_261_121;

/// What is odd about the features of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// The share of missing values by feature, of those that lack more than a fifth.
    pub missing: BTreeMap<String, f64>,
    /// By feature, how many values are more than three standard deviations from the mean.
    pub outliers: BTreeMap<String, usize>,
    /// Rows that an isolation forest finds odd as a whole.
    pub odd_rows: usize,
    /// Pairs that say the same, |correlation| > 0.95.
    pub correlated: Vec<(String, String, f64)>,
    /// Features that never change.
    pub constant: Vec<String>,
}

impl Health {
    /// Looks at all rows; deterministic.
    pub fn of(matrix: &Matrix, names: &[&str]) -> Self {
        let name = |column: usize| names[column].to_owned();
        let missing = missing_shares(matrix).into_iter().enumerate();
        let missing = missing.filter(|(_, share)| *share > TOLERATED_MISSING);
        let mut far: BTreeMap<String, usize> = BTreeMap::new();
        for outlier in outliers(matrix) {
            *far.entry(name(outlier.column)).or_default() += 1;
        }
        let forest = IsolationForest::grow(matrix, &Isolation::new(SEED));
        let odd = forest.map_or(0, |forest| matrix.iter().filter(|row| forest.score(row) > ODD).count());
        let pairs = correlated(matrix).into_iter();
        Self {
            missing: missing.map(|(column, share)| (name(column), share)).collect(),
            outliers: far,
            odd_rows: odd,
            correlated: pairs
                .map(|pair| (name(pair.columns[0]), name(pair.columns[1]), pair.correlation))
                .collect(),
            constant: (0..names.len()).filter(|column| is_constant(matrix, *column)).map(name).collect(),
        }
    }
}

fn is_constant(matrix: &Matrix, column: usize) -> bool {
    let mut known = matrix.column(column).filter(|value| !value.is_nan());
    let first = known.next();
    known.all(|value| Some(value) == first)
}
