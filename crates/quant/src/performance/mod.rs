//! What a series of returns was worth, and how far to believe it.
//!
//! Owns return, risk and their ratios, drawdowns, and the Sharpe ratio's own uncertainty. Returns are simple ones, such
//! as 0.01, and no interest is taken off them: for excess returns, pass those.

mod drawdown;
mod sharpe;
#[cfg(test)]
mod tests;

pub use drawdown::{Drawdown, maximum_drawdown};
pub use sharpe::{Record, Trials};

use crate::{score::Proportion, statistics::Moments};

/// Trading days in a year.
pub const TRADING_DAYS: f64 = 252.0;

/// A track record in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// Compound growth in a year, less 1; -1 if everything was lost.
    pub annual_return: f64,
    /// The sample standard deviation of returns, times the root of the periods in a year.
    pub annual_volatility: f64,
    /// Yearly mean over yearly volatility (Sharpe 1994); `None` if the returns do not vary.
    pub sharpe: Option<f64>,
    /// As Sharpe's, with only losses counting as risk (Sortino and van der Meer 1991); `None` without a loss.
    pub sortino: Option<f64>,
    /// The deepest fall from a peak; its positions count the returns before them, so 0 is the start.
    pub drawdown: Drawdown,
    /// Yearly return over the depth of the drawdown (Young 1991); `None` without a drawdown.
    pub calmar: Option<f64>,
    /// Periods with a gain, among those with a gain or a loss.
    pub hit_rate: Proportion,
    /// The sum of gains over the sum of losses; `None` without a loss.
    pub profit_factor: Option<f64>,
}

/// Measures `returns` of which `periods` make a year, [`TRADING_DAYS`] for daily ones.
///
/// `None` for fewer than two returns, and if one is not finite or below -1: a record with a hole is none.
pub fn measure(returns: &[f64], periods: f64) -> Option<Performance> {
    if !returns.iter().all(|change| change.is_finite() && *change >= -1.0) {
        return None;
    }
    let moments: Moments = returns.iter().copied().collect();
    let (mean, deviation) = (moments.mean()?, moments.standard_deviation()?);
    let wealth = wealth(returns);
    let annual_return = wealth[returns.len()].powf(periods / returns.len() as f64) - 1.0;
    let drawdown = maximum_drawdown(&wealth)?;
    let sides = Sides::of(returns);
    let performance = Performance {
        annual_return,
        annual_volatility: deviation * periods.sqrt(),
        sharpe: ratio(mean * periods.sqrt(), deviation),
        sortino: ratio(mean * periods.sqrt(), (sides.squared_losses / returns.len() as f64).sqrt()),
        drawdown,
        calmar: ratio(annual_return, drawdown.depth),
        hit_rate: Proportion::of(returns.iter().filter(|it| it.abs() > 0.0).map(|it| *it > 0.0)),
        profit_factor: ratio(sides.gains, sides.losses),
    };
    (annual_return.is_finite() && deviation.is_finite()).then_some(performance)
}

/// What 1 becomes, beginning with it.
fn wealth(returns: &[f64]) -> Vec<f64> {
    let grown = returns.iter().scan(1.0, |wealth, change| {
        *wealth *= 1.0 + change;
        Some(*wealth)
    });
    std::iter::once(1.0).chain(grown).collect()
}

/// Sums over the gains and the losses, both positive.
struct Sides {
    gains: f64,
    losses: f64,
    squared_losses: f64,
}

impl Sides {
    fn of(returns: &[f64]) -> Self {
        let gains = returns.iter().map(|change| change.max(0.0)).sum();
        let losses = returns.iter().map(|change| (-change).max(0.0));
        Self { gains, losses: losses.clone().sum(), squared_losses: losses.map(|loss| loss * loss).sum() }
    }
}

fn ratio(reward: f64, risk: f64) -> Option<f64> {
    Some(reward / risk).filter(|ratio| ratio.is_finite())
}
