use rustc_hash::FxHashMap;

use super::Fingerprint;

/// Members of a cluster that a band remembers: a brigade of thousands costs no more than one of eight.
const MOST_CANDIDATES: usize = 8;

/// Groups a stream of fingerprints into clusters of near-copies, in memory.
///
/// A text belongs to a cluster if it is near any of its members.
#[derive(Debug)]
pub struct NearIndex<Id> {
    members: Vec<(Id, Fingerprint)>,
    /// For each member one of its cluster that came before it, or itself: a union–find forest.
    parents: Vec<usize>,
    bands: FxHashMap<u32, Vec<usize>>,
}

impl<Id> NearIndex<Id> {
    pub fn new() -> Self {
        Self { members: Vec::new(), parents: Vec::new(), bands: FxHashMap::default() }
    }

    /// Adds a text and returns the first member of its cluster, if it is a near-copy of one before it.
    pub fn insert(&mut self, id: Id, fingerprint: Fingerprint) -> Option<&Id> {
        let position = self.members.len();
        self.members.push((id, fingerprint));
        self.parents.push(position);
        for key in fingerprint.bands() {
            for candidate in self.bands.get(&key).cloned().unwrap_or_default() {
                if self.members[candidate].1.is_near(&fingerprint) {
                    self.join(candidate, position);
                }
            }
            let band = self.bands.entry(key).or_default();
            if band.len() < MOST_CANDIDATES {
                band.push(position);
            }
        }
        let first = self.first(position);
        (first != position).then(|| &self.members[first].0)
    }

    /// The clusters of two or more, each in the order of insertion.
    pub fn clusters(&mut self) -> Vec<Vec<&Id>> {
        let firsts = (0..self.members.len()).map(|position| self.first(position)).collect::<Vec<_>>();
        let mut clusters = vec![Vec::new(); self.members.len()];
        for (first, (id, _)) in firsts.into_iter().zip(&self.members) {
            clusters[first].push(id);
        }
        clusters.retain(|cluster| cluster.len() > 1);
        clusters
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.first(left), self.first(right));
        // Towards the older, so that the root of a cluster is its first member.
        self.parents[left.max(right)] = left.min(right);
    }

    /// The first member of the cluster of the member at `position`; halves the path there for the next time.
    fn first(&mut self, mut position: usize) -> usize {
        while self.parents[position] != position {
            self.parents[position] = self.parents[self.parents[position]];
            position = self.parents[position];
        }
        position
    }
}

impl<Id> Default for NearIndex<Id> {
    fn default() -> Self {
        Self::new()
    }
}
