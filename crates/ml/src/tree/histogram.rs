//! Derivatives summed by bin.

use super::bin::{Binned, LANES};

/// The first and the second derivative of the loss by a row's score, or their sums.
pub(super) type Slope = [f64; 2];

/// The sums of a leaf by column and bin; as many columns as [`Binned`] has lanes.
pub(super) struct Histogram(Vec<Bins>);

type Bins = [Slope; 256];

impl Histogram {
    pub fn new(groups: usize) -> Self {
        Self(vec![[[0.0; 2]; 256]; groups * LANES])
    }

    /// Sums the derivatives of `rows`, which are in the same order, anew.
    pub fn count(&mut self, binned: &Binned, rows: &[u32], slopes: &[[f32; 2]]) {
        self.0.as_flattened_mut().fill([0.0; 2]);
        let (lanes, _) = self.0.as_chunks_mut();
        for (lanes, bins) in lanes.iter_mut().zip(&binned.groups) {
            add(lanes, bins, rows, slopes);
        }
    }

    /// Takes away what another leaf has: the parent becomes the sibling.
    pub fn subtract(&mut self, other: &Self) {
        for (sum, other) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            sum[0] -= other[0];
            sum[1] -= other[1];
        }
    }

    pub fn column(&self, index: usize) -> &Bins {
        &self.0[index]
    }
}

/// The trainer's innermost loop: a bin is a byte and a lane has 256 of them, so that nothing needs a bounds check but the
/// row itself.
fn add(lanes: &mut [Bins; LANES], bins: &[[u8; LANES]], rows: &[u32], slopes: &[[f32; 2]]) {
    for (row, slope) in rows.iter().zip(slopes) {
        let slope = slope.map(f64::from);
        let bins = bins[*row as usize];
        for (lane, bin) in lanes.iter_mut().zip(bins) {
            let sum = &mut lane[usize::from(bin)];
            sum[0] += slope[0];
            sum[1] += slope[1];
        }
    }
}
