//! What is done about numbers that are missing.

use crate::matrix::Matrix;

/// The share of missing values beyond which a feature is worth a word.
pub const TOLERATED_MISSING: f64 = 0.2;

/// What becomes of rows with missing values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// They are left out.
    Drop,
    /// The last known value stands in. What was never known yet stays missing.
    ForwardFill,
    /// The line through the last two known values goes on, within the range of those known so far; a single known value
    /// is kept. The line to the next known value would look ahead: a row would change with what comes after it.
    Interpolate,
}

/// A matrix after its gaps were seen to.
#[derive(Clone, Debug)]
pub struct Filled {
    pub matrix: Matrix,
    /// Which row each was before.
    pub rows: Vec<usize>,
}

/// The share of missing values of each column, 0 to 1; 0 without rows.
pub fn missing_shares(matrix: &Matrix) -> Vec<f64> {
    let rows = matrix.rows().max(1) as f64;
    let share = |column| matrix.column(column).filter(|value| value.is_nan()).count() as f64 / rows;
    (0..matrix.columns()).map(share).collect()
}

/// Sees to the gaps of one stock's rows, which are in order.
pub fn fill(matrix: &Matrix, gaps: Gaps) -> Filled {
    let rows: Vec<usize> = (0..matrix.rows())
        .filter(|row| gaps != Gaps::Drop || !matrix.row(*row).iter().any(|value| value.is_nan()))
        .collect();
    let mut values: Vec<f32> = rows.iter().flat_map(|row| matrix.row(*row)).copied().collect();
    for column in 0..matrix.columns() {
        let mut past = Past::default();
        for (row, value) in values.iter_mut().skip(column).step_by(matrix.columns()).enumerate() {
            if value.is_nan() {
                *value = past.guess(row, gaps);
            } else {
                past.learn(row, *value);
            }
        }
    }
    Filled { matrix: Matrix::new(matrix.columns(), values).expect("whole rows"), rows }
}

/// What is known of a column so far.
#[derive(Default)]
struct Past {
    last: Option<Point>,
    before: Option<Point>,
    range: Option<(f32, f32)>,
}

/// A row, and the value in it.
type Point = (usize, f32);

impl Past {
    fn learn(&mut self, row: usize, value: f32) {
        self.before = self.last.replace((row, value));
        let (low, high) = self.range.unwrap_or((value, value));
        self.range = Some((low.min(value), high.max(value)));
    }

    fn guess(&self, row: usize, gaps: Gaps) -> f32 {
        let last = self.last.map_or(f32::NAN, |(_, value)| value);
        match (gaps, self.before, self.last, self.range) {
            (Gaps::Interpolate, Some(before), Some(last), Some((low, high))) => {
                let slope = (last.1 - before.1) / (last.0 - before.0) as f32;
                (last.1 + slope * (row - last.0) as f32).clamp(low, high)
            }
            _ => last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gaps, fill, missing_shares};
    use crate::matrix::Matrix;

    const N: f32 = f32::NAN;

    fn matrix() -> Matrix {
        Matrix::new(2, vec![N, 5.0, 1.0, N, 2.0, N, N, 4.0, N, N, N, 6.0, 0.0, N]).unwrap()
    }

    #[track_caller]
    fn check(gaps: Gaps, rows: &[usize], expected: &[f32]) {
        let filled = fill(&matrix(), gaps);
        let text = |values: &[f32]| format!("{values:?}");
        assert_eq!((&filled.rows[..], text(filled.matrix.values())), (rows, text(expected)));
    }

    #[test]
    fn gaps_are_left_out_filled_or_carried_on() {
        check(Gaps::Drop, &[], &[]);
        let all: Vec<usize> = (0..7).collect();
        let forward = [N, 5.0, 1.0, 5.0, 2.0, 5.0, 2.0, 4.0, 2.0, 4.0, 2.0, 6.0, 0.0, 6.0];
        check(Gaps::ForwardFill, &all, &forward);
        // Every line here would leave the range of what was known: up beyond 2, down below 4, up beyond 6.
        check(Gaps::Interpolate, &all, &forward);
        let within = Matrix::new(1, vec![0.0, 10.0, 2.0, 4.0, N, N, N, N, 5.0]).unwrap();
        let filled = fill(&within, Gaps::Interpolate);
        assert_eq!(filled.matrix.values(), [0.0, 10.0, 2.0, 4.0, 6.0, 8.0, 10.0, 10.0, 5.0]);
    }

    #[test]
    fn rows_without_gaps_stay_whatever_is_done_about_gaps() {
        let whole = Matrix::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        for gaps in [Gaps::Drop, Gaps::ForwardFill, Gaps::Interpolate] {
            assert_eq!(fill(&whole, gaps).matrix.values(), whole.values());
        }
        let partly = Matrix::new(2, vec![1.0, N, 3.0, 4.0]).unwrap();
        let filled = fill(&partly, Gaps::Drop);
        assert_eq!((filled.rows, filled.matrix.values()), (vec![1], &[3.0, 4.0][..]));
    }

    #[test]
    fn shares_are_counted_by_column() {
        assert_eq!(missing_shares(&matrix()), [4.0 / 7.0, 4.0 / 7.0]);
        assert_eq!(missing_shares(&Matrix::new(1, Vec::new()).unwrap()), [0.0]);
    }
}
