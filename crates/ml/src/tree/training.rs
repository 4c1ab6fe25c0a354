//! Boosting: each tree learns what those before it still get wrong.

use super::{
    Error,
    bin::Binned,
    forest::{Forest, Leaf, Parts, Tree},
    grower::{Grower, Grown, Sample},
    loss::quantile,
    sample,
    settings::{Objective, Settings},
    split::best_score,
};
use crate::{matrix::Matrix, random::splitmix};
use std::ops::ControlFlow;

/// Rows and what was to be predicted for each.
#[derive(Clone, Copy, Debug)]
pub struct Examples<'data> {
    matrix: &'data Matrix,
    targets: &'data [f32],
}

impl<'data> Examples<'data> {
    /// Pairs rows with their targets, of which there must be as many, and at least one.
    pub fn new(matrix: &'data Matrix, targets: &'data [f32]) -> Result<Self, Error> {
        match (matrix.rows(), targets.len()) {
            (0, 0) => Err(Error::Empty),
            (rows, targets) if rows != targets => Err(Error::Lengths { rows, targets }),
            (rows, _) if u32::try_from(rows).is_err() => Err(Error::TooManyRows),
            _ => Ok(Self { matrix, targets }),
        }
    }

    fn check(&self, objective: Objective) -> Result<(), Error> {
        let wrong = self.targets.iter().position(|target| !objective.accepts(*target));
        wrong.map_or(Ok(()), |row| Err(Error::Target(row)))
    }
}

/// How far training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// The trees grown so far.
    pub trees: usize,
    /// The loss on the rows to validate on: root mean square, logarithmic or pinball; `None` without such rows.
    pub loss: Option<f64>,
}

/// Grows a forest, and with rows to validate on keeps only the trees up to the best round.
///
/// Stops early after `patience` rounds that were no better, when no tree can gain anything, or when `progress`, which
/// hears of every round, says so.
pub fn train(
    training: Examples<'_>,
    validation: Option<Examples<'_>>,
    settings: &Settings,
    mut progress: impl FnMut(&Round) -> ControlFlow<()>,
) -> Result<Forest, Error> {
    check(training, validation, settings)?;
    let binned = Binned::new(training.matrix, settings.bins);
    let mut boosting = Boosting::new(training, validation, settings);
    let mut grower = Grower::new(&binned, settings);
    for round in 0..settings.rounds {
        let has_gained = boosting.grow(&mut grower, round);
        let is_told = progress(&boosting.round()).is_break();
        let is_over = !has_gained && !settings.is_sampled();
        if is_told || is_over || boosting.is_out_of_patience() {
            break;
        }
    }
    Ok(boosting.finish(training.matrix.columns()))
}

fn check(training: Examples<'_>, validation: Option<Examples<'_>>, settings: &Settings) -> Result<(), Error> {
    settings.check()?;
    training.check(settings.objective)?;
    let Some(validation) = validation else { return Ok(()) };
    validation.check(settings.objective)?;
    let (expected, found) = (training.matrix.columns(), validation.matrix.columns());
    if expected == found { Ok(()) } else { Err(Error::Columns { expected, found }) }
}

/// Everything that changes from round to round.
struct Boosting<'data> {
    settings: &'data Settings,
    training: Examples<'data>,
    validation: Option<Examples<'data>>,
    base: f32,
    /// By row: what the trees say so far.
    scores: Vec<f64>,
    validation_scores: Vec<f64>,
    slopes: Vec<[f32; 2]>,
    trees: Vec<Tree>,
    /// By tree and branch.
    gains: Vec<Vec<f64>>,
    loss: Option<f64>,
    best: Best,
}

/// The best round so far.
struct Best {
    loss: f64,
    trees: usize,
    rounds_since: usize,
}

impl<'data> Boosting<'data> {
    fn new(
        training: Examples<'data>,
        validation: Option<Examples<'data>>,
        settings: &'data Settings,
    ) -> Self {
        let base = finite(settings.objective.base(training.targets));
        let rows = training.targets.len();
        let validation_scores = vec![f64::from(base); validation.map_or(0, |rows| rows.targets.len())];
        let loss = validation.map(|rows| settings.objective.loss(&validation_scores, rows.targets));
        Self {
            settings,
            training,
            validation,
            base,
            scores: vec![f64::from(base); rows],
            validation_scores,
            slopes: vec![[0.0; 2]; rows],
            trees: Vec::new(),
            gains: Vec::new(),
            loss,
            best: Best { loss: loss.unwrap_or_default(), trees: 0, rounds_since: 0 },
        }
    }

