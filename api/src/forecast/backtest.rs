//! What following a model would have earned.

use super::live::ObservedShare;
use crate::{
    error::{ApiError, Result},
    scalar::Date,
};
use async_graphql::{InputObject, SimpleObject};
use chrono::NaiveDate;
use domain::forecast::backtest::{Costs, Followed, Record};

/// What trading costs.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct BacktestCosts {
    /// In basis points of the value traded, 0 to 1000.
    #[graphql(default = 5.0)]
    commission: f64,
    /// What a trade pays more, or gets less, than the open, in basis points, 0 to 1000.
    #[graphql(default = 5.0)]
    slippage: f64,
    /// For a year, as a share of the value sold short, 0 to 1.
    #[graphql(default = 0.01)]
    borrow: f64,
}

impl Default for BacktestCosts {
    fn default() -> Self {
        Self { commission: 5.0, slippage: 5.0, borrow: 0.01 }
    }
}

impl BacktestCosts {
    pub fn checked(self) -> Result<Costs> {
        let Self { commission, slippage, borrow } = self;
        let ranges = [("commission", commission, 1e3), ("slippage", slippage, 1e3), ("borrow", borrow, 1.0)];
        match ranges.into_iter().find(|(_, value, most)| !(0.0..=*most).contains(value)) {
            Some((field, _, most)) => Err(ApiError::input(field, format!("write a number from 0 to {most}"))),
            None => Ok(Costs { commission, slippage, borrow }),
        }
    }
}

/// A day's accounts, at its close.
#[derive(Clone, Debug, SimpleObject)]
struct EquityPoint {
    /// The trading day.
    day: Date,
    /// What 1 at the start has become.
    equity: f64,
}

/// Accounts of many days, and what they were worth.
#[derive(Clone, Debug, SimpleObject)]
struct TrackRecord {
    /// What was gained over all days, such as 0.1.
    total_return: f64,
    /// Compound growth in a year; null for fewer than two days.
    annual_return: Option<f64>,
    /// The yearly standard deviation of daily returns; null for fewer than two days.
    annual_volatility: Option<f64>,
    /// The yearly Sharpe ratio, without a risk-free rate; null where returns do not vary.
    sharpe: Option<f64>,
    /// The same with only losses counting as risk; null without a loss.
    sortino: Option<f64>,
    /// The largest share of a peak that was lost, 0 to 1; null for fewer than two days.
    max_drawdown: Option<f64>,
    /// Days with a gain, of those with a gain or a loss; null without any.
    winning_days: Option<ObservedShare>,
    /// How many trades were made.
    trades: i32,
    /// What they and borrowing cost, as a share of what it began with.
    costs: f64,
    /// Day by day.
    equity: Vec<EquityPoint>,
}

/// What following a model's signals would have earned, traded at the open after each. Beside it stands buying everything; the
/// naive forecast expects no change, so that following it earns nothing.
#[derive(Clone, Debug, SimpleObject)]
pub struct Backtest {
    /// The first day after whose close there was a signal.
    first_day: Date,
    /// The last day of the accounts.
    last_day: Date,
    /// Whether prices of the simulated market are among them: then it tells nothing of the real one.
    is_simulated: bool,
    /// How many stocks there were signals about.
    stocks: i32,
    /// How many predictions were made before the next open, and could be followed.
    predictions: i32,
    /// Equal parts: long for BUY, short for SELL, nothing for HOLD.
    strategy: TrackRecord,
    /// Equal parts of all stocks, bought at the start: what knowing nothing earned.
    buy_and_hold: TrackRecord,
}

impl Backtest {
    pub fn of(followed: &Followed) -> Option<Self> {
        let (first, last) = (*followed.days.first()?, *followed.days.last()?);
        Some(Self {
            first_day: Date(first),
            last_day: Date(last),
            is_simulated: followed.is_simulated,
            stocks: i32::try_from(followed.stocks).unwrap_or(i32::MAX),
            predictions: i32::try_from(followed.predictions).unwrap_or(i32::MAX),
            strategy: TrackRecord::of(&followed.strategy, &followed.days),
            buy_and_hold: TrackRecord::of(&followed.buy_and_hold, &followed.days),
        })
    }
}

impl TrackRecord {
    fn of(record: &Record, days: &[NaiveDate]) -> Self {
        let performance = record.performance;
        let trades: usize = record.days.iter().map(|day| day.trades).sum();
        Self {
            total_return: record.days.last().map_or(0.0, |day| day.equity - 1.0),
            annual_return: performance.map(|it| it.annual_return),
            annual_volatility: performance.map(|it| it.annual_volatility),
            sharpe: performance.and_then(|it| it.sharpe),
            sortino: performance.and_then(|it| it.sortino),
            max_drawdown: performance.map(|it| it.drawdown.depth),
            winning_days: performance.and_then(|it| ObservedShare::of(it.hit_rate)),
            trades: i32::try_from(trades).unwrap_or(i32::MAX),
            costs: record.days.iter().map(|day| day.costs + day.borrow).sum(),
            equity: days
                .iter()
                .zip(&record.days)
                .map(|(day, accounts)| EquityPoint { day: Date(*day), equity: accounts.equity })
                .collect(),
        }
    }
}
