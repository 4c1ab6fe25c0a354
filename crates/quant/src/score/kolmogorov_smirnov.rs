//! Whether two samples come from one distribution.

/// The largest n · m for which the p-value is counted out, about a millisecond's work.
const EXACT: usize = 1_000_000;

/// How far apart two samples are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// The largest difference between the two shares of values at or below any point, 0 to 1.
    pub statistic: f64,
    /// The probability of a difference at least as large between samples of one distribution; two-sided.
    pub p_value: f64,
}

/// The two-sample Kolmogorov-Smirnov test; `None` if a sample is empty or holds NaN.
///
/// The p-value is exact for n · m up to a million, counted over all orders in which the samples can interleave (Hodges
/// 1957, "The significance probability of the Smirnov two-sample test"), and too large rather than too small where
/// values repeat. Beyond, it is Kolmogorov's limit for n · m / (n + m) values with the correction of Stephens (1970), "Use
/// of the Kolmogorov-Smirnov, Cramér-von Mises and related statistics without extensive tables".
pub fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> Option<Distance> {
    if one.is_empty() || other.is_empty() || one.iter().chain(other).any(|value| value.is_nan()) {
        return None;
    }
    let statistic = largest_difference(&sorted(one), &sorted(other));
    let (n, m) = (one.len(), other.len());
    let p_value = if n.saturating_mul(m) <= EXACT {
        exact(n.min(m), n.max(m), statistic)
    } else {
        let root = (n as f64 * m as f64 / (n + m) as f64).sqrt();
        limit((root + 0.12 + 0.11 / root) * statistic)
    };
    Some(Distance { statistic, p_value: p_value.clamp(0.0, 1.0) })
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn largest_difference(one: &[f64], other: &[f64]) -> f64 {
    let (n, m) = (one.len() as f64, other.len() as f64);
    let (mut below_one, mut below_other, mut largest) = (0, 0, 0.0_f64);
    while below_one < one.len() && below_other < other.len() {
        let point = one[below_one].min(other[below_other]);
        // All equal values are passed together: between them there is no point to compare at.
        below_one += one[below_one..].iter().take_while(|value| **value <= point).count();
        below_other += other[below_other..].iter().take_while(|value| **value <= point).count();
        largest = largest.max((below_one as f64 / n - below_other as f64 / m).abs());
    }
    largest
}

/// One less the share of interleavings that stay closer than `statistic` throughout.
fn exact(n: usize, m: usize, statistic: f64) -> f64 {
    let (rows, columns) = (n as f64, m as f64);
    // Halfway below the statistic on the grid of possible ones, so that rounding decides nothing.
    let bound = ((statistic * rows * columns - 1e-7).floor() + 0.5) / (rows * columns);
    let is_within = |row: usize, column: usize| (row as f64 / rows - column as f64 / columns).abs() <= bound;
    let mut shares: Vec<f64> = (0..=m).map(|column| f64::from(u8::from(is_within(0, column)))).collect();
    for row in 1..=n {
        // Weighing each row keeps the counts, which are binomials, within the floats.
        let weight = row as f64 / (row + m) as f64;
        let mut left = 0.0;
        for (column, share) in shares.iter_mut().enumerate() {
            *share = if is_within(row, column) { weight * *share + left } else { 0.0 };
            left = *share;
        }
    }
    1.0 - shares[m]
}

/// Kolmogorov's distribution beyond `scaled`: `2 Σ (-1)^(k-1) · exp(-2 k² scaled²)`.
fn limit(scaled: f64) -> f64 {
    // Below this it is 1 to twelve digits, and the series converges slowly.
    if scaled < 0.2 {
        return 1.0;
    }
    let term =
        |k: i32| if k % 2 == 1 { 2.0 } else { -2.0 } * (-2.0 * f64::from(k * k) * scaled * scaled).exp();
    (1..=30).map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &[f64], other: &[f64], statistic: f64, p_value: f64) {
        let distance = kolmogorov_smirnov(one, other).unwrap();
        assert!((distance.statistic - statistic).abs() < 1e-14, "{distance:?}");
        assert!((distance.p_value / p_value - 1.0).abs() < 1e-9, "{distance:?}");
        assert_eq!(kolmogorov_smirnov(other, one), Some(distance));
    }

    #[test]
    fn exact_p_values_of_scipy() {
        // scipy 1.17.1 ks_2samp(method="exact").
        let one = [
            0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37,
            1.77, 1.09, -1.28, 2.36, 1.31, 1.05, -0.32, -0.40, 1.06, -2.47,
        ];
        let other = [1.2, 0.4, 2.2, 0.9, 1.7, 0.95, 3.1, -0.3, 0.8, 1.5, 2.6];
        check(&one, &other, 0.538_181_818_181_818_2, 0.014_817_033_170_759_534);
        let wave = |count: u32, speed: f64, shift: f64| -> Vec<f64> {
            (0..count).map(|it| (f64::from(it) * speed).sin() + shift).collect()
        };
        let (one, other) = (wave(300, 1.7, 0.0), wave(200, 2.3, 0.15));
        check(&one, &other, 0.173_333_333_333_333_34, 0.001_331_648_394_148_834_4);
    }

    #[test]
    fn a_sample_is_like_itself_and_unlike_one_far_away() {
        let sample = [1.0, 1.0, 2.0, 3.0];
        assert_eq!(kolmogorov_smirnov(&sample, &sample), Some(Distance { statistic: 0.0, p_value: 1.0 }));
        let far = kolmogorov_smirnov(&sample, &[10.0, 11.0, 12.0, 13.0]).unwrap();
        // Two of the 70 interleavings separate four from four.
        assert!((far.statistic - 1.0).abs() < 1e-15 && (far.p_value - 2.0 / 70.0).abs() < 1e-14);
    }

    #[test]
    fn kolmogorovs_limit_is_scipys_and_near_the_exact_value() {
        // scipy 1.17.1 kstwobign.sf.
        let expected = [
            (0.3, 0.999_990_694_198_665_5),
            (0.5, 0.963_945_243_664_875_1),
            (0.8, 0.544_142_411_574_198_1),
            (1.36, 0.049_485_876_755_377_876),
            (2.0, 0.000_670_925_255_779_695_3),
        ];
        for (scaled, expected) in expected {
            assert!((limit(scaled) - expected).abs() < 1e-13);
        }
        let root = 500.0_f64.sqrt();
        for statistic in [0.04, 0.06, 0.08] {
            let limit = limit((root + 0.12 + 0.11 / root) * statistic);
            assert!((exact(1000, 1000, statistic) - limit).abs() < 0.02);
        }
    }

    #[test]
    fn large_samples_take_the_limit() {
        let one: Vec<f64> = (0..2000).map(f64::from).collect();
        let other: Vec<f64> = one.iter().map(|value| value + 100.0).collect();
        let distance = kolmogorov_smirnov(&one, &other).unwrap();
        assert!((distance.statistic - 0.05).abs() < 1e-12 && (0.01..0.02).contains(&distance.p_value));
    }

    #[test]
    fn nothing_to_compare_is_none() {
        assert_eq!((kolmogorov_smirnov(&[], &[1.0]), kolmogorov_smirnov(&[1.0], &[])), (None, None));
        assert_eq!(kolmogorov_smirnov(&[1.0, f64::NAN], &[1.0]), None);
    }
}
