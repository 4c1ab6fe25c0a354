//! What two sources say about the same days.

use crate::adjustment::Action;

/// A day on which they differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disagreement<D> {
    pub day: D,
    /// One over the other, less 1.
    pub difference: f64,
}

/// The days that both have, and those of them on which the closes differ by more than `tolerance`, such as 0.01.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison<D> {
    pub days: usize,
    pub disagreements: Vec<Disagreement<D>>,
}

/// Compares closes, each sorted by day, on one basis: a source whose prices jump at a split of `actions` is adjusted for it.
pub fn compare<D: Copy + Ord>(
    one: &[(D, f64)],
    other: &[(D, f64)],
    actions: &[(D, Action)],
    tolerance: f64,
) -> Comparison<D> {
    let (one, other) = (split_adjusted(one, actions), split_adjusted(other, actions));
    let (mut days, mut disagreements) = (0, Vec::new());
    for (day, price) in &one {
        let Ok(at) = other.binary_search_by_key(day, |(day, _)| *day) else { continue };
        days += 1;
        let difference = price / other[at].1 - 1.0;
        if difference.abs() > tolerance {
            disagreements.push(Disagreement { day: *day, difference });
        }
    }
    Comparison { days, disagreements }
}

/// The closes with those before each split that they show multiplied by its factor.
fn split_adjusted<D: Copy + Ord>(closes: &[(D, f64)], actions: &[(D, Action)]) -> Vec<(D, f64)> {
    let mut adjusted = closes.to_vec();
    for (day, action) in actions {
        let Action::Split { new, old } = action else { continue };
        let ex = closes.partition_point(|(other, _)| other < day);
        let (Some(before), Some(now)) = (ex.checked_sub(1).and_then(|at| closes.get(at)), closes.get(ex))
        else {
            continue;
        };
        let (jump, step) = ((now.1 / before.1).ln(), (old / new).ln());
        // Nearer to the split than to no jump at all.
        if step.is_finite() && (jump - step).abs() < jump.abs() {
            adjusted[..ex].iter_mut().for_each(|(_, close)| *close *= old / new);
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::{Disagreement, compare};
    use crate::adjustment::Action;

    const SPLIT: [(u32, Action); 1] = [(3, Action::Split { new: 2.0, old: 1.0 })];

    #[test]
    fn traded_and_adjusted_closes_of_one_market_agree() {
        let traded = [(1, 100.0), (2, 102.0), (3, 51.5), (4, 52.0)];
        let adjusted = [(1, 50.0), (2, 51.0), (3, 51.5), (5, 52.0)];
        let compared = compare(&traded, &adjusted, &SPLIT, 0.001);
        assert_eq!((compared.days, compared.disagreements), (3, Vec::new()));
    }

    #[test]
    fn a_day_on_which_they_differ_stands_out() {
        let one = [(1, 100.0), (2, 103.0), (4, 100.0)];
        let other = [(1, 100.0), (2, 100.0), (4, 100.5)];
        let compared = compare(&one, &other, &[], 0.01);
        assert_eq!(compared.disagreements, [Disagreement { day: 2, difference: 103.0 / 100.0 - 1.0 }]);
    }

    #[test]
    fn nothing_in_common_is_nothing_compared() {
        assert_eq!(compare(&[(1, 1.0)], &[(2, 1.0)], &SPLIT, 0.01).days, 0);
        assert_eq!(compare::<u32>(&[], &[], &[], 0.01).days, 0);
    }
}
