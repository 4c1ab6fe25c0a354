//! Columns cut into bins.

use crate::matrix::Matrix;

/// The bin of values that are missing.
pub(super) const MISSING: u8 = 255;

/// The columns whose bins lie side by side, so that one load brings those of a row.
pub(super) const LANES: usize = 8;

/// The fewest values of a bin, as in LightGBM.
const LEAST: usize = 3;

/// A matrix of which only the order of each column's values is left, in at most 255 steps.
pub(super) struct Binned {
    pub edges: Vec<Edges>,
    /// Columns by eights, then rows; the lanes without a column hold 0.
    pub groups: Vec<Vec<[u8; LANES]>>,
}

impl Binned {
    pub fn new(matrix: &Matrix, bins: usize) -> Self {
        let edges: Vec<Edges> =
            (0..matrix.columns()).map(|column| Edges::of(matrix.column(column), bins)).collect();
        let group = |(number, edges): (usize, &[Edges])| {
            let lanes = |row: &[f32]| {
                let mut lanes = [0; LANES];
                for ((lane, edges), value) in lanes.iter_mut().zip(edges).zip(&row[number * LANES..]) {
                    *lane = edges.bin(*value);
                }
                lanes
            };
            matrix.iter().map(lanes).collect()
        };
        let groups = edges.chunks(LANES).enumerate().map(group).collect();
        Self { edges, groups }
    }
}

/// Where a column is cut: bin `i` holds what is above edge `i - 1` and not above edge `i`; the last edge is infinite.
#[derive(Debug, PartialEq)]
pub(super) struct Edges(Vec<f32>);

impl Edges {
    /// Cuts values into at most so many bins, as evenly filled as their ties allow; missing ones don't count.
    ///
    /// A value that comes up more often than a bin should hold has one of its own. Source: LightGBM's `GreedyFindBin`.
    fn of(values: impl Iterator<Item = f32>, bins: usize) -> Self {
        // Adding zero makes the two zeros one.
        let mut sorted: Vec<f32> = values.filter(|value| !value.is_nan()).map(|value| value + 0.0).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let distinct: Vec<(f32, usize)> = sorted
            .chunk_by(|one, other| one.total_cmp(other).is_eq())
            .map(|equal| (equal[0], equal.len()))
            .collect();
        let last =
            if distinct.len() <= bins { each(&distinct) } else { evenly(&distinct, sorted.len(), bins) };
        let between = last.into_iter().map(|index| middle(distinct[index].0, distinct[index + 1].0));
        Self(between.chain([f32::INFINITY]).collect())
    }

    pub fn bin(&self, value: f32) -> u8 {
        if value.is_nan() {
            return MISSING;
        }
        let bin = self.0.partition_point(|edge| *edge < value);
        u8::try_from(bin).expect("255 bins at most, and the last edge is infinite")
    }

    /// The largest value of a bin.
    pub fn upper(&self, bin: u8) -> f32 {
        self.0[usize::from(bin)]
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The last value of each bin but the last, where every value can have its own.
fn each(distinct: &[(f32, usize)]) -> Vec<usize> {
    let mut filled = 0;
    let mut ends = Vec::new();
    for (index, (_, count)) in distinct.iter().enumerate().take(distinct.len().saturating_sub(1)) {
        filled += count;
        if filled >= LEAST {
            ends.push(index);
            filled = 0;
        }
    }
    ends
}

/// The last value of each bin but the last, where values must share.
fn evenly(distinct: &[(f32, usize)], total: usize, bins: usize) -> Vec<usize> {
    let bins = bins.min(total / LEAST).max(1);
    let fair = total as f64 / bins as f64;
    let frequent = |count: usize| count as f64 >= fair;
    let (alone, crowd): (Vec<usize>, Vec<usize>) =
        distinct.iter().map(|(_, count)| *count).partition(|count| frequent(*count));
    let (mut rest, mut rest_bins) = (crowd.iter().sum::<usize>(), bins - alone.len());
    let mut wanted = rest as f64 / rest_bins.max(1) as f64;
    let (mut ends, mut filled) = (Vec::new(), 0);
    for (index, pair) in distinct.windows(2).enumerate() {
        let (count, next) = (pair[0].1, pair[1].1);
        filled += count;
        if ends.len() + 1 == bins {
            break;
        }
        let is_full = filled as f64 >= wanted || frequent(next) && filled as f64 >= (wanted / 2.0).max(1.0);
        if !frequent(count) {
            rest -= count;
        }
        if frequent(count) || is_full {
            ends.push(index);
            filled = 0;
            rest_bins -= usize::from(!frequent(count) && rest_bins > 0);
            wanted = rest as f64 / rest_bins.max(1) as f64;
        }
    }
    ends
}

/// A number that is at least `low` and below `high`: halfway, if one of single precision lies there.
fn middle(low: f32, high: f32) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "between two numbers of single precision")]
    let middle = f64::midpoint(f64::from(low), f64::from(high)) as f32;
    if low <= middle && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::{Edges, MISSING};
    use proptest::prelude::*;

    #[test]
    fn few_values_have_a_bin_each() {
        let values = [1.0, 2.0, 4.0].into_iter().cycle().take(9).chain([f32::NAN]);
        let edges = Edges::of(values, 255);
        assert_eq!(edges, Edges(vec![1.5, 3.0, f32::INFINITY]));
        assert_eq!([1.5, 1.6, f32::MAX, f32::NAN].map(|value| edges.bin(value)), [0, 1, 2, MISSING]);
    }

    #[test]
    fn bins_are_filled_evenly_around_a_frequent_value() {
        // Half of 2000 values are 500; the other 1000 share nine bins.
        let values = (0..1000_u16).map(f32::from).chain(std::iter::repeat_n(500.0, 1000));
        let edges = Edges::of(values.clone(), 10);
        let mut counts = vec![0; edges.len()];
        values.for_each(|value| counts[usize::from(edges.bin(value))] += 1);
        assert_eq!(edges.len(), 10);
        let most = counts.iter().filter(|count| **count < 1000).max();
        assert!(counts.contains(&1001) && most < Some(&150), "{counts:?}");
    }

    #[test]
    fn nothing_known_is_one_bin() {
        assert_eq!(Edges::of([f32::NAN; 3].into_iter(), 255), Edges(vec![f32::INFINITY]));
    }

    proptest! {
        #[test]
        fn bins_keep_the_order_of_any_floats(
            values in prop::collection::vec(any::<f32>(), 0..400),
            bins in 2..=255_usize,
        ) {
            let edges = Edges::of(values.iter().copied(), bins);
            prop_assert!(edges.len() <= bins && edges.0.is_sorted());
            let mut known: Vec<f32> = values.into_iter().filter(|value| !value.is_nan()).collect();
            known.sort_by(f32::total_cmp);
            prop_assert!(known.iter().map(|value| edges.bin(*value)).is_sorted());
            prop_assert!(known.iter().all(|value| *value <= edges.upper(edges.bin(*value))));
        }
    }
}
