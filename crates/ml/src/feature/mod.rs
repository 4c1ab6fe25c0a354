//! What models see of a stock: a row of numbers for each trading day.
//!
//! Owns the definitions of the features, the sets that versions name, and what is done about missing values. A row
//! depends on its own day and those before it alone, to the bit, whatever comes later; nothing here fills, scales or
//! sorts by what was not known then. Never fetches a series, and never says which day a row is: rows are days in order.

mod day;
mod missing;
mod price;
mod sentiment;
mod sequence;
#[cfg(test)]
mod tests;

use crate::matrix::Matrix;
pub use day::{Day, Sentiment};
pub use missing::{Filled, Gaps, TOLERATED_MISSING, fill, missing_shares};
pub use sequence::{LENGTH, Sequences, sequences};

use day::Series;

/// A feature's name, and what it says on each day; `None` while it is not known.
type Feature = (&'static str, fn(&Series) -> Vec<Option<f64>>);

const FIRST: usize = 23;

/// The features in their order, those that version 2 adds at the end.
const FEATURES: [Feature; 29] = [
    ("ret_1d", price::return_of_a_day),
    ("ret_5d", price::return_of_five_days),
    ("close_lag_1", price::close_before::<1>),
    ("close_lag_2", price::close_before::<2>),
    ("close_lag_3", price::close_before::<3>),
    ("vol_20", price::volatility),
    ("rsi_14", price::strength),
    ("macd", price::convergence),
    ("macd_signal", price::convergence_signal),
    ("macd_hist", price::convergence_histogram),
    ("bb_upper", price::upper_band),
    ("bb_lower", price::lower_band),
    ("bb_width", price::band_width),
    ("sma20_ratio", price::ratio_to_average::<20>),
    ("sma50_ratio", price::ratio_to_average::<50>),
    ("sma_cross", price::cross),
    ("log_volume", price::log_volume),
    ("volume_ratio", price::volume_ratio),
    ("sent_mean", sentiment::mean),
    ("sent_std", sentiment::deviation),
    ("sent_trend", sentiment::trend::<5>),
    ("post_count", sentiment::posts),
    ("pos_ratio", sentiment::positive),
    ("sent_trend_3d", sentiment::trend::<3>),
    ("sent_trend_7d", sentiment::trend::<7>),
    ("sent_volatility", sentiment::volatility),
    ("sent_momentum", sentiment::momentum),
    ("sent_divergence", sentiment::divergence),
    ("sent_extremes", sentiment::extremes),
];

/// A list of features that never changes: what a model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureSet {
    /// 23 features of prices, volume and sentiment.
    V1,
    /// Those and six more of sentiment.
    V2,
}

impl FeatureSet {
    /// The semantic version under which the set is stored.
    pub fn version(self) -> &'static str {
        match self {
            Self::V1 => "1.0.0",
            Self::V2 => "2.0.0",
        }
    }

    /// The set that is stored under a version.
    pub fn find(version: &str) -> Option<Self> {
        [Self::V1, Self::V2].into_iter().find(|set| set.version() == version)
    }

    /// The names, in the order of the columns.
    pub fn names(self) -> impl ExactSizeIterator<Item = &'static str> {
        self.features().iter().map(|(name, _)| *name)
    }

    /// The features of one stock: a row for each of `days`, which are its trading days in order; NaN where a feature is
    /// not known.
    pub fn build(self, days: &[Day]) -> Matrix {
        let series = Series::of(days);
        let features = self.features();
        let mut values = vec![f32::NAN; days.len() * features.len()];
        for (index, (_, feature)) in features.iter().enumerate() {
            for (row, value) in values.chunks_exact_mut(features.len()).zip(feature(&series)) {
                row[index] = value.map_or(f32::NAN, narrow);
            }
        }
        Matrix::new(features.len(), values).expect("whole rows")
    }

    fn features(self) -> &'static [Feature] {
        match self {
            Self::V1 => &FEATURES[..FIRST],
            Self::V2 => &FEATURES,
        }
    }
}

/// Beyond single precision there is nothing to learn from.
fn narrow(value: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "models are trained in single precision")]
    let value = value as f32;
    if value.is_finite() { value } else { f32::NAN }
}
