//! Published worked examples, and TA-Lib 0.8.2 (Python) with pandas 3.1.1 where its definitions are ours.

use super::super::{Atr, Bollinger, Ema, Macd, Obv, Rsi, Sma, Stochastic, Traded, Volatility, over};
use super::bars;

/// The closes of the worked example for the RSI at StockCharts' ChartSchool, QQQQ from 14 December 2009.
const CLOSES: [f64; 33] = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
    46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521,
    45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
];

/// High, low and close of the worked example for the ATR at the same place, QQQQ from 1 April 2010.
const BARS: [[f64; 3]; 30] = [
    [48.70, 47.79, 48.16],
    [48.72, 48.14, 48.61],
    [48.90, 48.39, 48.75],
    [48.87, 48.37, 48.63],
    [48.82, 48.24, 48.74],
    [49.05, 48.64, 49.03],
    [49.20, 48.94, 49.07],
    [49.35, 48.86, 49.32],
    [49.92, 49.50, 49.91],
    [50.19, 49.87, 50.13],
    [50.12, 49.20, 49.53],
    [49.66, 48.90, 49.50],
    [49.88, 49.43, 49.75],
    [50.19, 49.73, 50.03],
    [50.36, 49.26, 50.31],
    [50.57, 50.09, 50.52],
    [50.65, 50.30, 50.41],
    [50.43, 49.21, 49.34],
    [49.63, 48.98, 49.37],
    [50.33, 49.61, 50.23],
    [50.29, 49.20, 49.24],
    [50.17, 49.43, 49.93],
    [49.32, 48.08, 48.43],
    [48.50, 47.64, 48.18],
    [48.32, 41.55, 46.57],
    [46.80, 44.28, 45.41],
    [47.80, 47.31, 47.77],
    [48.39, 47.20, 47.72],
    [48.66, 47.90, 48.62],
    [48.79, 47.73, 47.85],
];

/// That the values begin with item `first` and, from there on, are `expected`.
#[track_caller]
fn check(values: &[Option<f64>], first: usize, expected: &[f64], tolerance: f64) {
    assert_eq!(values.iter().position(Option::is_some), Some(first));
    for (value, expected) in values[first..].iter().zip(expected) {
        let value = value.expect("warmed up");
        assert!((value - expected).abs() <= tolerance, "{value} is not {expected}");
    }
}

#[track_caller]
fn check_at(values: &[Option<f64>], expected: &[(usize, f64)]) {
    for (at, expected) in expected {
        let value = values[*at].expect("warmed up");
        assert!(
            (value - expected).abs() <= 1e-11 * expected.abs().max(1.0),
            "{value} is not {expected} at {at}"
        );
    }
}

#[test]
fn the_rsi_of_the_worked_example() {
    let published = [
        70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46,
        41.87, 45.46, 37.30, 33.08, 37.77,
    ];
    let values = over(Rsi::default(), &CLOSES);
    check(&values, 14, &published, 0.005);
    // TA-Lib's RSI.
    let talib = [(14, 70.532_789_483_694_97), (20, 62.929_606_754_596_99), (32, 37.772_952_114_354_84)];
    check_at(&values, &talib);
}

#[test]
fn the_atr_of_the_worked_example() {
    // Published to the cent, from prices with more digits than are shown.
    let published = [
        0.56, 0.59, 0.59, 0.57, 0.62, 0.62, 0.64, 0.67, 0.69, 0.78, 0.78, 1.21, 1.30, 1.38, 1.37, 1.34, 1.32,
    ];
    let values = over(Atr::default(), &bars(&BARS));
    check(&values, 13, &published, 0.006);
    // Wilder's recursion in numpy 2.4.6.
    check_at(&values, &[(13, 0.554_285_714_285_714_6), (29, 1.316_342_790_691_195_4)]);
}

