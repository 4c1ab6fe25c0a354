//! The operator's lists read back.

use super::{COLUMNS, LEAF, LEFT, MISSING, RIGHT, ROWS, SCORES_OF_LEAVES, THRESHOLDS, TREES};
use crate::{
    onnx::message::Node,
    tree::{Branch, Child, Leaf, Side, Tree},
};

/// The lists of an operator.
pub(super) struct Lists<'node> {
    modes: &'node [Vec<u8>],
    trees: &'node [i64],
    columns: &'node [i64],
    missing: &'node [i64],
    left: &'node [i64],
    right: &'node [i64],
    thresholds: &'node [f32],
    rows: &'node [f32],
    scores: &'node [f32],
}

impl<'node> Lists<'node> {
    pub fn of(node: &'node Node) -> Option<Self> {
        let ints = |name: &str| Some(&node.attribute(name)?.ints[..]);
        let floats = |name: &str| Some(&node.attribute(name)?.floats[..]);
        Some(Self {
            modes: &node.attribute("nodes_modes")?.strings,
            trees: ints(TREES)?,
            columns: ints(COLUMNS)?,
            missing: ints(MISSING)?,
            left: ints(LEFT)?,
            right: ints(RIGHT)?,
            thresholds: floats(THRESHOLDS)?,
            rows: floats(ROWS)?,
            scores: floats(SCORES_OF_LEAVES)?,
        })
    }

    /// The trees; `None` if the lists don't fit each other.
    pub fn to_trees(&self) -> Option<Vec<Tree>> {
        let (mut start, mut scores) = (0, self.scores.iter());
        let tree = |ids: &[i64]| {
            let nodes = start..start + ids.len();
            start = nodes.end;
            let modes = self.modes.get(nodes.clone())?;
            let middle = nodes.end - modes.iter().filter(|mode| *mode == LEAF.as_bytes()).count();
            let branch = |index| self.branch(index, middle - nodes.start);
            let mut leaf = |index: usize| Some(Leaf { score: *scores.next()?, rows: *self.rows.get(index)? });
            let branches = (nodes.start..middle).map(branch).collect::<Option<_>>()?;
            Some(Tree { branches, leaves: (middle..nodes.end).map(&mut leaf).collect::<Option<_>>()? })
        };
        self.trees.chunk_by(|one, other| one == other).map(tree).collect()
    }

    fn branch(&self, index: usize, branches: usize) -> Option<Branch> {
        Some(Branch {
            column: u32::try_from(*self.columns.get(index)?).ok()?,
            threshold: *self.thresholds.get(index)?,
            missing: if *self.missing.get(index)? == 1 { Side::Left } else { Side::Right },
            children: [child(*self.left.get(index)?, branches)?, child(*self.right.get(index)?, branches)?],
        })
    }
}

/// What a node's number stands for in a tree of so many branches.
fn child(id: i64, branches: usize) -> Option<Child> {
    let (id, branches) = (u32::try_from(id).ok()?, u32::try_from(branches).ok()?);
    Some(id.checked_sub(branches).map_or(Child::Branch(id), Child::Leaf))
}
