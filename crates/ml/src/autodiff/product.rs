//! Products of matrices.

use crate::matrix::Matrix;
use pulp::{Arch, NullaryFnOnce};

/// The rows of a tile of the product, and its columns: as many sums as the registers hold.
const TILE: (usize, usize) = (6, 16);
/// How much of either factor is laid out at a time, so that it stays in the processor's caches.
const BLOCK: (usize, usize) = (96, 256);

/// Adds the product of two matrices to `sums`, whose rows start `stride` numbers apart.
///
/// Each sum is taken in the order of the factors, by the same multiplications and additions on every machine: the bits
/// depend neither on how wide the registers are nor on the other rows.
///
/// Source of the blocks: Goto & van de Geijn (2008), "Anatomy of high-performance matrix multiplication".
pub(crate) fn add_product(left: View<'_>, right: View<'_>, sums: &mut [f32], stride: usize) {
    Arch::new().dispatch(Product { left, right, sums, stride });
}

/// A matrix, or part of one, that is read along its rows or its columns.
#[derive(Clone, Copy)]
pub(crate) struct View<'data> {
    values: &'data [f32],
    rows: usize,
    columns: usize,
    /// From a number to the one below it, and to the one beside it: one of them is 1.
    strides: [usize; 2],
}

impl<'data> View<'data> {
    pub fn of(matrix: &'data Matrix) -> Self {
        Self::new(matrix.values(), matrix.columns())
    }

    /// Rows of so many columns, one after the other.
    pub fn new(values: &'data [f32], columns: usize) -> Self {
        Self { values, rows: values.len() / columns, columns, strides: [columns, 1] }
    }

    pub fn transposed(self) -> Self {
        let [down, along] = self.strides;
        Self { rows: self.columns, columns: self.rows, strides: [along, down], ..self }
    }

    /// So many rows from `start` on.
    pub fn rows(self, start: usize, rows: usize) -> Self {
        Self { values: &self.values[start * self.strides[0]..], rows, ..self }
    }

    /// One of so many equal groups of columns.
    pub fn part(self, index: usize, groups: usize) -> Self {
        let columns = self.columns / groups;
        Self { values: &self.values[index * columns * self.strides[1]..], columns, ..self }
    }
}

struct Product<'data> {
    left: View<'data>,
    right: View<'data>,
    sums: &'data mut [f32],
    stride: usize,
}

#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]
impl NullaryFnOnce for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { left, right, sums, stride } = self;
        let (mut tall, mut wide) = (Vec::new(), Vec::new());
        for inner in (0..left.columns).step_by(BLOCK.1) {
            let depth = BLOCK.1.min(left.columns - inner);
            lay_out::<{ TILE.1 }>(&mut wide, right.transposed(), 0..right.columns, inner..inner + depth);
            for top in (0..left.rows).step_by(BLOCK.0) {
                let bottom = left.rows.min(top + BLOCK.0);
                lay_out::<{ TILE.0 }>(&mut tall, left, top..bottom, inner..inner + depth);
                for (wide, column) in wide.chunks_exact(depth).zip((0..).step_by(TILE.1)) {
                    for (tall, row) in tall.chunks_exact(depth).zip((top..).step_by(TILE.0)) {
                        let width = TILE.1.min(right.columns - column);
                        let rows = sums[row * stride..].chunks_mut(stride).take(bottom - row);
                        for (sums, more) in rows.zip(&tile(tall, wide)) {
                            add(&mut sums[column..column + width], more);
                        }
                    }
                }
            }
        }
    }
}

/// Lays out some rows of a matrix in strips of `N`, each strip column by column; past the last row stand zeros.
#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]
#[inline(always)]
fn lay_out<const N: usize>(
    strips: &mut Vec<[f32; N]>,
    view: View<'_>,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) {
    let (first, depth) = (columns.start, columns.len());
    strips.clear();
    strips.resize(rows.len().div_ceil(N) * depth, [0.0; N]);
    for (strip, start) in strips.chunks_exact_mut(depth).zip(rows.clone().step_by(N)) {
        let height = N.min(rows.end - start);
        match view.strides {
            [1, along] => {
                for (column, to) in strip.iter_mut().enumerate() {
                    let from = &view.values[start + (first + column) * along..];
                    match from.first_chunk() {
                        Some(from) if height == N => *to = *from,
                        _ => to[..height].copy_from_slice(&from[..height]),
                    }
                }
            }
            [down, _] => {
                for row in 0..height {
                    let from = &view.values[(start + row) * down + first..][..depth];
                    strip.iter_mut().zip(from).for_each(|(to, from)| to[row] = *from);
                }
            }
        }
    }
}

