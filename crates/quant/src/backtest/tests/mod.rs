//! Backtests by hand, their accounts, and that none sees the future.

mod account;
mod by_hand;
mod look_ahead;

use super::{Backtest, Costs, Limits, Market, Terms, run};
use proptest::prelude::*;

const NAN: f64 = f64::NAN;

/// A thousand, free of costs and limits.
const FREE: Terms = Terms {
    capital: 1000.0,
    costs: Costs { commission: 0.0, slippage: 0.0, borrow: 0.0 },
    limits: Limits::NONE,
};

/// A market with its decisions, as proptest makes them: rows of three symbols, some prices and weights missing.
#[derive(Debug, Clone)]
struct Scene {
    opens: Vec<f64>,
    closes: Vec<f64>,
    weights: Vec<f64>,
}

const SYMBOLS: usize = 3;

impl Scene {
    fn market(&self) -> Market<'_> {
        Market::new(SYMBOLS, &self.opens, &self.closes).unwrap()
    }

    fn run(&self, terms: &Terms) -> Backtest {
        run(&self.market(), &self.weights, terms).unwrap()
    }
}

fn scene(days: std::ops::Range<usize>) -> impl Strategy<Value = Scene> {
    let price = prop_oneof![9 => 50.0..150.0_f64, 1 => Just(NAN)];
    let weight = prop_oneof![8 => -0.6..0.6_f64, 1 => Just(0.0), 1 => Just(NAN)];
    let cell = (price.clone(), price, weight);
    let cells = days.prop_flat_map(move |days| prop::collection::vec(cell.clone(), days * SYMBOLS));
    cells.prop_map(|cells| Scene {
        opens: cells.iter().map(|cell| cell.0).collect(),
        closes: cells.iter().map(|cell| cell.1).collect(),
        weights: cells.iter().map(|cell| cell.2).collect(),
    })
}

fn terms() -> impl Strategy<Value = Terms> {
    let costs = (0.0..50.0_f64, 0.0..50.0_f64, 0.0..0.2_f64);
    let limits = (0.1..1.0_f64, 0.1..2.0_f64, 0..4_usize);
    (costs, limits).prop_map(|((commission, slippage, borrow), (weight, gross, positions))| Terms {
        costs: Costs { commission, slippage, borrow },
        limits: Limits { weight, gross, positions },
        ..FREE
    })
}
