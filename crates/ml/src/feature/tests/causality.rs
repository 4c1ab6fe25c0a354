//! Nothing that comes later changes what was known before.

use super::{Day, days};
use crate::{
    feature::{FeatureSet, Gaps, fill, narrow, sequences},
    matrix::Matrix,
    random::splitmix_at,
};
use proptest::prelude::*;

/// The first row up to `now` that changes when the days after `now` are scrambled, and one of them is spoilt.
fn first_leak(build: impl Fn(&[Day]) -> Matrix, days: &[Day], now: usize, seed: u64) -> Option<usize> {
    let mut scrambled = days.to_vec();
    let later = &mut scrambled[now + 1..];
    for index in (1..later.len()).rev() {
        let other = splitmix_at(seed, index as u64) % (index as u64 + 1);
        later.swap(index, usize::try_from(other).unwrap());
    }
    if let Some(day) = later.first_mut() {
        *day = Day { close: 3.0 * day.close, volume: Some(7.0), sentiment: None };
    }
    let (before, after) = (build(days), build(&scrambled));
    let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    (0..=now.min(before.rows() - 1)).find(|row| bits(before.row(*row)) != bits(after.row(*row)))
}

/// The rows of sequences by the row they end with, missing where there is none.
fn as_rows(matrix: &Matrix) -> Matrix {
    let found = sequences(matrix, 30);
    let width = 30 * matrix.columns();
    let mut values = vec![f32::NAN; matrix.rows() * width];
    for (end, sequence) in found.ends.iter().zip(found.values.chunks_exact(width)) {
        values[end * width..][..width].copy_from_slice(sequence);
    }
    Matrix::new(width, values).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn scrambling_the_future_leaves_the_past_byte_identical(
        count in 2..160_usize,
        now in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let (days, now) = (days(count, seed), now.index(count - 1));
        for set in [FeatureSet::V1, FeatureSet::V2] {
            prop_assert_eq!(first_leak(|days| set.build(days), &days, now, seed), None);
            for gaps in [Gaps::ForwardFill, Gaps::Interpolate] {
                prop_assert_eq!(first_leak(|days| fill(&set.build(days), gaps).matrix, &days, now, seed), None);
            }
            prop_assert_eq!(first_leak(|days| as_rows(&set.build(days)), &days, now, seed), None);
        }
    }

    /// The rows that stay when gaps are dropped are known on their day.
    #[test]
    fn what_is_dropped_does_not_depend_on_the_future(count in 60..160_usize, cut in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let (days, cut) = (days(count, seed), cut.index(count));
        let [short, long] = [&days[..cut], &days].map(|days| fill(&FeatureSet::V1.build(days), Gaps::Drop));
        prop_assert_eq!(&short.rows[..], &long.rows[..short.rows.len()]);
        prop_assert!(long.rows[short.rows.len()..].iter().all(|row| *row >= cut));
    }
}

/// Each of these looks ahead by a little, and is found out.
#[test]
fn planted_leaks_are_found() {
    let set = FeatureSet::V2;
    let days = days(120, 1);
    let tomorrow = |days: &[Day]| {
        let closes: Vec<f32> = days.iter().skip(1).chain(days.last()).map(|day| narrow(day.close)).collect();
        Matrix::new(1, closes).unwrap()
    };
    assert_eq!(first_leak(tomorrow, &days, 80, 1), Some(80));
    let scaled = |days: &[Day]| {
        let matrix = set.build(days);
        let most = days.iter().map(|day| narrow(day.close)).fold(0.0, f32::max);
        Matrix::new(matrix.columns(), matrix.values().iter().map(|value| value / most).collect()).unwrap()
    };
    assert!(first_leak(scaled, &days, 80, 1).is_some());
    // The line to the next known value, where a close is missing on day 80.
    let bridged = |days: &[Day]| {
        let close = |index: usize| {
            if index == 80 { f64::midpoint(days[79].close, days[81].close) } else { days[index].close }
        };
        Matrix::new(1, (0..days.len()).map(|index| narrow(close(index))).collect()).unwrap()
    };
    assert_eq!(first_leak(bridged, &days, 80, 1), Some(80));
    assert_eq!(first_leak(|days| set.build(days), &days, 80, 1), None);
}
