//! What forecasters without a model would say: nothing will change, or all goes on as on average.

use super::{LEVELS, outlook::Outlook};
use quant::{interval::Interval, statistics};

/// What is known of all past rows together.
pub(super) struct Baseline {
    /// Of the scaled returns, less their median.
    quantiles: [f64; LEVELS.len()],
    spread: f64,
    mean: f64,
    rises: f64,
}

impl Baseline {
    /// Learns from returns and their scales; `None` without any.
    pub fn of(cases: &[(f64, f64)]) -> Option<Self> {
        let changes: Vec<f64> = cases.iter().map(|(change, _)| *change).collect();
        let mut scaled: Vec<f64> = cases.iter().map(|(change, scale)| change / scale).collect();
        scaled.sort_by(f64::total_cmp);
        let quantile = |level: f64| statistics::quantile(&scaled, level);
        let median = quantile(0.5)?;
        let mut quantiles = [0.0; LEVELS.len()];
        for (found, level) in quantiles.iter_mut().zip(LEVELS) {
            *found = quantile(level)? - median;
        }
        let rises = changes.iter().filter(|change| **change > 0.0).count() as f64 / changes.len() as f64;
        let spread = statistics::standard_deviation(&scaled)?;
        Some(Self { quantiles, spread, mean: statistics::mean(&changes)?, rises })
    }

    /// No change in the middle, and around it what past returns were like in units of the scale; neither side is likelier.
    pub fn naive(&self, scale: f64) -> Outlook {
        self.around(0.0, scale, 0.5)
    }

    /// The mean return so far in the middle, and the share of rises so far.
    pub fn drift(&self, scale: f64) -> Outlook {
        self.around(self.mean, scale, self.rises)
    }

    fn around(&self, middle: f64, scale: f64, probability_up: f64) -> Outlook {
        let quantiles = self.quantiles.map(|quantile| quantile * scale + middle);
        let interval = |[low, high]: [usize; 2]| Interval { low: quantiles[low], high: quantiles[high] };
        Outlook {
            quantiles,
            interval_95: interval(Outlook::ENDS_95),
            interval_99: interval(Outlook::ENDS_99),
            probability_up,
            volatility: self.spread * scale,
        }
    }
}
