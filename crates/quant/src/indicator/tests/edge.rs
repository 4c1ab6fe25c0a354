//! Short, constant, broken and enormous series.

use super::super::{Atr, Bollinger, Indicator, Obv, Rsi, Sma, Stochastic, Traded, Volatility, over};
use super::{OF_CLOSES, bars};

#[test]
fn nothing_in_is_nothing_out_and_one_price_is_no_history() {
    for (name, indicator) in OF_CLOSES {
        assert_eq!(indicator(&[]), [], "{name}");
        assert_eq!(indicator(&[100.0]), [None], "{name}");
    }
}

#[test]
fn a_constant_price_has_itself_for_average_and_moves_nowhere() {
    let closes = [0.1; 40];
    assert_eq!(over(Sma::new(7), &closes)[39], Some(0.1));
    assert_eq!(over(Rsi::default(), &closes)[39], Some(50.0));
    assert_eq!(over(Volatility::new(20), &closes)[39], Some(0.0));
    let bands = over(Bollinger::default(), &closes)[39].unwrap();
    assert_eq!((bands.upper, bands.middle, bands.lower), (0.1, 0.1, 0.1));
    assert_eq!(bands.width(), Some(0.0));
    let flat = bars(&[[0.1; 3]; 40]);
    assert_eq!(over(Atr::default(), &flat)[39], Some(0.0));
    assert_eq!(over(Stochastic::default(), &flat)[39].map(|it| (it.position, it.signal)), Some((50.0, 50.0)));
}

#[test]
fn one_way_streets_are_at_the_ends_of_the_rsi() {
    let up: Vec<f64> = (1..=30).map(f64::from).collect();
    let down: Vec<f64> = up.iter().rev().copied().collect();
    assert_eq!(over(Rsi::default(), &up)[29], Some(100.0));
    assert_eq!(over(Rsi::default(), &down)[29], Some(0.0));
}

#[test]
fn a_missing_price_starts_the_warm_up_anew() {
    let after: Vec<f64> = (0..30).map(|day| 100.0 + f64::from(day * 7 % 5)).collect();
    for missing in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let closes = [&[5.0, 9.0, 4.0, 8.0, 5.0, 9.0, 7.0, 6.0, 9.0, missing][..], &after].concat();
        for (name, indicator) in OF_CLOSES {
            let values = indicator(&closes);
            assert!(values[8].is_some() && values[9].is_none(), "{name}");
            assert_eq!(values[10..], indicator(&after), "{name}");
        }
    }
}

#[test]
fn a_missing_or_impossible_bar_starts_the_warm_up_anew() {
    let row = |day: u32| [102.0, 98.0, 98.0 + f64::from(day * 7 % 5)];
    let after: Vec<[f64; 3]> = (0..20).map(row).collect();
    for missing in [[f64::NAN, 98.0, 99.0], [102.0, 98.0, f64::INFINITY], [98.0, 102.0, 100.0]] {
        let rows = [&[[50.0, 40.0, 45.0]; 20][..], &[missing], &after].concat();
        assert_eq!(
            over(Atr::default(), &bars(&rows))[20..],
            [&[None][..], &over(Atr::default(), &bars(&after))].concat()
        );
        let anew = over(Stochastic::default(), &bars(&after));
        assert_eq!(over(Stochastic::default(), &bars(&rows))[20..], [&[None][..], &anew].concat());
    }
}

#[test]
fn volume_around_a_missing_day_counts_for_neither_side() {
    let day = |close, volume| Traded { close, volume };
    let days =
        [day(1.0, 10.0), day(2.0, 10.0), day(f64::NAN, 10.0), day(9.0, 10.0), day(8.0, 4.0), day(9.0, -1.0)];
    assert_eq!(over(Obv::default(), &days), [Some(0.0), Some(10.0), None, Some(10.0), Some(6.0), None]);
}

#[test]
fn a_price_of_zero_has_no_volatility() {
    let values = over(Volatility::new(2), &[1.0, 2.0, 1.0, 0.0, 1.0, 2.0, 1.0]);
    assert_eq!(
        values.iter().map(Option::is_some).collect::<Vec<_>>(),
        [false, false, true, false, false, false, true]
    );
}

#[test]
fn a_period_of_zero_counts_as_one() {
    assert_eq!(Sma::new(0).push(3.0), Some(3.0));
    assert_eq!(super::super::Ema::new(0).push(3.0), Some(3.0));
}
