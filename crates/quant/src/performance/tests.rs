use super::{Drawdown, Record, TRADING_DAYS, Trials, maximum_drawdown, measure};
use crate::score::Proportion;
use proptest::prelude::*;

const RETURNS: [f64; 15] = [
    0.012, -0.008, 0.003, 0.021, -0.015, 0.007, -0.002, 0.0, 0.011, -0.019, 0.006, 0.014, -0.004, 0.009,
    -0.011,
];

#[track_caller]
fn check(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-12, "{value} is not {expected}");
}

#[test]
fn a_record_by_its_definitions() {
    // The definitions in numpy 2.4.6.
    let performance = measure(&RETURNS, TRADING_DAYS).unwrap();
    check(performance.annual_return, 0.473_337_865_036_316_03);
    check(performance.annual_volatility, 0.181_473_965_074_883_42);
    check(performance.sharpe.unwrap(), 2.221_806_306_120_128_7);
    check(performance.sortino.unwrap(), 3.497_660_406_412_274_3);
    check(performance.calmar.unwrap(), 24.912_519_212_437_81);
    check(performance.profit_factor.unwrap(), 1.406_779_661_016_949);
    assert_eq!(performance.hit_rate, Proportion { hits: 8, total: 14 });
    check(performance.drawdown.depth, 0.019);
    assert_eq!((performance.drawdown.peak, performance.drawdown.trough), (9, 10));
    assert_eq!(performance.drawdown.recovery, Some(12));
}

#[test]
fn the_probabilistic_ratio_uses_all_four_moments() {
    // scipy 1.17.1 skew and kurtosis(fisher=False), and the paper's formula.
    let record = Record::of(&RETURNS).unwrap();
    check(record.sharpe, 0.139_960_641_603_545_38);
    check(record.skewness, -0.228_319_923_251_289_08);
    check(record.kurtosis, 2.150_422_943_390_8);
    check(record.probability_above(0.0).unwrap(), 0.696_412_897_053_609_1);
}

/// Bailey and López de Prado (2014), "A numerical example": 2.5 a year over five years of 250 daily returns with a
/// skewness of -3 and a kurtosis of 10, the best of trials whose yearly Sharpe ratios have a variance of one half.
#[test]
fn the_numerical_example_of_the_deflated_ratio() {
    let trials = |count| Trials { count, variance: 0.5 / 250.0 };
    let record = Record { sharpe: 2.5 / 250.0_f64.sqrt(), count: 1250, skewness: -3.0, kurtosis: 10.0 };
    let published = |value: f64, expected: f64| assert!((value - expected).abs() < 5e-5, "{value}");
    published(trials(100).expected_maximum().unwrap(), 0.1132);
    published(record.deflated(&trials(100)).unwrap(), 0.9004);
    published(record.deflated(&trials(46)).unwrap(), 0.9505);
    let normal = Record { skewness: 0.0, kurtosis: 3.0, ..record };
    published(normal.deflated(&trials(88)).unwrap(), 0.9505);
}

#[test]
fn one_trial_is_no_choice_and_none_is_nothing() {
    let record = Record::of(&RETURNS).unwrap();
    assert_eq!(record.deflated(&Trials { count: 1, variance: 0.1 }), record.probability_above(0.0));
    assert_eq!(record.deflated(&Trials { count: 0, variance: 0.1 }), None);
    assert_eq!(record.deflated(&Trials { count: 9, variance: -0.1 }), None);
}

#[test]
fn what_was_never_lost_has_no_ratio() {
    let performance = measure(&[0.01, 0.02, 0.0], TRADING_DAYS).unwrap();
    assert_eq!((performance.sortino, performance.calmar, performance.profit_factor), (None, None, None));
    assert_eq!(performance.drawdown, Drawdown { depth: 0.0, peak: 0, trough: 0, recovery: Some(0) });
    let idle = measure(&[0.0; 5], TRADING_DAYS).unwrap();
    assert_eq!((idle.annual_return, idle.annual_volatility, idle.sharpe), (0.0, 0.0, None));
    assert_eq!(idle.hit_rate.share(), None);
    assert_eq!(Record::of(&[0.01; 5]), None);
}

#[test]
fn losing_everything_is_minus_one_and_a_hole_is_no_record() {
    let performance = measure(&[0.1, -1.0, 0.0], TRADING_DAYS).unwrap();
    assert_eq!((performance.annual_return, performance.drawdown.depth), (-1.0, 1.0));
    for bad in [&[][..], &[0.1], &[0.1, f64::NAN], &[0.1, f64::INFINITY], &[0.1, -1.1]] {
        assert_eq!(measure(bad, TRADING_DAYS), None);
    }
    assert_eq!((Record::of(&[0.1]), Record::of(&[0.1, 0.2, f64::NAN])), (None, None));
}

#[test]
fn the_deepest_fall_and_its_recovery() {
    let found = |equity: &[f64]| maximum_drawdown(equity).unwrap();
    assert_eq!(
        found(&[4.0, 8.0, 6.0, 8.0, 4.0, 7.0, 9.0, 8.0]),
        Drawdown { depth: 0.5, peak: 1, trough: 4, recovery: Some(6) }
    );
    assert_eq!(found(&[8.0, 4.0, 6.0]), Drawdown { depth: 0.5, peak: 0, trough: 1, recovery: None });
    assert!((found(&[8.0, -8.0]).depth - 2.0).abs() < 1e-15);
    for bad in [&[][..], &[0.0, 1.0], &[1.0, f64::NAN]] {
        assert_eq!(maximum_drawdown(bad), None);
    }
}

proptest! {
    #[test]
    fn leverage_leaves_the_sharpe_ratio(
        returns in prop::collection::vec(-0.02..0.02_f64, 3..60),
        leverage in 0.1..5.0_f64,
    ) {
        let levered: Vec<f64> = returns.iter().map(|change| change * leverage).collect();
        let [one, other] = [&returns, &levered].map(|returns| measure(returns, TRADING_DAYS).unwrap().sharpe);
        prop_assert!(one.zip(other).is_none_or(|(one, other)| (one - other).abs() < 1e-9 * (1.0 + one.abs())));
    }

    #[test]
    fn more_trials_never_make_a_record_more_credible(
        returns in prop::collection::vec(-0.02..0.02_f64, 10..60),
        (few, more) in (1..50_u64, 1..50_u64),
    ) {
        let record = Record::of(&returns).unwrap();
        let deflated = |count| record.deflated(&Trials { count, variance: 0.01 }).unwrap();
        prop_assert!(deflated(few + more) <= deflated(few) + 1e-12);
    }

    #[test]
    fn a_drawdown_lies_between_nothing_and_everything(returns in prop::collection::vec(-1.0..1.0_f64, 2..60)) {
        let drawdown = measure(&returns, TRADING_DAYS).unwrap().drawdown;
        prop_assert!((0.0..=1.0).contains(&drawdown.depth) && drawdown.peak <= drawdown.trough);
        prop_assert!(drawdown.recovery.is_none_or(|recovery| recovery >= drawdown.trough));
    }
}
