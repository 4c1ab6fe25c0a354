//! Small markets that can be reckoned by hand.

use super::super::{Costs, Limits, Market, Record, Terms, run};
use super::{FREE, NAN};

/// The strategy on one symbol.
fn one(opens: &[f64], closes: &[f64], weights: &[f64], terms: &Terms) -> Record {
    run(&Market::new(1, opens, closes).unwrap(), weights, terms).unwrap().strategy
}

#[track_caller]
fn check(record: &Record, expected: &[f64]) {
    assert_eq!(record.days.len(), expected.len());
    for (day, expected) in record.days.iter().zip(expected) {
        assert!((day.equity - expected).abs() < 1e-9, "{} is not {expected}", day.equity);
    }
}

#[test]
fn a_decision_is_traded_at_the_next_open() {
    // Ten shares for a thousand at the close of 100, bought at 110: 1100 paid, 100 borrowed.
    let record = one(&[90.0, 110.0, 130.0], &[100.0, 120.0, 140.0], &[1.0, NAN, NAN], &FREE);
    check(&record, &[1000.0, 1100.0, 1300.0]);
    assert_eq!(record.days.iter().map(|day| day.trades).collect::<Vec<_>>(), [0, 1, 0]);
    assert!((record.days[1].turnover - 1.1).abs() < 1e-12 && (record.days[1].change - 0.1).abs() < 1e-12);
}

#[test]
fn a_weight_is_kept_by_trading_daily_and_shares_by_deciding_nothing() {
    let (opens, closes) = ([100.0, 100.0, 200.0, 200.0], [100.0, 200.0, 200.0, 400.0]);
    // Half of 1000 buys five shares; of the 1500 they made, 750 are three and three quarters.
    check(&one(&opens, &closes, &[0.5; 4], &FREE), &[1000.0, 1500.0, 1500.0, 2250.0]);
    check(&one(&opens, &closes, &[0.5, NAN, NAN, NAN], &FREE), &[1000.0, 1500.0, 1500.0, 2500.0]);
}

#[test]
fn every_trade_pays_commission_and_slippage_and_a_short_its_lender() {
    let costs = Costs { commission: 10.0, slippage: 15.0, borrow: 0.252 };
    let terms = Terms { costs, ..FREE };
    let record = one(&[100.0; 4], &[100.0; 4], &[-1.0, NAN, 0.0, NAN], &terms);
    // 25 basis points of a thousand; then a thousandth of it for each of the two nights.
    check(&record, &[1000.0, 997.5, 996.5, 993.0]);
    let paid: Vec<(f64, f64)> = record.days.iter().map(|day| (day.costs, day.borrow)).collect();
    assert_eq!(paid, [(0.0, 0.0), (2.5, 0.0), (0.0, 1.0), (2.5, 1.0)]);
}

#[test]
fn a_short_earns_what_the_price_loses() {
    check(&one(&[100.0, 100.0], &[100.0, 80.0], &[-1.0, NAN], &FREE), &[1000.0, 1200.0]);
}

#[test]
fn an_order_waits_for_an_open_unless_replaced() {
    let (opens, closes) = ([100.0, NAN, 50.0, 50.0], [100.0, NAN, 60.0, 60.0]);
    check(&one(&opens, &closes, &[1.0, NAN, NAN, NAN], &FREE), &[1000.0, 1000.0, 1100.0, 1100.0]);
    check(&one(&opens, &closes, &[1.0, 0.0, NAN, NAN], &FREE), &[1000.0, 1000.0, 1000.0, 1000.0]);
    // A close without an open moves the value but fills nothing.
    check(
        &one(&[100.0, NAN, 80.0], &[100.0, 90.0, 80.0], &[1.0, 1.0, NAN], &FREE),
        &[1000.0, 1000.0, 1000.0],
    );
}

#[test]
fn a_symbol_without_a_price_cannot_be_ordered() {
    check(&one(&[NAN, NAN, 50.0], &[NAN, 50.0, 100.0], &[1.0, NAN, NAN], &FREE), &[1000.0; 3]);
}

