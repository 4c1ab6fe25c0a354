//! Features in closed form.

use super::{Day, Sentiment, days};
use crate::{
    feature::{FeatureSet, missing_shares},
    matrix::Matrix,
};

/// The names as the requirements list them.
const NAMES: &str = "ret_1d, ret_5d, close_lag_1, close_lag_2, close_lag_3, vol_20, rsi_14, macd, macd_signal, \
    macd_hist, bb_upper, bb_lower, bb_width, sma20_ratio, sma50_ratio, sma_cross, log_volume, volume_ratio, sent_mean, \
    sent_std, sent_trend, post_count, pos_ratio";

/// Sixty days whose closes and mean scores are made by their number.
fn days_of(close: impl Fn(f64) -> f64, mean: impl Fn(f64) -> f64) -> Vec<Day> {
    let day = |index: u32| {
        let number = f64::from(index);
        let sentiment =
            Sentiment { posts: 4, mean: mean(number), deviation: Some(0.25), positive: 0.75, extreme: 0.5 };
        Day { close: close(number), volume: Some(1_000.0), sentiment: Some(sentiment) }
    };
    (0..60).map(day).collect()
}

fn place(name: &str) -> usize {
    FeatureSet::V2.names().position(|known| known == name).unwrap()
}

/// Compares features of the last day.
#[track_caller]
fn check(days: &[Day], expected: &[(&str, f64)]) {
    let matrix = FeatureSet::V2.build(days);
    for (name, expected) in expected {
        let found = f64::from(matrix.row(days.len() - 1)[place(name)]);
        assert!(
            (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{name}: {found} is not {expected}"
        );
    }
}

#[test]
fn a_steady_rise_in_closed_form() {
    // On a straight line every average of n days lags by (n - 1) / 2, and n days spread by √((n² - 1) / 12).
    let spread = (399.0_f64 / 12.0).sqrt();
    let returns = [("ret_1d", 1.0 / 158.0), ("ret_5d", 5.0 / 154.0), ("rsi_14", 100.0)];
    let lags = [("close_lag_1", 158.0), ("close_lag_2", 157.0), ("close_lag_3", 156.0)];
    let macd = [("macd", 7.0), ("macd_signal", 7.0), ("macd_hist", 0.0)];
    let (upper, lower) = (149.5 + 2.0 * spread, 149.5 - 2.0 * spread);
    let bands = [("bb_upper", upper), ("bb_lower", lower), ("bb_width", 4.0 * spread / 149.5)];
    let averages = [("sma20_ratio", 159.0 / 149.5), ("sma50_ratio", 159.0 / 134.5), ("sma_cross", 1.0)];
    let days = days_of(|number| 100.0 + number, |_| 0.0);
    check(&days, &[returns, lags, macd, bands, averages].concat());
    check(&days_of(|number| 100.0 - number, |_| 0.0), &[("sma_cross", -1.0), ("rsi_14", 0.0)]);
    check(&days_of(|_| 100.0, |_| 0.0), &[("sma_cross", 0.0), ("vol_20", 0.0)]);
}

#[test]
fn volatility_of_a_price_to_and_fro() {
    let days = days_of(|number| 100.0 * 1.1_f64.powf(number % 2.0), |_| 0.0);
    check(&days, &[("vol_20", 1.1_f64.ln() * (20.0_f64 / 19.0).sqrt())]);
}

#[test]
fn volume_in_closed_form() {
    let mut days = days_of(|_| 100.0, |_| 0.0);
    days[59].volume = Some(2_000.0);
    check(&days, &[("log_volume", 2_001.0_f64.ln()), ("volume_ratio", 2_000.0 / 1_050.0)]);
}

#[test]
fn sentiment_in_closed_form() {
    let days = days_of(|number| 100.0 - number, |number| number / 100.0);
    let of_the_day = [("sent_mean", 0.59), ("sent_std", 0.25), ("post_count", 4.0), ("pos_ratio", 0.75)];
    check(&days, &of_the_day);
    check(&days, &["sent_trend", "sent_trend_3d", "sent_trend_7d"].map(|name| (name, 0.01)));
    // Averages lag by 1 and by 3 days; 7 days in a row have a variance of 28 / 6, and 20 have one of 35.
    let volatility = 0.01 * (28.0_f64 / 6.0).sqrt();
    check(&days, &[("sent_momentum", 0.02), ("sent_volatility", volatility), ("sent_extremes", 0.5)]);
    check(&days, &[("sent_divergence", 2.0 * 9.5 / 35.0_f64.sqrt())]);
}

#[test]
fn a_day_without_posts_has_their_number_and_nothing_else() {
    let mut days = days_of(|number| 100.0 + number, |number| number / 100.0);
    let silent = Sentiment { posts: 0, mean: 9.0, deviation: Some(9.0), positive: 9.0, extreme: 9.0 };
    for day in &mut days[54..] {
        day.sentiment = Some(silent);
    }
    let matrix = FeatureSet::V2.build(&days);
    let known = |row: usize, name| !matrix.row(row)[place(name)].is_nan();
    assert_eq!(matrix.row(59)[place("post_count")].to_string(), "0");
    for name in ["sent_mean", "sent_std", "pos_ratio", "sent_extremes", "sent_divergence"] {
        assert!(known(53, name) && !known(54, name), "{name}");
    }
    // Half of the days must have posts: 4 of 7, and 3 of 5.
    assert!(known(56, "sent_trend_7d") && !known(57, "sent_trend_7d"));
    assert!(known(55, "sent_trend") && !known(56, "sent_trend"));
    days[59].sentiment = None;
    assert!(FeatureSet::V2.build(&days).row(59)[place("post_count")].is_nan());
}

#[test]
fn every_feature_is_known_once_its_days_are_there() {
    let days = days_of(|number| 100.0 + (number * 1.7).sin(), |number| (number * 2.3).cos());
    let matrix = FeatureSet::V2.build(&days);
    let first = |name: &str| matrix.column(place(name)).position(|value| !value.is_nan()).unwrap();
    let expected = [
        ("ret_1d", 1),
        ("ret_5d", 5),
        ("close_lag_3", 3),
        ("vol_20", 20),
        ("rsi_14", 14),
        ("macd", 33),
        ("bb_width", 19),
        ("sma20_ratio", 19),
        ("sma50_ratio", 49),
        ("sma_cross", 49),
        ("log_volume", 0),
        ("volume_ratio", 19),
        ("sent_mean", 0),
        ("sent_trend", 4),
        ("sent_trend_7d", 6),
        ("sent_divergence", 19),
    ];
    for (name, row) in expected {
        assert_eq!(first(name), row, "{name}");
        assert!(matrix.column(place(name)).skip(row).all(|value| !value.is_nan()), "{name}");
    }
    assert!((missing_shares(&matrix)[place("sma_cross")] - 49.0 / 60.0).abs() < 1e-12);
}

#[test]
fn sets_are_what_their_versions_say() {
    let names: Vec<&str> = FeatureSet::V1.names().collect();
    assert_eq!((names.join(", ").as_str(), names.len()), (NAMES, 23));
    assert_eq!((FeatureSet::V2.names().len(), FeatureSet::V1.version()), (29, "1.0.0"));
    for set in [FeatureSet::V1, FeatureSet::V2] {
        assert_eq!(FeatureSet::find(set.version()), Some(set));
    }
    assert_eq!(FeatureSet::find("3.0.0"), None);
    let days = days(80, 3);
    let [first, second] = [FeatureSet::V1, FeatureSet::V2].map(|set| set.build(&days));
    let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert!(first.iter().zip(second.iter()).all(|(one, other)| bits(one) == bits(&other[..23])));
    assert_eq!(FeatureSet::V1.build(&[]).rows(), 0);
}

#[test]
fn impossible_numbers_are_missing() {
    let mut days = days(120, 5);
    days[60].close = -1.0;
    days[61].volume = Some(f64::INFINITY);
    days[62].close = f64::MAX;
    let matrix: Matrix = FeatureSet::V2.build(&days);
    assert!(matrix.values().iter().all(|value| !value.is_infinite()));
    assert!(matrix.row(60)[place("ret_1d")].is_nan() && matrix.row(61)[place("log_volume")].is_nan());
    assert!(matrix.row(119)[place("sma50_ratio")].is_finite());
}
