//! Linear correlation of two series, with its significance, and with one series leading the other.

use statrs::function::beta::checked_beta_reg;

pub use crate::interval::Interval;
use crate::statistics::{self, NORMAL_97_5, is_constant};

/// How two series move together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// The number of pairs compared.
    pub n: usize,
    /// `None` for fewer than three pairs, if a series is constant, or beyond the range of floats.
    pub estimate: Option<Estimate>,
}

/// A correlation coefficient and how far to trust it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Pearson's coefficient, -1 to 1.
    pub r: f64,
    /// The probability of an |r| at least as large between independent normal series; two-sided.
    pub p_value: f64,
    /// Where the true coefficient lies with 95 % confidence; `None` for three pairs.
    pub interval: Option<Interval>,
}

/// Pearson's correlation of x and y over `pairs`; pairs with a value that is not finite are ignored.
///
/// With `t = r·√((n-2) / (1-r²))` the p-value is Student's two-sided tail at `n - 2` degrees of freedom, that is
/// `I(1-r²; (n-2)/2, 1/2)`, the regularised incomplete beta function (Abramowitz & Stegun 26.7.1). The interval is
/// Fisher's: `tanh(artanh(r) ± 1.96 / √(n-3))` (Fisher 1921). A perfect ±1 has a p-value of 0 and an interval of that
/// one point; a pair of series collinear but for their rounding comes as close to this as the rounding lets it.
pub fn pearson(pairs: &[(f64, f64)]) -> Correlation {
    let (x, y): (Vec<f64>, Vec<f64>) =
        pairs.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).copied().unzip();
    Correlation { n: x.len(), estimate: estimate(&x, &y) }
}

/// Correlates `x[i]` with `y[i + lag]` wherever both exist.
///
/// With a positive lag x leads: it is compared with what y does `lag` positions later. With a negative one y leads.
pub fn lagged(x: &[Option<f64>], y: &[Option<f64>], lag: isize) -> Correlation {
    let pairs = x.iter().enumerate().filter_map(|(i, x)| {
        let y = y.get(i.checked_add_signed(lag)?)?;
        (*x).zip(*y)
    });
    pearson(&pairs.collect::<Vec<_>>())
}

fn estimate(x: &[f64], y: &[f64]) -> Option<Estimate> {
    if x.len() < 3 || is_constant(x) || is_constant(y) {
        return None;
    }
    let (x, y) = (unit_deviations(x)?, unit_deviations(y)?);
    // For unit vectors |x ± y|² = 2·(1 ± r): near r = ±1 this keeps the digits of 1 ∓ r that r itself has lost.
    let same: f64 = x.iter().zip(&y).map(|(x, y)| (x + y).powi(2)).sum::<f64>() / 2.0;
    let opposite: f64 = x.iter().zip(&y).map(|(x, y)| (x - y).powi(2)).sum::<f64>() / 2.0;
    let r = ((same - opposite) / 2.0).clamp(-1.0, 1.0);
    let p_value = two_sided_p(x.len(), (same * opposite).min(1.0))?;
    let fisher_z = (same / opposite).ln() / 2.0;
    Some(Estimate { r, p_value, interval: interval(x.len(), fisher_z) })
}

/// Deviations from the mean, scaled to a vector of length 1.
fn unit_deviations(values: &[f64]) -> Option<Vec<f64>> {
    let mean = statistics::mean(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    // Dividing by the largest first keeps the squares from over- and underflowing.
    let largest = deviations.iter().fold(0.0_f64, |largest, deviation| largest.max(deviation.abs()));
    let length = deviations.iter().map(|deviation| (deviation / largest).powi(2)).sum::<f64>().sqrt();
    length.is_finite().then(|| deviations.iter().map(|deviation| deviation / largest / length).collect())
}

/// `unexplained` is `1 - r²`.
fn two_sided_p(n: usize, unexplained: f64) -> Option<f64> {
    let half_freedom = (n - 2) as f64 / 2.0;
    let p_value = checked_beta_reg(half_freedom, 0.5, unexplained).ok()?;
    Some(p_value.clamp(0.0, 1.0))
}

fn interval(n: usize, fisher_z: f64) -> Option<Interval> {
    let margin = NORMAL_97_5 / (n.checked_sub(3).filter(|freedom| *freedom > 0)? as f64).sqrt();
    Some(Interval { low: (fisher_z - margin).tanh(), high: (fisher_z + margin).tanh() })
}

/// The four data sets of Anscombe (1973), "Graphs in statistical analysis".
#[cfg(test)]
pub(crate) fn anscombe() -> [Vec<(f64, f64)>; 4] {
    let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
    let other_x = [8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 19.0, 8.0, 8.0, 8.0];
    [
        (x, [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]),
        (x, [9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74]),
        (x, [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]),
        (other_x, [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89]),
    ]
    .map(|(x, y)| x.into_iter().zip(y).collect())
}

#[cfg(test)]
mod tests;
