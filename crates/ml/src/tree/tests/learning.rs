//! What trees learn, by hand.

use super::{Error, Examples, Objective, Settings, column, grow, noisy, one_tree, train, try_grow};
use crate::matrix::Matrix;
use proptest::prelude::*;
use std::ops::ControlFlow;

#[track_caller]
fn check(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
}

const STEP: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
const OUTCOMES: [f32; 6] = [0.0, 0.0, 0.0, 9.0, 9.0, 9.0];

#[test]
fn a_leaf_says_the_mean_of_its_rows_and_a_penalty_shrinks_it() {
    let matrix = column(&STEP);
    for (penalty, low, high) in [(0.0, 0.0, 9.0), (3.0, 2.25, 6.75)] {
        // From the mean 4.5 each side is 13.5 away in sum: 13.5 / (3 + λ).
        let forest = grow(&matrix, &OUTCOMES, &Settings { penalty, ..one_tree(Objective::Mean) });
        check(forest.predict(&[3.5]), low);
        check(forest.predict(&[3.500_001]), high);
        assert_eq!(forest.parts().trees[0].branches[0].threshold.to_bits(), 3.5_f32.to_bits());
    }
}

#[test]
fn a_probability_takes_one_newton_step() {
    let targets = OUTCOMES.map(|outcome| outcome / 9.0);
    let forest = grow(&column(&STEP), &targets, &one_tree(Objective::Probability));
    // At the odds 1 : 1 each side has Σg = ∓1.5 and Σh = 0.75.
    check(forest.score(&[1.0]), -2.0);
    check(forest.predict(&[6.0]), 1.0 / (1.0 + (-2.0_f64).exp()));
}

#[test]
fn a_quantile_is_renewed_from_the_rows_of_its_leaf() {
    let targets = [0.0, 1.0, 2.0, 10.0, 11.0, 18.0];
    let two_leaves = Settings { leaves: 2, samples: 3, ..one_tree(Objective::Quantile(0.75)) };
    let forest = grow(&column(&STEP), &targets, &two_leaves);
    check(forest.predict(&[2.0]), 1.5);
    check(forest.predict(&[5.0]), 14.5);
}

#[test]
fn missing_values_go_where_they_belong() {
    let values = [&STEP[..], &[f32::NAN; 3]].concat();
    for (missing, expected) in [(0.0, 0.0), (9.0, 9.0)] {
        let targets = [&OUTCOMES[..], &[missing; 3]].concat();
        let forest = grow(&column(&values), &targets, &Settings { leaves: 2, ..one_tree(Objective::Mean) });
        check(forest.predict(&[f32::NAN]), expected);
        check(forest.predict(&[1.0]), 0.0);
        check(forest.predict(&[6.0]), 9.0);
    }
    // Where nothing but their being missing tells rows apart, that is what is asked.
    let targets = [&[1.0; 6][..], &[5.0; 3]].concat();
    let forest = grow(&column(&values), &targets, &one_tree(Objective::Mean));
    check(forest.predict(&[f32::NAN]), 5.0);
    check(forest.predict(&[f32::INFINITY]), 1.0);
    // Where none was missing, the majority's way is taken.
    for (low, high, expected) in [(3, 6, 9.0), (6, 3, 0.0)] {
        let halves = |left: f32, right: f32| [vec![left; low], vec![right; high]].concat();
        let forest = grow(&column(&halves(1.0, 2.0)), &halves(0.0, 9.0), &one_tree(Objective::Mean));
        check(forest.predict(&[f32::NAN]), expected);
    }
}

#[test]
fn leaves_keep_to_their_limits() {
    let (matrix, targets) = noisy(2_000, 1);
    let settings = Settings { rounds: 5, leaves: 12, samples: 60, ..Settings::new(Objective::Mean) };
    for tree in &grow(&matrix, &targets, &settings).parts().trees {
        assert!(tree.leaves.len() == 12 && tree.leaves.iter().all(|leaf| leaf.rows >= 60.0));
        assert_eq!(tree.leaves.iter().map(|leaf| leaf.rows).sum::<f32>().to_bits(), 2_000.0_f32.to_bits());
    }
    let greedy = grow(&matrix, &targets, &Settings { gain: 1e9, ..settings });
    assert!(greedy.parts().trees.iter().all(|tree| tree.branches.is_empty()));
    let curved = grow(&matrix, &targets, &Settings { hessian: 500.0, ..settings });
    assert!(curved.parts().trees[0].leaves.iter().all(|leaf| leaf.rows >= 500.0));
}

#[test]
fn one_tree_of_many_leaves_leaves_no_mean_error_in_any() {
    let (matrix, targets) = noisy(500, 2);
    let forest = grow(&matrix, &targets, &one_tree(Objective::Mean));
    let tree = &forest.parts().trees[0];
    for wanted in &tree.leaves {
        let rows = (0..500).filter(|row| std::ptr::eq(tree.leaf(matrix.row(*row)), wanted));
        let errors: Vec<f64> =
            rows.map(|row| f64::from(targets[row]) - forest.predict(matrix.row(row))).collect();
        assert_eq!(errors.len().to_string(), wanted.rows.to_string());
        check(errors.iter().sum::<f64>() / errors.len() as f64, 0.0);
    }
}

