//! The model: trees, and what they add up to.

/// What the sum of the trees is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The prediction itself.
    Identity,
    /// The logarithm of a probability's odds.
    Logistic,
}

/// Where a row goes at a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// What a branch leads to, by its place in the tree's branches or leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    Branch(u32),
    Leaf(u32),
}

/// A question to a row: left if its value is not above the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branch {
    pub column: u32,
    pub threshold: f32,
    /// Where rows go whose value is missing.
    pub missing: Side,
    /// Left and right.
    pub children: [Child; 2],
}

/// An answer, and the number of rows that it was learned from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaf {
    pub score: f32,
    pub rows: f32,
}

/// One tree; its root is the first branch, or the only leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Every branch before those that it leads to.
    pub branches: Vec<Branch>,
    pub leaves: Vec<Leaf>,
}

/// What a forest is put together from.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    pub link: Link,
    /// What the trees' answers are added to.
    pub base: f32,
    pub trees: Vec<Tree>,
    /// By column: its share of all that splits gained.
    pub importance: Vec<f32>,
}

/// Trees whose answers add up to a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest(Parts);

impl Forest {
    /// Puts a forest together; `None` without trees, if one is not whole, asks for a column beyond those of `importance`, or a number
    /// is not finite.
    pub fn new(parts: Parts) -> Option<Self> {
        let columns = parts.importance.len();
        let finite = parts.importance.iter().chain([&parts.base]).all(|number| number.is_finite());
        let some = columns > 0 && !parts.trees.is_empty();
        let sound = some && finite && parts.trees.iter().all(|tree| tree.is_sound(columns));
        sound.then_some(Self(parts))
    }

    /// The prediction for a row, which has a value or NaN for every column: a value, or a probability.
    pub fn predict(&self, row: &[f32]) -> f64 {
        match self.0.link {
            Link::Identity => self.score(row),
            Link::Logistic => logistic(self.score(row)),
        }
    }

    /// The sum of the trees' answers: the prediction before its link.
    pub fn score(&self, row: &[f32]) -> f64 {
        let answers = self.0.trees.iter().map(|tree| f64::from(tree.leaf(row).score));
        f64::from(self.0.base) + answers.sum::<f64>()
    }

    pub fn parts(&self) -> &Parts {
        &self.0
    }

    pub fn columns(&self) -> usize {
        self.0.importance.len()
    }

    /// By column: its share of all that splits gained; together 1, or all 0 without any split.
    pub fn importance(&self) -> &[f32] {
        &self.0.importance
    }
}

impl Tree {
    /// Where a row ends up.
    pub(super) fn leaf(&self, row: &[f32]) -> &Leaf {
        let mut child = self.root();
        loop {
            match child {
                Child::Branch(index) => child = self.branches[index as usize].child(row),
                Child::Leaf(index) => return &self.leaves[index as usize],
            }
        }
    }

    pub(super) fn root(&self) -> Child {
        if self.branches.is_empty() { Child::Leaf(0) } else { Child::Branch(0) }
    }

    /// Whether everything has exactly one parent, before it, and every number means something.
    fn is_sound(&self, columns: usize) -> bool {
        let mut branches = vec![0_u8; self.branches.len()];
        let mut leaves = vec![0_u8; self.leaves.len()];
        let mut seen = |child: Child, least: usize| {
            let (counts, index) = match child {
                Child::Branch(index) => (&mut branches[..], index as usize),
                Child::Leaf(index) => (&mut leaves[..], index as usize),
            };
            let is_later = matches!(child, Child::Leaf(_)) || index >= least;
            is_later && counts.get_mut(index).map(|count| *count = count.saturating_add(1)).is_some()
        };
        let mut later = self.branches.iter().enumerate().all(|(index, branch)| {
            let numbers = (branch.column as usize) < columns && !branch.threshold.is_nan();
            numbers && branch.children.into_iter().all(|child| seen(child, index + 1))
        });
        later &= seen(self.root(), 0);
        let known = |leaf: &Leaf| leaf.score.is_finite() && leaf.rows.is_finite() && leaf.rows > 0.0;
        later && branches.iter().chain(&leaves).all(|count| *count == 1) && self.leaves.iter().all(known)
    }
}

impl Branch {
    /// What the branch leads a row to.
    pub(super) fn child(&self, row: &[f32]) -> Child {
        let value = row[self.column as usize];
        let is_right = value > self.threshold || (value.is_nan() && self.missing == Side::Right);
        self.children[usize::from(is_right)]
    }
}

/// The probability whose odds have this logarithm.
pub(crate) fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}
