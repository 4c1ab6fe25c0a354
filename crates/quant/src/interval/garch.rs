//! Volatility that comes in clusters.

use super::{Interval, simplex::minimise};
use crate::{
    normal,
    statistics::{self, is_constant},
};

/// Fewer returns than these do not tell four parameters.
const LEAST: usize = 100;

/// A GARCH(1,1) model of returns: a calm or a wild day is likely followed by another.
///
/// `variance[t] = omega + alpha · (return[t-1] - mean)² + beta · variance[t-1]`. Source: Bollerslev (1986), "Generalized
/// autoregressive conditional heteroskedasticity".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Garch {
    pub mean: f64,
    pub omega: f64,
    pub alpha: f64,
    pub beta: f64,
    /// The natural logarithm of the returns' density under the model.
    pub log_likelihood: f64,
    /// The variance of the next return.
    pub next_variance: f64,
}

impl Garch {
    /// Fits by Gaussian maximum likelihood; `None` for fewer than 100 returns, if one is not finite, or if all are equal.
    ///
    /// `alpha + beta` stays below 1. The variance before the first return is the exponentially weighted one of the first
    /// 75, with 0.94 for each step, as in Python's arch, so that the figures are comparable.
    pub fn fit(returns: &[f64]) -> Option<Self> {
        let is_sound = returns.len() >= LEAST && returns.iter().all(|change| change.is_finite());
        if !is_sound || is_constant(returns) {
            return None;
        }
        let (mean, scale) = (statistics::mean(returns)?, statistics::standard_deviation(returns)?);
        let units: Vec<f64> = returns.iter().map(|change| (change - mean) / scale).collect();
        let before = variance_before(&units);
        let cost = |point: &[f64; 4]| -Self::at(point).after(&units, before).log_likelihood;
        let starts =
            [(0.05, 0.98), (0.1, 0.95), (0.1, 0.8), (0.2, 0.5)].map(|(alpha, sum)| start(alpha, sum));
        // A simplex may fold up on its way, so a second one starts afresh where it came to; and where nothing clusters
        // there are several hills, so each start is climbed from.
        let tops = starts.map(|start| minimise(minimise(start, 0.5, cost), 0.1, cost));
        let best = tops.into_iter().min_by(|one, other| cost(one).total_cmp(&cost(other)))?;
        let model = Self::at(&best).after(&units, before).scaled(mean, scale, units.len());
        model.log_likelihood.is_finite().then_some(model)
    }

    /// Learns that `change` came, keeping the parameters; NaN and infinities teach nothing.
    pub fn push(&mut self, change: f64) {
        if change.is_finite() {
            let shock = (change - self.mean).powi(2);
            self.next_variance = self.omega + self.alpha * shock + self.beta * self.next_variance;
        }
    }

    /// The variance of the sum of the next `steps` returns.
    pub fn variance(&self, steps: u32) -> f64 {
        let persistence = self.alpha + self.beta;
        let variances = std::iter::successors(Some(self.next_variance), |variance| {
            Some(self.omega + persistence * variance)
        });
        variances.take(steps as usize).sum()
    }

    /// Where the sum of the next `steps` returns lies with probability `coverage`, if it is normal.
    ///
    /// `None` if `coverage` is not between 0 and 1, ends excluded.
    pub fn interval(&self, steps: u32, coverage: f64) -> Option<Interval> {
        if !(0.0 < coverage && coverage < 1.0) {
            return None;
        }
        let centre = self.mean * f64::from(steps);
        let margin = normal::quantile(f64::midpoint(1.0, coverage)) * self.variance(steps).sqrt();
        Some(Interval { low: centre - margin, high: centre + margin })
    }

    /// The model at a point without bounds: mean, ln omega, and the odds' logarithms of the sum and of alpha's share.
    fn at(&[mean, omega, sum, share]: &[f64; 4]) -> Self {
        let (sum, share) = (logistic(sum), logistic(share));
        let (alpha, beta) = (sum * share, sum * (1.0 - share));
        Self { mean, omega: omega.exp(), alpha, beta, log_likelihood: 0.0, next_variance: 0.0 }
    }

    /// The model after `returns`, whose likelihood it takes in.
    fn after(mut self, returns: &[f64], variance_before: f64) -> Self {
        self.next_variance = self.omega + (self.alpha + self.beta) * variance_before;
        let mut deviance = returns.len() as f64 * std::f64::consts::TAU.ln();
        for change in returns {
            deviance += self.next_variance.ln() + (change - self.mean).powi(2) / self.next_variance;
            self.push(*change);
        }
        Self { log_likelihood: -deviance / 2.0, ..self }
    }

