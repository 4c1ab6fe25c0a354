//! The loss of quantiles.

use crate::matrix::Matrix;

/// The mean over rows and levels of max(τ e, (τ − 1) e), where e is how far the target lies above the quantile.
///
/// Source: Koenker & Bassett (1978), "Regression quantiles".
pub(super) fn loss(quantiles: &Matrix, targets: &[f32], levels: &[f64]) -> f64 {
    let row = |(row, target): (&[f32], &f32)| -> f64 {
        let one = |(quantile, level): (&f32, &f64)| {
            let error = f64::from(*target) - f64::from(*quantile);
            (level * error).max((level - 1.0) * error)
        };
        row.iter().zip(levels).map(one).sum()
    };
    quantiles.iter().zip(targets).map(row).sum::<f64>() / quantiles.values().len() as f64
}

/// How the loss of so many `rows`, of which these are some, changes with each quantile.
pub(super) fn gradient(quantiles: &Matrix, targets: &[f32], levels: &[f64], rows: usize) -> Matrix {
    let count = (rows * levels.len()) as f64;
    let one = |quantile: f32, target: f32, level: f64| {
        let slope = if target > quantile { -level } else { 1.0 - level };
        #[expect(clippy::cast_possible_truncation, reason = "networks are trained in single precision")]
        let slope = (slope / count) as f32;
        slope
    };
    let row = |(row, target): (&[f32], &f32)| -> Vec<f32> {
        row.iter().zip(levels).map(|(quantile, level)| one(*quantile, *target, *level)).collect()
    };
    let slopes = quantiles.iter().zip(targets).flat_map(row).collect();
    Matrix::new(quantiles.columns(), slopes).expect("whole rows")
}
