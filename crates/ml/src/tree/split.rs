//! Where to cut a leaf.

use super::{
    bin::{Edges, MISSING},
    forest::Side,
    histogram::{Histogram, Slope},
    settings::Settings,
};

/// A cut of a leaf in two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub column: usize,
    /// The last bin to the left.
    pub bin: u8,
    pub missing: Side,
    pub gain: f64,
    /// The sums of the derivatives left and right.
    pub sums: [Slope; 2],
}

/// A leaf, as far as its cut is concerned.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'leaf> {
    pub histogram: &'leaf Histogram,
    pub sums: Slope,
    pub rows: usize,
}

/// The score `-Σg / (Σh + λ)` at which a leaf's loss is least.
pub(super) fn best_score(sums: Slope, penalty: f64) -> f64 {
    let curvature = sums[1] + penalty;
    if curvature > 0.0 { -sums[0] / curvature } else { 0.0 }
}

/// Twice what that score takes off the loss: `Σg² / (Σh + λ)`.
fn gain(sums: Slope, penalty: f64) -> f64 {
    sums[0] * sums[0] / (sums[1] + penalty)
}

impl Candidate<'_> {
    /// The cut with the greatest gain; of equal ones the first. `None` if none is allowed.
    pub fn best(self, edges: &[Edges], columns: &[usize], settings: &Settings) -> Option<Split> {
        let mut best: Option<Split> = None;
        let mut offer = |split: Split| {
            if best.is_none_or(|best| split.gain > best.gain) {
                best = Some(split);
            }
        };
        for column in columns {
            let slopes = self.histogram.column(*column);
            let missing = slopes[usize::from(MISSING)];
            let known = &slopes[..edges[*column].len()];
            // What differences leave where nobody misses is less than half a row.
            let side = (missing[1] > self.of_rows(0.5)).then_some(Side::Right);
            self.scan(known, [0.0; 2], settings).map(|cut| self.split(*column, cut, side)).map(&mut offer);
            if side.is_some() {
                let side = Some(Side::Left);
                self.scan(known, missing, settings).map(|cut| self.split(*column, cut, side)).map(&mut offer);
            }
        }
        best
    }

    /// Where no row shows where missing ones belong, they go with the majority.
    fn split(self, column: usize, cut: Cut, missing: Option<Side>) -> Split {
        let left = cut.left;
        let right = minus(self.sums, left);
        let larger = if left[1] < right[1] { Side::Right } else { Side::Left };
        let Cut { bin, gain, .. } = cut;
        Split { column, bin, missing: missing.unwrap_or(larger), gain, sums: [left, right] }
    }

    /// The second derivatives of so many rows, as if all were equal.
    fn of_rows(self, rows: f64) -> f64 {
        rows * self.sums[1] / self.rows as f64
    }

    /// Walks over a column's bins, with `left` to the left of the first.
    fn scan(self, known: &[Slope], mut left: Slope, settings: &Settings) -> Option<Cut> {
        let penalty = settings.penalty;
        // Halves that are equal but for rounding gain nothing.
        let whole = gain(self.sums, penalty) * (1.0 + 1e-12) + settings.gain;
        // Half a row is for rounding.
        let least = settings.hessian.max(self.of_rows(settings.samples as f64 - 0.5));
        let mut best = Cut { bin: 0, gain: 0.0, left };
        for (bin, slope) in known.iter().enumerate() {
            left = [left[0] + slope[0], left[1] + slope[1]];
            let right = minus(self.sums, left);
            if right[1] < least {
                break;
            }
            if left[1] < least {
                continue;
            }
            let gain = gain(left, penalty) + gain(right, penalty) - whole;
            if gain > best.gain {
                let bin = u8::try_from(bin).expect("255 bins at most");
                best = Cut { bin, gain, left };
            }
        }
        (best.gain > 0.0).then_some(best)
    }
}

fn minus(whole: Slope, part: Slope) -> Slope {
    [whole[0] - part[0], whole[1] - part[1]]
}

#[derive(Clone, Copy)]
struct Cut {
    bin: u8,
    gain: f64,
    left: Slope,
}