#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]
#[inline(always)]
fn tile(tall: &[[f32; TILE.0]], wide: &[[f32; TILE.1]]) -> [[f32; TILE.1]; TILE.0] {
    let mut sums = [[0.0; TILE.1]; TILE.0];
    for (column, row) in tall.iter().zip(wide) {
        // By indices: of iterators, the optimiser leaves the sums in memory.
        for down in 0..TILE.0 {
            for along in 0..TILE.1 {
                // Not fused: that would round otherwise than machines that cannot.
                sums[down][along] += column[down] * row[along];
            }
        }
    }
    sums
}

#[expect(clippy::inline_always, reason = "only what is inlined is compiled for the wider registers")]
#[inline(always)]
fn add(sums: &mut [f32], more: &[f32; TILE.1]) {
    // A known length is added in a few instructions.
    if let Some(sums) = sums.first_chunk_mut::<{ TILE.1 }>() {
        sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    } else {
        sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

#[cfg(test)]
mod tests {
    use super::{Product, View, add_product};
    use crate::random::Stream;
    use pulp::NullaryFnOnce as _;

    fn numbers(count: usize, stream: &mut Stream) -> Vec<f32> {
        #[expect(clippy::cast_possible_truncation, reason = "single precision is wanted")]
        (0..count).map(|_| stream.unit() as f32 - 0.5).collect()
    }

    #[test]
    fn products_are_the_sums_by_definition() {
        let mut stream = Stream::new(1);
        for [rows, inner, columns] in [[1, 1, 1], [4, 16, 16], [5, 3, 17], [97, 300, 33], [3, 257, 1]] {
            let left = numbers(rows * inner, &mut stream);
            let right = numbers(inner * columns, &mut stream);
            let stride = columns + 2;
            let mut found = vec![1.0; rows * stride];
            add_product(View::new(&left, inner), View::new(&right, columns), &mut found, stride);
            let turned: Vec<f32> =
                (0..left.len()).map(|place| left[place % rows * inner + place / rows]).collect();
            let mut again = vec![1.0; rows * stride];
            let left_again = View::new(&turned, rows).transposed();
            add_product(left_again, View::new(&right, columns), &mut again, stride);
            assert_eq!(found, again);
            for (place, found) in found.iter().enumerate() {
                let (row, column) = (place / stride, place % stride);
                let term = |index: usize| {
                    f64::from(left[row * inner + index]) * f64::from(right[index * columns + column])
                };
                let product: f64 = if column < columns { (0..inner).map(term).sum() } else { 0.0 };
                assert!((f64::from(*found) - 1.0 - product).abs() < 1e-4, "{row}, {column}: {found}");
            }
        }
    }

    #[test]
    fn a_row_does_not_depend_on_the_others() {
        let mut stream = Stream::new(2);
        let (left, right) = (numbers(50 * 70, &mut stream), numbers(70 * 30, &mut stream));
        let right = View::new(&right, 30);
        let (mut all, mut one) = (vec![0.0; 50 * 30], vec![0.0; 30]);
        add_product(View::new(&left, 70), right, &mut all, 30);
        add_product(View::new(&left, 70).rows(42, 1), right, &mut one, 30);
        assert_eq!(&all[42 * 30..43 * 30], &one[..]);
    }

    #[test]
    fn wider_registers_give_the_same_bits() {
        let mut stream = Stream::new(3);
        let (left, right) = (numbers(20 * 300, &mut stream), numbers(300 * 37, &mut stream));
        let (left, right) = (View::new(&left, 300), View::new(&right, 37));
        let (mut wide, mut narrow) = (vec![0.0; 20 * 37], vec![0.0; 20 * 37]);
        add_product(left, right, &mut wide, 37);
        Product { left, right, sums: &mut narrow, stride: 37 }.call();
        assert_eq!(wide, narrow);
    }
}