#[test]
fn a_delisted_position_is_closed_at_its_last_price() {
    let costs = Costs { commission: 100.0, ..Costs::default() };
    let (opens, closes) = ([100.0, 100.0, NAN, NAN, 7.0], [100.0, 50.0, NAN, NAN, 7.0]);
    let market = Market::new(1, &opens, &closes).unwrap();
    let market = market.with_delistings(&[Some(3)]).unwrap();
    let record = run(&market, &[1.0, NAN, NAN, 1.0, 1.0], &Terms { costs, ..FREE }).unwrap().strategy;
    // Ten for the purchase, five for the sale; nothing is bought after.
    check(&record, &[1000.0, 490.0, 490.0, 485.0, 485.0]);
    assert_eq!(record.days[3].trades, 1);
}

#[test]
fn losing_everything_ends_it() {
    let record = one(&[100.0, 100.0, 100.0, 1.0], &[100.0, 300.0, 50.0, 1.0], &[-1.0; 4], &FREE);
    // Ten shares sold at 100 stand at 300; they are bought back at the next open.
    check(&record, &[1000.0, -1000.0, 1000.0, 1000.0]);
    let changes: Vec<f64> = record.days.iter().map(|day| day.change).collect();
    assert_eq!(changes[1..3], [-1.0, 0.0]);
}

#[test]
fn limits_cut_the_smallest_then_the_largest_then_all_alike() {
    let prices = [100.0; 8];
    let market = Market::new(4, &prices, &prices).unwrap();
    let held = |limits: Limits| {
        let row = [0.5, -0.3, 0.1, 0.3];
        let weights = [row, [NAN; 4]].concat();
        run(&market, &weights, &Terms { limits, ..FREE }).unwrap().strategy.days[1].turnover
    };
    let close = |limits, expected: f64| assert!((held(limits) - expected).abs() < 1e-12);
    close(Limits::NONE, 1.2);
    close(Limits { positions: 2, ..Limits::NONE }, 0.8);
    close(Limits { weight: 0.2, ..Limits::NONE }, 0.7);
    close(Limits { gross: 0.9, ..Limits::NONE }, 0.9);
    close(Limits { weight: 0.4, gross: 0.6, positions: 3 }, 0.6);
    close(Limits { positions: 0, ..Limits::NONE }, 0.0);
}

#[test]
fn what_is_kept_takes_up_room() {
    let prices = [100.0; 6];
    let market = Market::new(2, &prices, &prices).unwrap();
    let limits = Limits { gross: 1.0, ..Limits::NONE };
    let weights = [0.6, 0.0, NAN, 0.6, NAN, NAN];
    let days = run(&market, &weights, &Terms { limits, ..FREE }).unwrap().strategy.days;
    assert!((days[1].turnover - 0.6).abs() < 1e-12 && (days[2].turnover - 0.4).abs() < 1e-12);
}

#[test]
fn buying_everything_at_the_start_stands_beside() {
    let (opens, closes) = ([NAN, NAN, 10.0, 20.0, 10.0, 20.0], [NAN, NAN, 10.0, 20.0, 20.0, 20.0]);
    let market = Market::new(2, &opens, &closes).unwrap();
    let backtest = run(&market, &[0.0; 6], &FREE).unwrap();
    check(&backtest.buy_and_hold, &[1000.0, 1000.0, 1500.0]);
    check(&backtest.strategy, &[1000.0; 3]);
    assert!(backtest.strategy.performance.is_some_and(|it| it.annual_volatility == 0.0));
}

#[test]
fn shapes_and_terms_have_to_fit() {
    assert!(Market::new(0, &[], &[]).is_none() && Market::new(2, &[1.0; 3], &[1.0; 3]).is_none());
    assert!(Market::new(2, &[1.0; 4], &[1.0; 2]).is_none());
    let market = Market::new(2, &[1.0; 4], &[1.0; 4]).unwrap();
    assert!(market.with_delistings(&[None]).is_none());
    assert_eq!(run(&market, &[0.0; 3], &FREE), None);
    assert_eq!(run(&market, &[0.0; 4], &Terms { capital: 0.0, ..FREE }), None);
    let costs = Costs { slippage: -1.0, ..Costs::default() };
    assert_eq!(run(&market, &[0.0; 4], &Terms { costs, ..FREE }), None);
    let limits = Limits { weight: NAN, ..Limits::NONE };
    assert_eq!(run(&market, &[0.0; 4], &Terms { limits, ..FREE }), None);
    let nothing = run(&Market::new(2, &[], &[]).unwrap(), &[], &FREE).unwrap();
    assert_eq!((nothing.strategy.days.len(), nothing.strategy.performance), (0, None));
}
