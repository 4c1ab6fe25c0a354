//! How far to believe a Sharpe ratio.

use crate::{normal, statistics::Moments};

/// Euler and Mascheroni's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// A Sharpe ratio with what its uncertainty depends on, all for one period of the returns and not for a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    pub sharpe: f64,
    /// The number of returns.
    pub count: usize,
    /// 0 for normal returns.
    pub skewness: f64,
    /// 3 for normal returns.
    pub kurtosis: f64,
}

/// The strategies that were tried before one was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trials {
    /// How many independent ones.
    pub count: u64,
    /// The variance of their Sharpe ratios, for one period.
    pub variance: f64,
}

impl Record {
    /// The record of `returns`; `None` for fewer than two, or if one is not finite, or if they do not vary.
    ///
    /// Skewness and kurtosis are the moments over `n`.
    pub fn of(returns: &[f64]) -> Option<Self> {
        let moments: Moments = returns.iter().copied().collect();
        let (mean, count) = (moments.mean()?, returns.len());
        let spread = (moments.m2() / count as f64).sqrt();
        let moment = |power| {
            returns.iter().map(|change| ((change - mean) / spread).powi(power)).sum::<f64>() / count as f64
        };
        let sharpe = mean / moments.standard_deviation()?;
        // A return that is not finite makes the moments so.
        let record = Self { sharpe, count, skewness: moment(3), kurtosis: moment(4) };
        (record.sharpe.is_finite() && record.kurtosis.is_finite()).then_some(record)
    }

    /// The probabilistic Sharpe ratio: the probability that the true one is above `benchmark`, for one period.
    ///
    /// `Φ((SR - SR*) · √(T-1) / √(1 - γ₃·SR + (γ₄-1)/4·SR²))`; `None` if no uncertainty can be told. Source: Bailey and
    /// López de Prado (2012), "The Sharpe ratio efficient frontier".
    pub fn probability_above(&self, benchmark: f64) -> Option<f64> {
        let Self { sharpe, skewness, kurtosis, .. } = *self;
        let freedom = self.count.checked_sub(1)? as f64;
        let spread = (1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe).sqrt();
        let score = (sharpe - benchmark) * freedom.sqrt() / spread;
        score.is_finite().then(|| normal::cumulative(score))
    }

    /// The deflated Sharpe ratio: the probability that the true one is above 0 although the best of `trials` was chosen.
    ///
    /// The probabilistic Sharpe ratio against the largest that trials without any skill would show. Source: Bailey and
    /// López de Prado (2014), "The deflated Sharpe ratio".
    pub fn deflated(&self, trials: &Trials) -> Option<f64> {
        self.probability_above(trials.expected_maximum()?)
    }
}

impl Trials {
    /// The largest Sharpe ratio to expect of as many trials without skill; `None` without trials.
    ///
    /// `√V · ((1-γ)·Φ⁻¹(1 - 1/N) + γ·Φ⁻¹(1 - 1/(N·e)))` with Euler's γ; 0 for one trial, which is no choice.
    pub fn expected_maximum(&self) -> Option<f64> {
        let count = self.count as f64;
        if self.count <= 1 {
            return (self.count == 1).then_some(0.0);
        }
        let [likely, rare] =
            [count, count * std::f64::consts::E].map(|tries| normal::quantile(1.0 - 1.0 / tries));
        let maximum = self.variance.sqrt() * ((1.0 - EULER) * likely + EULER * rare);
        maximum.is_finite().then_some(maximum)
    }
}
