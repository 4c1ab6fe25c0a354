//! Forests put together from parts.

use crate::tree::{Branch, Child, Forest, Leaf, Link, Parts, Side, Tree};

fn parts() -> Parts {
    let leaf = |score| Leaf { score, rows: 2.0 };
    let branch = |column, children| Branch { column, threshold: 0.5, missing: Side::Left, children };
    let tree = Tree {
        branches: vec![
            branch(0, [Child::Branch(1), Child::Leaf(2)]),
            branch(1, [Child::Leaf(0), Child::Leaf(1)]),
        ],
        leaves: vec![leaf(1.0), leaf(2.0), leaf(4.0)],
    };
    Parts { link: Link::Identity, base: 0.5, trees: vec![tree], importance: vec![0.75, 0.25] }
}

#[test]
fn a_row_goes_left_up_to_the_threshold() {
    let forest = Forest::new(parts()).unwrap();
    for (row, expected) in [
        ([0.5, 0.5], 1.5),
        ([0.5, 0.6], 2.5),
        ([0.6, 0.0], 4.5),
        ([f32::NAN, 0.6], 2.5),
        ([f32::NEG_INFINITY, f32::NAN], 1.5),
    ] {
        assert_eq!(forest.predict(&row).to_string(), expected.to_string(), "{row:?}");
    }
    let logistic = Forest::new(Parts { link: Link::Logistic, ..parts() }).unwrap();
    assert!((logistic.predict(&[0.0, 0.0]) - 1.0 / (1.0 + (-1.5_f64).exp())).abs() < 1e-15);
}

#[test]
fn what_is_no_tree_is_refused() {
    let broken: [fn(&mut Parts); 10] = [
        |parts| parts.trees.clear(),
        |parts| parts.importance.clear(),
        |parts| parts.base = f32::NAN,
        |parts| parts.trees[0].branches[1].column = 2,
        |parts| parts.trees[0].branches[1].threshold = f32::NAN,
        |parts| parts.trees[0].leaves[0].score = f32::INFINITY,
        |parts| parts.trees[0].leaves[0].rows = 0.0,
        // A circle, a leaf with two parents, one that is not there.
        |parts| parts.trees[0].branches[1].children[0] = Child::Branch(0),
        |parts| parts.trees[0].branches[1].children[0] = Child::Leaf(1),
        |parts| parts.trees[0].branches[1].children[0] = Child::Leaf(3),
    ];
    assert!(Forest::new(parts()).is_some());
    for (number, harm) in broken.into_iter().enumerate() {
        let mut parts = parts();
        harm(&mut parts);
        assert!(Forest::new(parts).is_none(), "{number}");
    }
}
