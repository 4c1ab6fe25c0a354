//! Columns that say the same as another, or nothing.

use crate::matrix::Matrix;
use quant::correlation::pearson;

/// The correlation beyond which two columns say the same.
const SAME: f64 = 0.95;

/// The share of all gains below which a column might as well not be there.
const NOTHING: f32 = 0.001;

/// Two columns that say the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub columns: [usize; 2],
    /// Pearson's coefficient over the rows where both are known.
    pub correlation: f64,
}

/// The pairs of columns with |correlation| > 0.95, in the order of the columns.
pub fn correlated(matrix: &Matrix) -> Vec<Pair> {
    let pair = |columns: [usize; 2]| {
        let [one, other] = columns.map(|column| matrix.column(column).map(f64::from));
        let correlation = pearson(&one.zip(other).collect::<Vec<_>>()).estimate?.r;
        (correlation.abs() > SAME).then_some(Pair { columns, correlation })
    };
    let columns = 0..matrix.columns();
    columns
        .clone()
        .flat_map(|one| (one + 1..columns.end).filter_map(move |other| pair([one, other])))
        .collect()
}

/// The columns that gained a forest less than 0.1 % of all; see [`Forest::importance`](crate::tree::Forest::importance).
pub fn dead(importance: &[f32]) -> Vec<usize> {
    (0..importance.len()).filter(|column| importance[*column] < NOTHING).collect()
}

#[cfg(test)]
mod tests {
    use super::{correlated, dead};
    use crate::{matrix::Matrix, random::splitmix_at};

    /// x, -2x with a gap, x with noise, a constant: of noise with a variance of a tenth x explains 10 / 11.
    #[test]
    fn pairs_that_say_the_same_are_found() {
        let at = |place: u64| (splitmix_at(5, place) >> 40) as f32 / 16_777_216.0 - 0.5;
        let row = |index: u64| {
            let (x, noise) = (at(2 * index), at(2 * index + 1));
            [x, if index == 3 { f32::NAN } else { -2.0 * x }, x + noise * 0.1_f32.sqrt(), 1.0]
        };
        let matrix = Matrix::new(4, (0..2_000).flat_map(row).collect()).unwrap();
        let found = correlated(&matrix);
        let columns: Vec<[usize; 2]> = found.iter().map(|pair| pair.columns).collect();
        assert_eq!(columns, [[0, 1], [0, 2], [1, 2]]);
        assert!((found[0].correlation + 1.0).abs() < 1e-6);
        assert!((found[1].correlation - (10.0_f64 / 11.0).sqrt()).abs() < 5e-3);
    }

    #[test]
    fn independent_columns_are_no_pair() {
        let values = (0..2_000).map(|place| (splitmix_at(6, place) >> 40) as f32).collect();
        assert_eq!(correlated(&Matrix::new(4, values).unwrap()), []);
    }

    #[test]
    fn columns_below_a_thousandth_are_dead() {
        assert_eq!(dead(&[0.5, 0.000_999, 0.001, 0.0, 0.498]), [1, 3]);
    }
}
