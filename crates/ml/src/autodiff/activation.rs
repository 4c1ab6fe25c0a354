//! The curves that bend what networks compute.

#![expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]

/// 1.5 · 2²³: added to a number far smaller, it leaves no room for a fraction, so the number is rounded.
const ROUNDER: f32 = 12_582_912.0;
/// ln 2 in two parts, of which the first has few digits: products with it are exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// What is left of eʳ after 1 + r, over r², for r within ± ln 2 / 2.
const POLYNOMIAL: [f32; 6] = [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_66, 0.5];

/// eˣ to about one unit in the last place, for x cut to ± 87; without branches, so that loops over it are vectorised.
///
/// Source: Cephes' `expf` by Moshier, with its coefficients.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let x = if x > 87.0 { 87.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let power = shifted - ROUNDER;
    let rest = (x - power * LN_2[0]) - power * LN_2[1];
    let polynomial = POLYNOMIAL.into_iter().reduce(|sum, next| sum * rest + next).unwrap_or_default();
    let mantissa = polynomial * (rest * rest) + rest + 1.0;
    // The low bits of the shifted number are the power, which goes where floats keep theirs.
    mantissa * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// tanh x to about 10⁻⁷.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// ln(1 + eˣ): above 0, and x itself where that is large.
pub(crate) fn softplus(x: f32) -> f32 {
    x.max(0.0) + exp(-x.abs()).ln_1p()
}

/// Where [`softplus`] is `y`, which is above 0.
pub(crate) fn softplus_inverse(y: f32) -> f32 {
    y + (-(-y).exp_m1()).ln()
}

#[cfg(test)]
mod tests {
    use super::{exp, sigmoid, softplus, softplus_inverse, tanh};

    #[test]
    fn curves_are_those_of_double_precision() {
        for step in -8_600..=8_600_i16 {
            let x = f32::from(step) / 100.0;
            let wide = f64::from(x);
            let near = |found: f32, expected: f64, tolerance: f64| {
                assert!((f64::from(found) - expected).abs() <= tolerance, "{x}: {found} is not {expected}");
            };
            near(exp(x), wide.exp(), wide.exp() * 3e-7);
            near(sigmoid(x), 1.0 / (1.0 + (-wide).exp()), 2e-7);
            near(tanh(x), wide.tanh(), 2e-7);
            near(softplus(x), wide.max(0.0) + (-wide.abs()).exp().ln_1p(), wide.abs() * 2e-7 + 2e-7);
        }
    }

    #[test]
    fn ends_are_finite_and_inverses_come_back() {
        assert_eq!([tanh(f32::INFINITY), tanh(f32::MIN)].map(f32::to_bits), [1.0, -1.0].map(f32::to_bits));
        assert!(exp(f32::INFINITY).is_finite() && exp(f32::MIN) > 0.0);
        for y in [1e-3, 0.1, 1.0, 30.0_f32] {
            assert!((softplus(softplus_inverse(y)) / y - 1.0).abs() < 1e-4, "{y}");
        }
    }
}
