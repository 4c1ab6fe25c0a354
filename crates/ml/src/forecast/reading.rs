//! Features as the models read them: comparable between stocks.
//!
//! A column that is in the currency of the price is set in relation to the close, and one that is a return is divided by
//! the stock's scale, so that a dear stock reads as a cheap one and a wild one as a calm one. Columns are known by the names
//! that [`FeatureSet`](crate::feature::FeatureSet) gives them; all others are read as they are.

use super::Series;
use crate::matrix::Matrix;

/// How a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it is.
    Plain,
    /// Not at all.
    Unread,
    /// A price: how far the close is from it.
    Price,
    /// A difference of prices: as a share of the close.
    Difference,
    /// A return, or a width as a share.
    Return,
    /// A ratio near 1.
    Ratio,
    /// A volatility: its logarithm.
    Volatility,
}

impl Reading {
    pub fn of(column: &str) -> Self {
        match column {
            "close_lag_1" | "close_lag_2" | "close_lag_3" | "bb_upper" | "bb_lower" => Self::Price,
            "macd" | "macd_signal" | "macd_hist" => Self::Difference,
            "ret_1d" | "ret_5d" | "bb_width" => Self::Return,
            "sma20_ratio" | "sma50_ratio" => Self::Ratio,
            "vol_20" => Self::Volatility,
            _ => Self::Plain,
        }
    }

    /// A value as it is read on a day with this close and scale; NaN where that is no number.
    fn read(self, value: f32, close: f64, scale: f64) -> f32 {
        let value = f64::from(value);
        let read = match self {
            Self::Plain => value,
            Self::Unread => f64::NAN,
            Self::Price => (close / value - 1.0) / scale,
            Self::Difference => value / close / scale,
            Self::Return => value / scale,
            Self::Ratio => (value - 1.0) / scale,
            Self::Volatility => (value / scale).ln(),
        };
        #[expect(clippy::cast_possible_truncation, reason = "models read single precision")]
        let read = read as f32;
        if read.is_finite() { read } else { f32::NAN }
    }
}

/// The rows `from` to the last of a series as they are read; NaN where a number, or the day's scale, is missing.
pub(super) fn readings(series: &Series, scales: &[Option<f64>], columns: &[Reading], from: usize) -> Matrix {
    let row = |at: usize| {
        let (close, scale) = (series.closes[at], scales[at].unwrap_or(f64::NAN));
        let values = series.features.row(at).iter().zip(columns);
        values.map(move |(value, reading)| reading.read(*value, close, scale))
    };
    let values = (from..series.closes.len()).flat_map(row).collect();
    Matrix::new(columns.len(), values).expect("whole rows")
}

#[cfg(test)]
mod tests {
    use super::{Reading, readings};
    use crate::{feature::FeatureSet, forecast::Series, matrix::Matrix};

    #[test]
    fn the_currency_does_not_matter() {
        let names: Vec<&str> = FeatureSet::V2.names().collect();
        let columns: Vec<Reading> = names.iter().map(|name| Reading::of(name)).collect();
        let closes: Vec<f64> = (0..90).map(|day| 50.0 + f64::from(day * day % 17)).collect();
        let read = |currency: f64| {
            let closes: Vec<f64> = closes.iter().map(|close| close * currency).collect();
            let day = |close: &f64| crate::feature::Day { close: *close, volume: Some(1e6), sentiment: None };
            let features = FeatureSet::V2.build(&closes.iter().map(day).collect::<Vec<_>>());
            let series = Series { days: (0..90).collect(), features, closes };
            readings(&series, &[Some(0.01); 90], &columns, 80)
        };
        for (one, other) in read(1.0).values().iter().zip(read(110.0).values()) {
            assert!((one.is_nan() && other.is_nan()) || (one - other).abs() < 1e-3, "{one} {other}");
        }
    }

    #[test]
    fn readings_follow_their_definitions() {
        let names = ["close_lag_1", "macd", "ret_1d", "sma20_ratio", "vol_20", "rsi_14", "own"];
        let columns = names.map(Reading::of);
        let features = Matrix::new(7, vec![8.0, 1.0, 0.25, 1.1, 0.1, 60.0, f32::INFINITY]).unwrap();
        let series = Series { days: vec![1], features, closes: vec![10.0] };
        let read = readings(&series, &[Some(0.1)], &columns, 0);
        for (found, expected) in read.values().iter().zip([2.5, 1.0, 2.5, 1.0, 0.0, 60.0]) {
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
        assert!(read.values()[6].is_nan());
        assert!(readings(&series, &[None], &columns, 0).values()[0].is_nan());
    }
}
