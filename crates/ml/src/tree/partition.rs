//! Rows sorted to the left and to the right.

/// Moves the rows for which `is_left` holds to the front and tells how many they are; both sides keep their order.
///
/// `scratch` is at least as long as `rows`. Every row is written to both sides and counted on one: a branch here would
/// be guessed wrong half of the time.
pub(super) fn partition(rows: &mut [u32], scratch: &mut [u32], is_left: impl Fn(u32) -> bool) -> usize {
    let (mut left, mut right) = (0, 0);
    for at in 0..rows.len() {
        let row = rows[at];
        let goes_left = is_left(row);
        rows[left] = row;
        scratch[right] = row;
        left += usize::from(goes_left);
        right += usize::from(!goes_left);
    }
    rows[left..].copy_from_slice(&scratch[..right]);
    left
}

#[cfg(test)]
mod tests {
    use super::partition;

    #[test]
    fn both_sides_keep_their_order() {
        let mut rows = [5, 2, 8, 1, 4, 7];
        let left = partition(&mut rows, &mut [0; 6], |row| row % 2 == 0);
        assert_eq!((left, rows), (3, [2, 8, 4, 5, 1, 7]));
        assert_eq!(partition(&mut rows, &mut [0; 6], |_| true), 6);
        assert_eq!((partition(&mut rows, &mut [0; 6], |_| false), rows), (0, [2, 8, 4, 5, 1, 7]));
    }
}
