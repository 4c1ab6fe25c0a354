//! The operator's lists read back.

use super::{
    BASES, COLUMNS, IMPORTANCE, LEAF, LEFT, MISSING, RIGHT, ROWS, SCORES_OF_LEAVES, TARGETS, THRESHOLDS,
    TREES,
};
use crate::{
    onnx::{Error, File, message::Node},
    tree::{Branch, Child, Forest, Leaf, Link, Parts, Side, Tree},
};

/// The forests of an operator, each with its base and its trees.
pub(super) fn forests(file: &File, node: &Node, link: Link) -> Result<Vec<Forest>, Error> {
    let damaged = "its importance is missing or damaged";
    let importance = file.tensor(IMPORTANCE).ok_or(Error::Content(damaged))?;
    let trees = Lists::of(node).and_then(|lists| lists.to_trees());
    let trees = trees.ok_or(Error::Content("its trees are missing or damaged"))?;
    let bases = node.attribute(BASES).map(|attribute| &attribute.floats[..]);
    let bases = bases.filter(|bases| !bases.is_empty()).ok_or(Error::Content("its base is missing"))?;
    if !importance.len().is_multiple_of(bases.len()) {
        return Err(Error::Content(damaged));
    }
    let columns = importance.len() / bases.len();
    let forest = |(target, base): (usize, &f32)| {
        let trees = trees.iter().filter(|(of, _)| usize::try_from(*of) == Ok(target));
        let importance = importance[target * columns..][..columns].to_vec();
        Forest::new(Parts {
            link,
            base: *base,
            trees: trees.map(|(_, tree)| tree.clone()).collect(),
            importance,
        })
    };
    let forests = bases.iter().enumerate().map(forest).collect::<Option<_>>();
    forests.ok_or(Error::Content("its numbers make no trees"))
}

/// The lists of an operator.
struct Lists<'node> {
    modes: &'node [Vec<u8>],
    trees: &'node [i64],
    columns: &'node [i64],
    missing: &'node [i64],
    left: &'node [i64],
    right: &'node [i64],
    thresholds: &'node [f32],
    rows: &'node [f32],
    targets: &'node [i64],
    scores: &'node [f32],
}

impl<'node> Lists<'node> {
    fn of(node: &'node Node) -> Option<Self> {
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
            targets: ints(TARGETS)?,
            scores: floats(SCORES_OF_LEAVES)?,
        })
    }

    /// The trees, each with the target of its leaves; `None` if the lists don't fit each other.
    fn to_trees(&self) -> Option<Vec<(i64, Tree)>> {
        let (mut start, mut scores) = (0, self.targets.iter().zip(self.scores));
        let tree = |ids: &[i64]| {
            let nodes = start..start + ids.len();
            start = nodes.end;
            let modes = self.modes.get(nodes.clone())?;
            let middle = nodes.end - modes.iter().filter(|mode| *mode == LEAF.as_bytes()).count();
            let branch = |index| self.branch(index, middle - nodes.start);
            let mut target = None;
            let mut leaf = |index: usize| {
                let (of, score) = scores.next()?;
                // Another than the first one's would be written otherwise, which whoever reads a graph checks.
                target.get_or_insert(*of);
                Some(Leaf { score: *score, rows: *self.rows.get(index)? })
            };
            let branches = (nodes.start..middle).map(branch).collect::<Option<_>>()?;
            let leaves = (middle..nodes.end).map(&mut leaf).collect::<Option<_>>()?;
            Some((target?, Tree { branches, leaves }))
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
