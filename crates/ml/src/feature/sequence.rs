//! Rows with the rows before them, for models that read time.

use super::missing::{Gaps, fill};
use crate::matrix::Matrix;

/// The days of a sequence.
pub const LENGTH: usize = 30;

/// Sequences of one length, one after the other.
#[derive(Clone, Debug)]
pub struct Sequences {
    /// n × length × features, the last running fastest.
    pub values: Vec<f32>,
    /// How many there are, how long each is, and how many features a day has.
    pub shape: [usize; 3],
    /// The row that each ends with.
    pub ends: Vec<usize>,
}

/// A sequence for every row of one stock that has `length - 1` rows before it, gaps filled with what was known last.
///
/// A sequence that reaches back to where a feature was never known yet is left out, as is every one of an empty length.
pub fn sequences(matrix: &Matrix, length: usize) -> Sequences {
    let columns = matrix.columns();
    let filled = fill(matrix, Gaps::ForwardFill).matrix;
    // After the fill what is missing is missing from the first row on, so a whole first row is a whole sequence.
    let is_whole = |start: usize| filled.row(start).iter().all(|value| !value.is_nan());
    let ends: Vec<usize> = (0..matrix.rows())
        .filter(|end| length > 0 && (end + 1).checked_sub(length).is_some_and(is_whole))
        .collect();
    let values =
        ends.iter().flat_map(|end| &filled.values()[(end + 1 - length) * columns..(end + 1) * columns]);
    Sequences { values: values.copied().collect(), shape: [ends.len(), length, columns], ends }
}

#[cfg(test)]
mod tests {
    use super::sequences;
    use crate::matrix::Matrix;

    const N: f32 = f32::NAN;

    #[test]
    fn every_row_with_enough_known_days_before_it_ends_one() {
        let matrix = Matrix::new(2, vec![1.0, N, 2.0, 20.0, 3.0, N, 4.0, 40.0]).unwrap();
        let found = sequences(&matrix, 2);
        assert_eq!((found.shape, &found.ends[..]), ([2, 2, 2], &[2, 3][..]));
        assert_eq!(found.values, [2.0, 20.0, 3.0, 20.0, 3.0, 20.0, 4.0, 40.0]);
    }

    #[test]
    fn too_few_rows_give_none() {
        let matrix = Matrix::new(1, vec![1.0, 2.0]).unwrap();
        assert_eq!(sequences(&matrix, 3).shape, [0, 3, 1]);
        assert_eq!(sequences(&matrix, 0).shape, [0, 0, 1]);
        assert_eq!(sequences(&matrix, 1).ends, [0, 1]);
    }
}
