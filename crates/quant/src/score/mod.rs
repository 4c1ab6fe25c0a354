//! How good forecasts were, and whether the data behind them still look the same.
//!
//! Owns scores of probabilities, quantiles, intervals, ensembles and points, tests between two forecasters, and measures
//! of drift. Smaller is better unless a name says otherwise; all that are called proper reward saying what one believes
//! (Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation").
//!
//! `None` where there is nothing to score and where any input is NaN, infinite or impossible: unlike a mean of prices, a
//! score that passes over a forecast would flatter it.

mod comparison;
mod drift;
mod ensemble;
mod interval;
mod kolmogorov_smirnov;
mod point;
mod probability;
mod proportion;
mod quantile;

use crate::statistics::Moments;

pub use comparison::{Comparison, diebold_mariano};
pub use drift::{Stability, population_stability};
pub use ensemble::crps_of_ensemble;
pub use interval::{coverage, winkler};
pub use kolmogorov_smirnov::{Distance, kolmogorov_smirnov};
pub use point::{
    Point, directional_accuracy, mean_absolute_error, mean_absolute_scaled_error, relative_absolute_error,
    root_mean_squared_error,
};
pub use probability::{Decomposition, brier, decompose, log_loss};
pub use proportion::Proportion;
pub use quantile::{crps_of_quantiles, pinball};

/// The mean of `losses`; `None` without any, or if one is missing or not finite.
fn mean(losses: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let finite = losses.into_iter().map(|loss| loss.filter(|loss| loss.is_finite()));
    finite.collect::<Option<Moments>>()?.mean()
}
