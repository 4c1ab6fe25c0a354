//! The standard normal distribution.

use statrs::function::erf::{erfc, erfc_inv};
use std::f64::consts::SQRT_2;

/// The probability of a value at or below `x`.
pub fn cumulative(x: f64) -> f64 {
    erfc(-x / SQRT_2) / 2.0
}

/// The value that has `probability` at or below it; infinite at 0 and 1.
pub fn quantile(probability: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_scipy() {
        // scipy 1.17.1 norm.cdf; the erfc of statrs is good to ten digits.
        for (x, expected) in [
            (-3.0, 0.001_349_898_031_630_093_3),
            (-1.0, 0.158_655_253_931_457_07),
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013_1),
            (1.96, 0.975_002_104_851_779_5),
            (4.0, 0.999_968_328_758_166_9),
        ] {
            assert!((cumulative(x) - expected).abs() < 2e-11, "{x}");
            assert!((quantile(expected) - x).abs() < 1e-14, "{x}");
        }
    }
}
