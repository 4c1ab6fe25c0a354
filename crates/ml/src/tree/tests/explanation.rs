//! Contributions are Shapley values.

use super::{Objective, Settings, grow, noisy};
use crate::tree::{Child, Forest, Tree};
use proptest::prelude::*;

/// The mean score of a tree over the rows of training where only the columns of `known` are the row's own.
fn mean(tree: &Tree, child: Child, row: &[f32], known: u32) -> (f64, f64) {
    let Child::Branch(index) = child else {
        let Child::Leaf(index) = child else { unreachable!() };
        let leaf = &tree.leaves[index as usize];
        return (f64::from(leaf.score), f64::from(leaf.rows));
    };
    let branch = &tree.branches[index as usize];
    let [left, right] = branch.children.map(|child| mean(tree, child, row, known));
    let rows = left.1 + right.1;
    if known & (1 << branch.column) != 0 {
        let taken = if branch.child(row) == branch.children[0] { left } else { right };
        return (taken.0, rows);
    }
    ((left.0 * left.1 + right.0 * right.1) / rows, rows)
}

/// Shapley's definition: over all sets of the other columns, what knowing this one changes.
fn shapley(forest: &Forest, row: &[f32], column: usize) -> f64 {
    let columns = forest.columns();
    let factorial = |number: usize| (1..=number).product::<usize>() as f64;
    let value = |known: u32| -> f64 {
        forest.parts().trees.iter().map(|tree| mean(tree, tree.root(), row, known).0).sum()
    };
    let without = (0..1_u32 << columns).filter(|set| set & (1 << column) == 0);
    without
        .map(|set| {
            let size = set.count_ones() as usize;
            let weight = factorial(size) * factorial(columns - size - 1) / factorial(columns);
            weight * (value(set | 1 << column) - value(set))
        })
        .sum()
}

#[test]
fn contributions_are_those_of_the_definition() {
    let (matrix, targets) = noisy(400, 8);
    let forest = grow(&matrix, &targets, &Settings { rounds: 3, ..Settings::new(Objective::Mean) });
    for row in matrix.iter().take(12) {
        let explanation = forest.explain(row);
        for (column, found) in explanation.contributions.iter().enumerate() {
            let expected = shapley(&forest, row, column);
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever the rows and the objective: the parts are the whole.
    #[test]
    fn contributions_and_base_add_up_to_the_score(
        seed in any::<u64>(),
        leaves in 2..40_usize,
        objective in prop::sample::select(vec![Objective::Mean, Objective::Probability, Objective::Quantile(0.1)]),
    ) {
        let (matrix, mut targets) = noisy(300, seed);
        if objective == Objective::Probability {
            targets = targets.into_iter().map(|target| f32::from(u8::from(target > 0.0))).collect();
        }
        let settings = Settings { rounds: 5, leaves, samples: 3, row_share: 0.8, ..Settings::new(objective) };
        let forest = grow(&matrix, &targets, &settings);
        for row in matrix.iter().take(30) {
            let explanation = forest.explain(row);
            let sum = explanation.base + explanation.contributions.iter().sum::<f64>();
            prop_assert!((sum - forest.score(row)).abs() < 1e-9);
        }
        let shares: f32 = forest.importance().iter().sum();
        prop_assert!((shares - 1.0).abs() < 1e-5);
    }
}