#[test]
fn averages_and_bands_are_those_of_talib() {
    check_at(&over(Sma::new(5), &CLOSES), &[(4, 44.1038), (32, 43.6)]);
    check_at(&over(Ema::new(5), &CLOSES), &[(4, 44.1038), (32, 43.511_931_748_005_345)]);
    let bands = over(Bollinger::default(), &CLOSES);
    let upper: Vec<_> = bands.iter().map(|bands| bands.map(|bands| bands.upper)).collect();
    let lower: Vec<_> = bands.iter().map(|bands| bands.map(|bands| bands.lower)).collect();
    check_at(&upper, &[(19, 47.119_247_587_485_32), (32, 47.623_466_415_578_24)]);
    check_at(&lower, &[(19, 43.701_602_412_514_7), (32, 42.861_753_584_421_784)]);
    let width = bands[32].and_then(|bands| bands.width()).unwrap();
    assert!((width - (47.623_466_415_578_24 - 42.861_753_584_421_784) / 45.242_61).abs() < 1e-12);
}

#[test]
fn the_stochastic_oscillator_is_that_of_talib() {
    // STOCHF with 14 and 3 periods.
    let values = over(Stochastic::default(), &bars(&BARS));
    let position: Vec<_> = values.iter().map(|value| value.map(|value| value.position)).collect();
    let signal: Vec<_> = values.iter().map(|value| value.map(|value| value.signal)).collect();
    assert_eq!(position.iter().position(Option::is_some), Some(15));
    check_at(
        &position,
        &[(15, 97.854_077_253_219), (20, 21.229_050_279_329_762), (29, 69.230_769_230_769_27)],
    );
    check_at(
        &signal,
        &[(15, 96.311_719_444_766_78), (20, 44.694_590_362_896_74), (29, 71.575_091_575_091_58)],
    );
}

#[test]
fn on_balance_volume_is_that_of_talib_but_for_its_start() {
    let traded = CLOSES
        .iter()
        .zip(0_u32..)
        .map(|(close, day)| Traded { close: *close, volume: 1000.0 + 100.0 * f64::from(day) });
    let values = over(Obv::default(), &traded.collect::<Vec<_>>());
    // TA-Lib starts with the first day's volume, here taken off; the close of day 14 is unchanged.
    check_at(&values, &[(0, 0.0), (1, -1100.0), (10, 6700.0), (14, 8900.0), (32, 9200.0)]);
}

#[test]
fn volatility_is_the_rolling_deviation_of_pandas() {
    let daily = over(Volatility::new(20), &CLOSES);
    check(&daily, 20, &[], 0.0);
    check_at(&daily, &[(20, 0.008_709_533_042_101_99), (32, 0.013_064_826_359_602_528)]);
    let yearly = over(Volatility::new(20).annualised(252.0), &CLOSES);
    check_at(&yearly, &[(32, 0.207_397_688_818_497_68)]);
}

#[test]
fn macd_starts_with_simple_means_and_meets_talib_later() {
    let close = |day: u32| 100.0 + 0.5 * f64::from(day) + 7.0 * f64::from(day * day % 11) / 11.0;
    let values = over(Macd::default(), &(0..400).map(close).collect::<Vec<_>>());
    let line: Vec<_> = values.iter().map(|value| value.map(|value| value.line)).collect();
    let signal: Vec<_> = values.iter().map(|value| value.map(|value| value.signal)).collect();
    // The recursions in numpy 2.4.6; TA-Lib's MACD agrees with them at day 399 to all digits.
    check(&line, 33, &[3.342_428_021_769_237], 1e-11);
    check(&signal, 33, &[3.616_087_164_723_794], 1e-11);
    check_at(&line, &[(59, 3.612_842_826_507_034), (399, 3.569_232_805_387_003)]);
    check_at(&signal, &[(59, 3.485_480_975_803_999), (399, 3.445_719_218_572_594_2)]);
    let last = values[399].unwrap();
    assert!((last.histogram - 0.123_513_586_814_408_6).abs() < 1e-11);
}