    /// Adds a tree; false if none could gain anything.
    fn grow(&mut self, grower: &mut Grower<'_>, round: usize) -> bool {
        let settings = self.settings;
        let seed = splitmix(splitmix(settings.seed) ^ round as u64);
        settings.objective.slopes(&self.scores, self.training.targets, &mut self.slopes);
        let rows = u32::try_from(self.scores.len()).expect("counted when examples are made");
        let mut sample = Sample {
            rows: sample::rows(rows, settings.row_share, seed),
            slopes: &self.slopes,
            columns: sample::columns(self.training.matrix.columns(), settings.column_share, seed),
        };
        let grown = grower.grow(&mut sample);
        let (rows, has_gained) = (sample.rows, !grown.branches.is_empty());
        if has_gained {
            self.add(grown, &rows);
        }
        self.judge();
        has_gained
    }

    /// Gives the leaves their scores, and the rows theirs.
    fn add(&mut self, grown: Grown, rows: &[u32]) {
        let leaves = grown.leaves.iter().map(|leaf| {
            let score = self.settings.learning_rate * self.answer(leaf.sums, &rows[leaf.range.clone()]);
            Leaf { score: finite(score), rows: leaf.range.len() as f32 }
        });
        let tree = Tree { leaves: leaves.collect(), branches: grown.branches };
        if rows.len() < self.scores.len() {
            advance(&mut self.scores, &tree, self.training.matrix);
        } else {
            for (leaf, Leaf { score, .. }) in grown.leaves.iter().zip(&tree.leaves) {
                rows[leaf.range.clone()]
                    .iter()
                    .for_each(|row| self.scores[*row as usize] += f64::from(*score));
            }
        }
        if let Some(validation) = self.validation {
            advance(&mut self.validation_scores, &tree, validation.matrix);
        }
        self.trees.push(tree);
        self.gains.push(grown.gains);
    }

    /// The score that is best for the rows of a leaf.
    fn answer(&self, sums: [f64; 2], rows: &[u32]) -> f64 {
        let Objective::Quantile(level) = self.settings.objective else {
            return best_score(sums, self.settings.penalty);
        };
        let residual =
            |row: &u32| f64::from(self.training.targets[*row as usize]) - self.scores[*row as usize];
        quantile(rows.iter().map(residual).collect(), level)
    }

    /// Measures the round on the rows to validate on.
    fn judge(&mut self) {
        let Some(validation) = self.validation else { return };
        let loss = self.settings.objective.loss(&self.validation_scores, validation.targets);
        self.loss = Some(loss);
        self.best.rounds_since += 1;
        if loss < self.best.loss {
            self.best = Best { loss, trees: self.trees.len(), rounds_since: 0 };
        }
    }

    fn is_out_of_patience(&self) -> bool {
        self.best.rounds_since >= self.settings.patience
    }

    fn round(&self) -> Round {
        Round { trees: self.trees.len(), loss: self.loss }
    }

    fn finish(mut self, columns: usize) -> Forest {
        if self.validation.is_some() {
            self.trees.truncate(self.best.trees);
        }
        if self.trees.is_empty() {
            // The base alone is right for all rows.
            let leaf = Leaf { score: 0.0, rows: self.scores.len() as f32 };
            self.trees.push(Tree { branches: Vec::new(), leaves: vec![leaf] });
        }
        let importance = importance(&self.trees, &self.gains, columns);
        let parts =
            Parts { link: self.settings.objective.link(), base: self.base, trees: self.trees, importance };
        Forest::new(parts).expect("a grown tree is whole")
    }
}

/// The nearest number of single precision that is finite: where almost no second derivative is left, scores know no
/// bounds.
fn finite(score: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
    let score = score.clamp(f32::MIN.into(), f32::MAX.into()) as f32;
    score
}

fn advance(scores: &mut [f64], tree: &Tree, matrix: &Matrix) {
    for (score, row) in scores.iter_mut().zip(matrix.iter()) {
        *score += f64::from(tree.leaf(row).score);
    }
}

/// Each column's share of all gains.
fn importance(trees: &[Tree], gains: &[Vec<f64>], columns: usize) -> Vec<f32> {
    let mut sums = vec![0.0; columns];
    for (tree, gains) in trees.iter().zip(gains) {
        for (branch, gain) in tree.branches.iter().zip(gains) {
            sums[branch.column as usize] += gain;
        }
    }
    let total: f64 = sums.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
    sums.into_iter().map(|sum| (sum / total) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::finite;

    #[test]
    fn scores_stay_finite() {
        let found = [1e300, -1e300, f64::INFINITY, 0.5].map(finite);
        assert_eq!(found.map(f32::to_bits), [f32::MAX, f32::MIN, f32::MAX, 0.5].map(f32::to_bits));
    }
}