    /// The model in the unit of the returns, of which it has seen `(return - mean) / scale`.
    fn scaled(self, mean: f64, scale: f64, count: usize) -> Self {
        Self {
            mean: mean + self.mean * scale,
            omega: self.omega * scale * scale,
            log_likelihood: self.log_likelihood - count as f64 * scale.ln(),
            next_variance: self.next_variance * scale * scale,
            ..self
        }
    }
}

/// The point of returns with a variance of 1, the given alpha, and a sum of alpha and beta.
fn start(alpha: f64, sum: f64) -> [f64; 4] {
    let logit = |share: f64| (share / (1.0 - share)).ln();
    [0.0, (1.0 - sum).ln(), logit(sum), logit(alpha / sum)]
}

fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

fn variance_before(returns: &[f64]) -> f64 {
    let weights = std::iter::successors(Some(1.0), |weight| Some(weight * 0.94)).take(75);
    let (sum, weight) = returns
        .iter()
        .zip(weights)
        .fold((0.0, 0.0), |(sum, total), (change, weight)| (sum + weight * change * change, total + weight));
    sum / weight
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GARCH(1,1) series with a mean of 0.05, omega 0.05, alpha 0.1 and beta 0.85, the same in every run.
    ///
    /// Its shocks are sums of twelve numbers of a congruential generator, so that Python makes the same bits.
    fn series(count: usize) -> Vec<f64> {
        let mut state = 20_260_101_u64;
        let mut uniform = || {
            state = state * 16_807 % 2_147_483_647;
            state as f64 / 2_147_483_647.0
        };
        let mut variance = 1.0_f64;
        let next = || {
            let shock = variance.sqrt() * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0);
            variance = 0.05 + 0.1 * shock * shock + 0.85 * variance;
            0.05 + shock
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[track_caller]
    fn check(value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() < tolerance, "{value} is not {expected}");
    }

    #[test]
    fn the_fit_is_that_of_arch() {
        // Python's arch 8.0.0, arch_model(mean="Constant", vol="GARCH", p=1, q=1, rescale=False), tolerance 1e-14.
        let model = Garch::fit(&series(1500)).unwrap();
        check(model.log_likelihood, -1_925.595_216_829_121, 1e-6);
        check(model.mean, 0.058_562_541, 1e-4);
        check(model.omega, 0.070_977_994, 1e-4);
        check(model.alpha, 0.082_776_771, 1e-4);
        check(model.beta, 0.827_211_753, 1e-4);
        check(model.variance(1), 0.631_970_472, 1e-4);
        check(model.variance(5), 3.288_661_326, 1e-3);
    }

    #[test]
    fn the_likelihood_of_given_parameters_is_that_of_arch() {
        // arch_model(…).fix([0.05, 0.05, 0.1, 0.85]).
        let returns = series(1500);
        let mean = statistics::mean(&returns).unwrap();
        let centred: Vec<f64> = returns.iter().map(|change| change - mean).collect();
        let model = Garch {
            mean: 0.05,
            omega: 0.05,
            alpha: 0.1,
            beta: 0.85,
            log_likelihood: 0.0,
            next_variance: 0.0,
        };
        let model = model.after(&returns, variance_before(&centred));
        check(model.log_likelihood, -1_928.685_968_787_795_7, 1e-9);
    }

    #[test]
    fn the_unit_of_the_returns_does_not_matter() {
        let returns = series(400);
        let small: Vec<f64> = returns.iter().map(|change| change / 100.0).collect();
        let (model, small) = (Garch::fit(&returns).unwrap(), Garch::fit(&small).unwrap());
        check(small.alpha, model.alpha, 1e-4);
        check(small.variance(1) * 1e4, model.variance(1), 1e-4);
    }

    #[test]
    fn intervals_are_normal_and_grow_with_time_and_shocks() {
        let mut model =
            Garch { mean: 0.1, omega: 0.1, alpha: 0.1, beta: 0.8, log_likelihood: 0.0, next_variance: 1.0 };
        let interval = model.interval(4, 0.95).unwrap();
        // At its long-run variance of 1, four steps have a variance of 4.
        check(interval.low, 0.4 - 2.0 * statistics::NORMAL_97_5, 1e-12);
        check(interval.high, 0.4 + 2.0 * statistics::NORMAL_97_5, 1e-12);
        model.push(3.1);
        check(model.variance(1), 0.1 + 0.9 + 0.8, 1e-12);
        model.push(f64::NAN);
        check(model.variance(1), 1.8, 1e-12);
        assert_eq!(
            (model.interval(1, 0.0), model.interval(1, 1.0), model.interval(1, f64::NAN)),
            (None, None, None)
        );
    }

    #[test]
    fn what_cannot_be_fitted_is_none() {
        assert_eq!((Garch::fit(&[]), Garch::fit(&series(99)), Garch::fit(&[0.01; 200])), (None, None, None));
        let mut broken = series(200);
        broken[7] = f64::NAN;
        assert_eq!(Garch::fit(&broken), None);
    }
}
