//! What a strategy would have earned, day by day, on many symbols at once.
//!
//! Owns execution, costs, limits and the accounts; never sees a price before its day. The weights decided at a day's
//! close are sized with that day's equity and prices, and traded at the next day's open: a price of tomorrow changes
//! nothing that is known today. Matrices are rows of days and columns of symbols, flat; missing prices are NaN.

mod book;
mod limit;
mod market;
#[cfg(test)]
mod tests;

pub use limit::Limits;
pub use market::Market;

use crate::performance::{Performance, TRADING_DAYS, measure};
use book::Book;

/// What trading costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Costs {
    /// In basis points of the value traded.
    pub commission: f64,
    /// What a trade pays more, or gets less, than the open; in basis points of the value traded.
    pub slippage: f64,
    /// For a year, as a share of the value sold short; charged each trading day on what was held overnight.
    pub borrow: f64,
}

/// The conditions of a backtest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// What it begins with.
    pub capital: f64,
    pub costs: Costs,
    pub limits: Limits,
}

impl Terms {
    fn are_sound(&self) -> bool {
        let Costs { commission, slippage, borrow } = self.costs;
        let are_costs = [commission, slippage, borrow].iter().all(|cost| cost.is_finite() && *cost >= 0.0);
        let are_limits = self.limits.weight >= 0.0 && self.limits.gross >= 0.0;
        are_costs && are_limits && self.capital.is_finite() && self.capital > 0.0
    }
}

/// The accounts of one day, at its close: `equity` is yesterday's, plus `profit`, less `costs` and `borrow`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Day {
    /// Cash and positions at their last known prices.
    pub equity: f64,
    /// What price changes earned.
    pub profit: f64,
    /// Commission and slippage.
    pub costs: f64,
    /// What was paid for positions sold short.
    pub borrow: f64,
    /// The value traded over the equity of the day before; 0 if there was none.
    pub turnover: f64,
    /// The equity over that of the day before, less 1; -1 at worst, 0 once everything is lost.
    pub change: f64,
    /// The number of trades.
    pub trades: usize,
}

/// A strategy's days, and what they were worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub days: Vec<Day>,
    /// `None` for fewer than two days.
    pub performance: Option<Performance>,
}

/// A strategy, and having bought everything at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    pub strategy: Record,
    /// Equal parts of all symbols that have a close on the first day that has any, at the same costs, without limits.
    pub buy_and_hold: Record,
}

/// Trades the `weights` decided at each day's close, as shares of the equity; negative ones sell short.
///
/// A weight that is not finite decides nothing: the position stays as it is, in number of shares. So does one of a
/// symbol whose price was never known. An order waits while its symbol has no open, until a newer decision replaces it.
/// The position of a delisted symbol is closed at its last known price on the first day without it, at the usual costs.
/// Cash bears no interest, and may go below 0 by what prices do overnight. Once the equity is gone, positions are closed.
///
/// `None` if `weights` have not the market's shape, or capital, costs or limits make no sense.
pub fn run(market: &Market<'_>, weights: &[f64], terms: &Terms) -> Option<Backtest> {
    if !terms.are_sound() || !market.has_shape_of(weights) {
        return None;
    }
    let unlimited = Terms { limits: Limits::NONE, ..*terms };
    Some(Backtest {
        strategy: trade(market, weights, terms),
        buy_and_hold: trade(market, &market.equal_weights(), &unlimited),
    })
}

fn trade(market: &Market<'_>, weights: &[f64], terms: &Terms) -> Record {
    let mut book = Book::new(market.symbols(), terms);
    let decisions = weights.chunks_exact(market.symbols()).enumerate();
    let days: Vec<Day> = decisions
        .map(|(number, weights)| {
            let day = book.pass(market.quotes(number));
            book.decide(weights);
            day
        })
        .collect();
    let changes: Vec<f64> = days.iter().map(|day| day.change).collect();
    Record { days, performance: measure(&changes, TRADING_DAYS) }
}
