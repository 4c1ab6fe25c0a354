//! One tree, grown leaf by leaf where the loss falls most.

use super::{
    bin::{Binned, LANES, MISSING},
    forest::{Branch, Child, Side},
    histogram::{Histogram, Slope},
    partition::partition,
    settings::Settings,
    split::{Candidate, Split},
};
use std::ops::Range;

/// What is used again for every leaf of every tree.
pub(super) struct Grower<'data> {
    binned: &'data Binned,
    settings: &'data Settings,
    spare: Vec<Histogram>,
    scratch: Vec<u32>,
    ordered: Vec<[f32; 2]>,
}

/// What a tree is grown from.
pub(super) struct Sample<'data> {
    /// The rows it sees; ends up sorted by leaf.
    pub rows: Vec<u32>,
    /// The derivatives of every row, seen or not.
    pub slopes: &'data [[f32; 2]],
    pub columns: Vec<usize>,
}

/// A tree whose leaves have no scores yet.
pub(super) struct Grown {
    pub branches: Vec<Branch>,
    pub leaves: Vec<Leaf>,
    /// What each branch gained.
    pub gains: Vec<f64>,
}

pub(super) struct Leaf {
    /// Its rows among the sample's.
    pub range: Range<usize>,
    pub sums: Slope,
    parent: Option<(usize, Side)>,
    next: Option<Next>,
}

/// The cut that a leaf would get, and the histogram that it was found in.
struct Next {
    split: Split,
    histogram: Histogram,
}

impl<'data> Grower<'data> {
    pub fn new(binned: &'data Binned, settings: &'data Settings) -> Self {
        Self { binned, settings, spare: Vec::new(), scratch: Vec::new(), ordered: Vec::new() }
    }

    pub fn grow(&mut self, sample: &mut Sample<'_>) -> Grown {
        self.scratch.resize(sample.rows.len(), 0);
        let mut tree = Grown { branches: Vec::new(), leaves: vec![self.root(sample)], gains: Vec::new() };
        while tree.leaves.len() < self.settings.leaves {
            let Some((index, next)) = tree.take_best() else { break };
            self.split(&mut tree, sample, (index, next));
        }
        self.spare
            .extend(tree.leaves.iter_mut().filter_map(|leaf| leaf.next.take()).map(|next| next.histogram));
        tree
    }

    fn root(&mut self, sample: &Sample<'_>) -> Leaf {
        let range = 0..sample.rows.len();
        let histogram = self.counted(sample, &range);
        let sums = self.ordered.iter().fold([0.0; 2], |sums: Slope, slope| {
            [sums[0] + f64::from(slope[0]), sums[1] + f64::from(slope[1])]
        });
        let mut root = Leaf { range, sums, parent: None, next: None };
        self.plan(&mut root, histogram, sample);
        root
    }

    fn split(&mut self, tree: &mut Grown, sample: &mut Sample<'_>, (index, next): (usize, Next)) {
        let Next { split, histogram } = next;
        let range = tree.leaves[index].range.clone();
        let bins = &self.binned.groups[split.column / LANES];
        let is_left = |row: u32| {
            let bin = bins[row as usize][split.column % LANES];
            bin <= split.bin || (bin == MISSING && split.missing == Side::Left)
        };
        let middle = range.start + partition(&mut sample.rows[range], &mut self.scratch, is_left);
        let threshold = self.binned.edges[split.column].upper(split.bin);
        tree.branch(index, &split, threshold, middle);
        if tree.leaves.len() < self.settings.leaves {
            let newest = tree.leaves.len() - 1;
            let [left, right] = tree.leaves.get_disjoint_mut([index, newest]).expect("two leaves");
            self.plan_both([left, right], histogram, sample);
        } else {
            self.spare.push(histogram);
        }
    }

    /// Counts the smaller of two siblings; the larger has what is left of their parent.
    fn plan_both(&mut self, mut leaves: [&mut Leaf; 2], mut parent: Histogram, sample: &Sample<'_>) {
        leaves.sort_by_key(|leaf| leaf.range.len());
        let [smaller, larger] = leaves;
        if !self.is_divisible(larger) {
            self.spare.push(parent);
            return;
        }
        let histogram = self.counted(sample, &smaller.range);
        parent.subtract(&histogram);
        self.plan(smaller, histogram, sample);
        self.plan(larger, parent, sample);
    }

    fn plan(&mut self, leaf: &mut Leaf, histogram: Histogram, sample: &Sample<'_>) {
        let candidate = Candidate { histogram: &histogram, sums: leaf.sums, rows: leaf.range.len() };
        let split = if self.is_divisible(leaf) {
            candidate.best(&self.binned.edges, &sample.columns, self.settings)
        } else {
            None
        };
        match split {
            Some(split) => leaf.next = Some(Next { split, histogram }),
            None => self.spare.push(histogram),
        }
    }

    fn is_divisible(&self, leaf: &Leaf) -> bool {
        leaf.range.len() >= 2 * self.settings.samples
    }

    fn counted(&mut self, sample: &Sample<'_>, range: &Range<usize>) -> Histogram {
        let rows = &sample.rows[range.clone()];
        self.ordered.clear();
        self.ordered.extend(rows.iter().map(|row| sample.slopes[*row as usize]));
        let mut histogram = self.spare.pop().unwrap_or_else(|| Histogram::new(self.binned.groups.len()));
        histogram.count(self.binned, rows, &self.ordered);
        histogram
    }
}

impl Grown {
    /// The leaf whose cut gains most, of equal ones the oldest, and that cut.
    fn take_best(&mut self) -> Option<(usize, Next)> {
        let gain = |leaf: &Leaf| leaf.next.as_ref().map_or(0.0, |next| next.split.gain);
        let mut best = 0;
        for index in 1..self.leaves.len() {
            if gain(&self.leaves[index]) > gain(&self.leaves[best]) {
                best = index;
            }
        }
        Some((best, self.leaves[best].next.take()?))
    }

    /// Makes a branch of a leaf, which becomes its left child; the right one is the newest.
    fn branch(&mut self, index: usize, split: &Split, threshold: f32, middle: usize) {
        let (branch, right) = (self.branches.len(), self.leaves.len());
        let [left, new] = split.sums;
        let leaf = &mut self.leaves[index];
        if let Some((parent, side)) = leaf.parent {
            self.branches[parent].children[side as usize] = Child::Branch(place(branch));
        }
        let end = std::mem::replace(&mut leaf.range.end, middle);
        (leaf.sums, leaf.parent) = (left, Some((branch, Side::Left)));
        self.leaves.push(Leaf {
            range: middle..end,
            sums: new,
            parent: Some((branch, Side::Right)),
            next: None,
        });
        let children = [index, right].map(|leaf| Child::Leaf(place(leaf)));
        self.branches.push(Branch {
            column: place(split.column),
            threshold,
            missing: split.missing,
            children,
        });
        self.gains.push(split.gain);
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).expect("columns and leaves are counted in 16 bits")
}
