//! Which rows and columns a tree sees.

use crate::random::{splitmix, splitmix_at, unit};

/// The rows of a round, each taken with the probability `share`; all of them if chance took none.
pub(super) fn rows(count: u32, share: f64, seed: u64) -> Vec<u32> {
    let is_taken = |row: &u32| share >= 1.0 || unit(splitmix_at(seed, u64::from(*row) + 1)) < share;
    let taken: Vec<u32> = (0..count).filter(is_taken).collect();
    if taken.is_empty() { (0..count).collect() } else { taken }
}

/// The columns of a round, `share` of them rounded up, in their order.
pub(super) fn columns(count: usize, share: f64, seed: u64) -> Vec<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the columns")]
    let wanted = ((count as f64 * share).ceil() as usize).clamp(1, count);
    let mut columns: Vec<usize> = (0..count).collect();
    columns.sort_by_key(|column| splitmix_at(splitmix(seed), *column as u64 + 1));
    columns.truncate(wanted);
    columns.sort_unstable();
    columns
}

#[cfg(test)]
mod tests {
    use super::{columns, rows};

    #[test]
    fn shares_are_kept_and_seeds_differ() {
        let taken = rows(10_000, 0.3, 1);
        assert!((2_800..3_200).contains(&taken.len()) && taken.is_sorted());
        assert_ne!(taken, rows(10_000, 0.3, 2));
        assert_eq!(rows(5, 1.0, 1), [0, 1, 2, 3, 4]);
        assert_eq!(rows(1, 1e-9, 1), [0]);
        assert_eq!(columns(23, 0.5, 1).len(), 12);
        assert_ne!(columns(23, 0.5, 1), columns(23, 0.5, 2));
        assert_eq!(columns(3, 1.0, 7), [0, 1, 2]);
    }
}
