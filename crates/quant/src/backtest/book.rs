//! Cash, positions and orders.

use super::{
    Costs, Day, Terms,
    limit::{Kept, Limits, Wish},
    market::Quote,
};
use crate::performance::TRADING_DAYS;

const BASIS_POINTS: f64 = 10_000.0;

/// The accounts of a strategy while it runs.
#[derive(Debug)]
pub(super) struct Book {
    cash: f64,
    positions: Vec<Position>,
    costs: Costs,
    limits: Limits,
    /// Kept between days for its memory.
    wishes: Vec<Wish>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Position {
    shares: f64,
    /// The last known price; 0 while there is none.
    price: f64,
    /// The number of shares to hold from the next open on.
    order: Option<f64>,
}

impl Book {
    pub(super) fn new(symbols: usize, terms: &Terms) -> Self {
        Self {
            cash: terms.capital,
            positions: vec![Position::default(); symbols],
            costs: terms.costs,
            limits: terms.limits,
            wishes: Vec::with_capacity(symbols),
        }
    }

    /// Lives through a day: fills orders at the opens, and values positions at the closes.
    pub(super) fn pass(&mut self, quotes: impl Iterator<Item = Quote>) -> Day {
        let before = self.equity();
        let short: f64 = self.positions.iter().map(|position| (-position.value()).max(0.0)).sum();
        let mut day = Day { borrow: short * self.costs.borrow / TRADING_DAYS, ..Day::default() };
        let mut traded = 0.0;
        for (position, quote) in self.positions.iter_mut().zip(quotes) {
            let (profit, bought) = position.pass(quote);
            day.profit += profit;
            day.trades += usize::from(bought.abs() > 0.0);
            traded += bought.abs();
            self.cash -= bought;
        }
        day.costs = traded * (self.costs.commission + self.costs.slippage) / BASIS_POINTS;
        self.cash -= day.costs + day.borrow;
        day.equity = self.equity();
        if before > 0.0 {
            day.turnover = traded / before;
            day.change = (day.equity / before - 1.0).max(-1.0);
        }
        day
    }

    /// Turns the weights decided at the close into orders for the next open.
    pub(super) fn decide(&mut self, weights: &[f64]) {
        let equity = self.equity();
        if equity <= 0.0 {
            self.positions.iter_mut().for_each(|position| position.order = Some(0.0));
            return;
        }
        let kept = self.sort_out(weights, equity);
        self.limits.apply(&mut self.wishes, kept);
        for wish in &self.wishes {
            let position = &mut self.positions[wish.symbol];
            position.order = Some(wish.weight * equity / position.price);
        }
    }

    /// Collects the wishes that can be sized, and tells what all others hold.
    fn sort_out(&mut self, weights: &[f64], equity: f64) -> Kept {
        let mut kept = Kept::default();
        self.wishes.clear();
        for (symbol, (position, weight)) in self.positions.iter().zip(weights).enumerate() {
            if weight.is_finite() && position.price > 0.0 {
                self.wishes.push(Wish { symbol, weight: *weight });
            } else {
                let shares = position.order.unwrap_or(position.shares);
                kept.gross += (shares * position.price / equity).abs();
                kept.positions += usize::from(shares.abs() > 0.0);
            }
        }
        kept
    }

    fn equity(&self) -> f64 {
        self.cash + self.positions.iter().map(Position::value).sum::<f64>()
    }
}

impl Position {
    fn value(&self) -> f64 {
        self.shares * self.price
    }

    /// Lives through a day and gives what price changes earned, and the value bought, negative if sold.
    fn pass(&mut self, quote: Quote) -> (f64, f64) {
        match quote {
            Quote::Listed { open, close } => {
                let overnight = self.mark(open);
                let bought = if open.is_some() { self.fill() } else { 0.0 };
                (overnight + self.mark(close), bought)
            }
            Quote::Delisted => {
                let sold = -self.value();
                // Without a price nothing can be ordered any more.
                *self = Self::default();
                (0.0, sold)
            }
        }
    }

    /// Takes a price if there is one, and gives what the change earned.
    fn mark(&mut self, price: Option<f64>) -> f64 {
        let Some(price) = price else { return 0.0 };
        let before = std::mem::replace(&mut self.price, price);
        self.shares * (price - before)
    }

    /// Fills the order, if there is one, at the present price.
    fn fill(&mut self) -> f64 {
        let Some(shares) = self.order.take() else { return 0.0 };
        let bought = (shares - self.shares) * self.price;
        self.shares = shares;
        bought
    }
}
