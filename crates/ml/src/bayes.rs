//! What naive Bayes makes of each column on its own.

use crate::sparse::Rows;

/// What is added to each count, so that a column which never goes with a class says only so much against it.
const SMOOTHING: f64 = 1.0;
/// What stands in fewer rows may stand there by chance.
const FEWEST_ROWS: f64 = 2.0;

/// How much a column speaks for a class: ln of its share of what the class's rows have over its share of what all other
/// rows have, by column, then class.
///
/// A column counts once per row. Columns from `columns` on are left out; those of a single row say nothing (0).
/// Source: Wang & Manning (2012), "Baselines and Bigrams", section 2.
pub fn log_count_ratios(rows: &Rows, labels: &[usize], columns: usize, classes: usize) -> Vec<f32> {
    let counts = smoothed_counts(rows, labels, columns, classes);
    let own: Vec<f64> = (0..classes).map(|class| counts.iter().skip(class).step_by(classes).sum()).collect();
    let all: f64 = own.iter().sum();
    let mut ratios = Vec::with_capacity(counts.len());
    for counts in counts.chunks_exact(classes) {
        let sum: f64 = counts.iter().sum();
        for (count, own) in counts.iter().zip(&own) {
            let ratio = ((count / own) / ((sum - count) / (all - own))).ln();
            #[expect(clippy::cast_possible_truncation, reason = "a logarithm is small")]
            ratios.push(if sum > 0.0 { ratio as f32 } else { 0.0 });
        }
    }
    ratios
}

/// In how many rows of each class each column stands, and a bit more; 0 for columns of too few rows.
fn smoothed_counts(rows: &Rows, labels: &[usize], columns: usize, classes: usize) -> Vec<f64> {
    let mut counts = vec![0.0; columns * classes];
    for (row, label) in rows.iter().zip(labels) {
        for column in row.columns.iter().filter(|column| (**column as usize) < columns) {
            counts[*column as usize * classes + label] += 1.0;
        }
    }
    for counts in counts.chunks_exact_mut(classes) {
        let is_known = counts.iter().sum::<f64>() >= FEWEST_ROWS;
        for count in counts {
            *count = if is_known { *count + SMOOTHING } else { 0.0 };
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::log_count_ratios;
    use crate::sparse::Rows;

    /// Of three known columns, class 0 has (2, 1, 0) and class 1 has (0, 1, 2); smoothed, (3, 2, 1) and (1, 2, 3).
    #[test]
    fn ratios_of_smoothed_counts() {
        let mut rows = Rows::new();
        for columns in [&[0_u32, 1, 4][..], &[0], &[1, 2, 3], &[2]] {
            rows.push(columns.iter().map(|column| (*column, 0.5)));
        }
        let ratios = log_count_ratios(&rows, &[0, 0, 1, 1], 4, 2);
        let three = 3.0_f32.ln();
        // The last column stands in one row only, and one more is beyond those asked for.
        let expected = [three, -three, 0.0, 0.0, -three, three, 0.0, 0.0];
        assert_eq!(ratios.len(), expected.len());
        assert!(
            ratios.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6),
            "{ratios:?}"
        );
    }
}
