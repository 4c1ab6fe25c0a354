//! Values far from the rest of their column.

use crate::matrix::Matrix;
use quant::statistics::Moments;

const FAR: f64 = 3.0;

/// A value more than three standard deviations from its column's mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    pub row: usize,
    pub column: usize,
    /// How many sample standard deviations it is above the mean.
    pub z: f64,
}

/// The values with |z| > 3, by column, then row.
///
/// Missing and infinite values are passed over. Of ten values or fewer none can be so far out: |z| is at most
/// `(n - 1) / √n` (Shiffler 1988, "Maximum z scores and outliers").
pub fn outliers(matrix: &Matrix) -> Vec<Outlier> {
    let of_column = |column| {
        let moments: Moments = matrix.column(column).map(f64::from).collect();
        let (mean, deviation) = moments.mean().zip(moments.standard_deviation()).unwrap_or((0.0, 0.0));
        let far = move |(row, value): (usize, f32)| {
            let z = (f64::from(value) - mean) / deviation;
            (z.is_finite() && z.abs() > FAR).then_some(Outlier { row, column, z })
        };
        matrix.column(column).enumerate().filter_map(far)
    };
    (0..matrix.columns()).flat_map(of_column).collect()
}

#[cfg(test)]
mod tests {
    use super::outliers;
    use crate::matrix::Matrix;

    #[test]
    fn one_among_equals_is_as_far_out_as_its_number_allows() {
        for (count, is_found) in [(10, false), (11, true)] {
            let mut values = vec![0.0; count];
            values[4] = -5.0;
            values.extend([f32::NAN, f32::INFINITY]);
            let found = outliers(&Matrix::new(1, values).unwrap());
            assert_eq!(found.len(), usize::from(is_found));
            if let Some(outlier) = found.first() {
                assert_eq!((outlier.row, outlier.column), (4, 0));
                assert!((outlier.z + 10.0 / 11.0_f64.sqrt()).abs() < 1e-12, "{}", outlier.z);
            }
        }
    }

    #[test]
    fn columns_are_judged_by_themselves() {
        let rows = (0..40_u16).flat_map(|row| [f32::from(row), f32::from(row % 2), f32::NAN, 7.0]);
        let mut values: Vec<f32> = rows.collect();
        assert_eq!(outliers(&Matrix::new(4, values.clone()).unwrap()), []);
        values[4 * 30 + 1] = 20.0;
        let found = outliers(&Matrix::new(4, values).unwrap());
        assert_eq!(found.iter().map(|outlier| (outlier.row, outlier.column)).collect::<Vec<_>>(), [(30, 1)]);
    }
}