#[test]
fn training_stops_after_the_best_round_or_when_told_to() {
    let (matrix, targets) = noisy(300, 3);
    let (unseen, outcomes) = noisy(300, 4);
    let validation = Examples::new(&unseen, &outcomes).unwrap();
    let settings =
        Settings { rounds: 500, learning_rate: 0.5, patience: 10, ..Settings::new(Objective::Mean) };
    let examples = Examples::new(&matrix, &targets).unwrap();
    let mut losses = Vec::new();
    let forest = train(examples, Some(validation), &settings, |round| {
        losses.push(round.loss.unwrap());
        ControlFlow::Continue(())
    });
    let forest = forest.unwrap();
    let trees = forest.parts().trees.len();
    let best = losses.iter().copied().fold(f64::MAX, f64::min);
    assert!(trees < 100 && losses.len() == trees + 10 && losses[trees - 1] <= best, "{trees} of {losses:?}");
    let errors = unseen.iter().zip(&outcomes).map(|(row, outcome)| forest.predict(row) - f64::from(*outcome));
    check((errors.map(|error| error * error).sum::<f64>() / 300.0).sqrt(), best);
    let told = train(examples, None, &settings, |round| {
        if round.trees < 7 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!(told.unwrap().parts().trees.len(), 7);
}

#[test]
fn the_same_rows_and_seed_give_the_same_bits() {
    let (matrix, targets) = noisy(1_000, 5);
    let shares = Settings { row_share: 0.7, column_share: 0.6, ..Settings::new(Objective::Mean) };
    let settings = Settings { rounds: 10, seed: 1, ..shares };
    let forest = grow(&matrix, &targets, &settings);
    assert_eq!(forest, grow(&matrix, &targets, &settings));
    assert_ne!(forest, grow(&matrix, &targets, &Settings { seed: 2, ..settings }));
    let rows: f32 = forest.parts().trees[0].leaves.iter().map(|leaf| leaf.rows).sum();
    assert!(rows > 600.0 && rows < 800.0, "{rows}");
    let mut columns: Vec<u32> = forest.parts().trees[0].branches.iter().map(|branch| branch.column).collect();
    columns.sort_unstable();
    columns.dedup();
    assert!(columns.len() <= 3, "{columns:?}");
}

#[test]
fn equal_targets_need_no_branch() {
    let (matrix, _) = noisy(100, 6);
    let forest = grow(&matrix, &[0.1; 100], &one_tree(Objective::Mean));
    assert_eq!((forest.parts().trees[0].leaves.len(), forest.importance()), (1, &[0.0; 5][..]));
    check(forest.predict(matrix.row(0)), 0.1);
}

#[test]
fn what_cannot_be_trained_on_is_named() {
    let (matrix, targets) = noisy(10, 7);
    let refused = |targets: &[f32], settings| try_grow(&matrix, targets, &settings).unwrap_err();
    let settings = Settings::new(Objective::Mean);
    assert_eq!(refused(&targets[1..], settings), Error::Lengths { rows: 10, targets: 9 });
    assert_eq!(refused(&[f32::NAN; 10], settings), Error::Target(0));
    // The difference of two such would not be finite.
    let far = [f32::MAX, f32::MIN].repeat(5);
    assert_eq!(refused(&far, Settings::new(Objective::Quantile(0.5))), Error::Target(0));
    assert_eq!(refused(&[0.5; 10], Settings::new(Objective::Probability)), Error::Target(0));
    assert_eq!(refused(&targets, Settings::new(Objective::Quantile(1.0))), Error::Setting("objective"));
    assert_eq!(refused(&targets, Settings { leaves: 1, ..settings }), Error::Setting("leaves"));
    assert_eq!(refused(&targets, Settings { bins: 256, ..settings }), Error::Setting("bins"));
    assert_eq!(
        refused(&targets, Settings { learning_rate: f64::NAN, ..settings }),
        Error::Setting("learning_rate")
    );
    let nothing = Matrix::new(5, Vec::new()).unwrap();
    assert_eq!(try_grow(&nothing, &[], &settings).unwrap_err(), Error::Empty);
    let narrow = column(&[1.0]);
    let validation = Examples::new(&narrow, &[1.0]).unwrap();
    let examples = Examples::new(&matrix, &targets).unwrap();
    let error = train(examples, Some(validation), &settings, |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error, Error::Columns { expected: 5, found: 1 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_floats_can_be_learned_from(
        values in prop::collection::vec(any::<f32>(), 60..120),
        targets in prop::collection::vec(prop_oneof![-1e6_f32..1e6, Just(8e37), Just(-8e37)], 40),
        level in 0.1..0.9_f64,
    ) {
        let rows = values.len() / 3;
        let matrix = Matrix::new(3, values[..rows * 3].to_vec()).unwrap();
        for objective in [Objective::Mean, Objective::Probability, Objective::Quantile(level)] {
            let class = |target: &f32| f32::from(u8::from(*target > 0.0));
            let classes = targets.iter().map(class).collect();
            let targets = if objective == Objective::Probability { classes } else { targets.clone() };
            let settings = Settings { rounds: 200, ..one_tree(objective) };
            let forest = grow(&matrix, &targets[..rows], &settings);
            prop_assert!(matrix.iter().all(|row| forest.predict(row).is_finite()));
        }
    }
}
