//! What each column contributes to one prediction.

use super::forest::{Branch, Child, Forest, Tree};

/// A score taken apart: the base and the contributions add up to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The mean score of the rows that the forest was grown from.
    pub base: f64,
    /// By column, in units of the score: a probability is explained by the logarithm of its odds.
    pub contributions: Vec<f64>,
}

impl Forest {
    /// Takes the score of a row apart into its columns' Shapley values.
    ///
    /// A column that is not known counts with the mean over the rows of training, by the branches they took. Source:
    /// Lundberg, Erion & Lee (2018), "Consistent individualized feature attribution for tree ensembles", algorithm 2.
    pub fn explain(&self, row: &[f32]) -> Explanation {
        let mut contributions = vec![0.0; self.columns()];
        let mut base = f64::from(self.parts().base);
        for tree in &self.parts().trees {
            let covers = Covers::of(tree);
            base += covers.mean;
            let mut walk = Walk { tree, covers, row, contributions: &mut contributions };
            walk.visit(
                tree.root(),
                &Path::default(),
                Step { column: None, zero: 1.0, one: 1.0, weight: 0.0 },
            );
        }
        Explanation { base, contributions }
    }
}

/// How many rows of training each branch has seen, and their mean score.
struct Covers {
    branches: Vec<f64>,
    mean: f64,
}

impl Covers {
    fn of(tree: &Tree) -> Self {
        let mut covers = Self { branches: vec![0.0; tree.branches.len()], mean: 0.0 };
        for (index, branch) in tree.branches.iter().enumerate().rev() {
            covers.branches[index] =
                branch.children.into_iter().map(|child| covers.of_child(tree, child)).sum();
        }
        let total = covers.of_child(tree, tree.root());
        let weighted = tree.leaves.iter().map(|leaf| f64::from(leaf.score) * f64::from(leaf.rows));
        covers.mean = weighted.sum::<f64>() / total;
        covers
    }

    fn of_child(&self, tree: &Tree, child: Child) -> f64 {
        match child {
            Child::Branch(index) => self.branches[index as usize],
            Child::Leaf(index) => f64::from(tree.leaves[index as usize].rows),
        }
    }
}

struct Walk<'data> {
    tree: &'data Tree,
    covers: Covers,
    row: &'data [f32],
    contributions: &'data mut [f64],
}

impl Walk<'_> {
    fn visit(&mut self, child: Child, path: &Path, step: Step) {
        let mut path = path.clone();
        path.extend(step);
        match child {
            Child::Leaf(index) => {
                let score = f64::from(self.tree.leaves[index as usize].score);
                for (index, step) in path.0.iter().enumerate() {
                    let Some(column) = step.column else { continue };
                    self.contributions[column as usize] +=
                        path.weight_without(index) * (step.one - step.zero) * score;
                }
            }
            Child::Branch(index) => self.follow(index, path),
        }
    }

    /// Goes both ways: the one that the row takes, and the one that it does not.
    fn follow(&mut self, index: u32, mut path: Path) {
        let branch: Branch = self.tree.branches[index as usize];
        let (mut zero, mut one) = (1.0, 1.0);
        // A column that was asked already counts once.
        if let Some(at) = path.0.iter().position(|step| step.column == Some(branch.column)) {
            (zero, one) = (path.0[at].zero, path.0[at].one);
            path.unwind(at);
        }
        let taken = branch.child(self.row);
        let cover = self.covers.branches[index as usize];
        for child in branch.children {
            let share = self.covers.of_child(self.tree, child) / cover;
            let one = if child == taken { one } else { 0.0 };
            self.visit(
                child,
                &path,
                Step { column: Some(branch.column), zero: zero * share, one, weight: 0.0 },
            );
        }
    }
}

/// A column on the way to a leaf.
#[derive(Clone, Copy)]
struct Step {
    /// `None` at the root.
    column: Option<u32>,
    /// The share of rows that come this way if the column is not known.
    zero: f64,
    /// 1 if the row itself comes this way, else 0.
    one: f64,
    /// The weight of the sets of columns that have as many members as this step has steps before it.
    weight: f64,
}

/// The columns on the way to a leaf, each once.
#[derive(Clone, Default)]
struct Path(Vec<Step>);

impl Path {
    fn extend(&mut self, step: Step) {
        let last = self.0.len();
        let length = (last + 1) as f64;
        self.0.push(Step { weight: if last == 0 { 1.0 } else { 0.0 }, ..step });
        for index in (0..last).rev() {
            let weight = self.0[index].weight;
            self.0[index + 1].weight += step.one * weight * (index + 1) as f64 / length;
            self.0[index].weight = step.zero * weight * (last - index) as f64 / length;
        }
    }

    /// Takes a step back out, as if it had never been taken.
    fn unwind(&mut self, at: usize) {
        let mut weights = vec![0.0; self.0.len() - 1];
        self.weights_without(at, |index, weight| weights[index] = weight);
        self.0.remove(at);
        for (step, weight) in self.0.iter_mut().zip(weights) {
            step.weight = weight;
        }
    }

    /// What the leaf counts in the sets of columns without this one.
    fn weight_without(&self, at: usize) -> f64 {
        let mut sum = 0.0;
        self.weights_without(at, |_, weight| sum += weight);
        sum
    }

    fn weights_without(&self, at: usize, mut found: impl FnMut(usize, f64)) {
        let last = self.0.len() - 1;
        let length = (last + 1) as f64;
        let Step { zero, one, .. } = self.0[at];
        let mut next = self.0[last].weight;
        for index in (0..last).rev() {
            let (before, after) = ((index + 1) as f64 / length, (last - index) as f64 / length);
            let weight =
                if one > 0.0 { next / (before * one) } else { self.0[index].weight / (zero * after) };
            next = self.0[index].weight - weight * zero * after;
            found(index, weight);
        }
    }
}
