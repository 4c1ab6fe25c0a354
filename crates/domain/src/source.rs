//! Which rows an aggregate rests on.

use entity::SourceKind;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// The sources that an aggregate rests on: every answer says where it comes from.
pub type Sources = BTreeSet<SourceKind>;

/// Drops the simulated rows of stocks that have real ones.
pub(crate) fn drop_unreal<R>(rows: &mut Vec<R>, of: impl Fn(&R) -> (Uuid, SourceKind)) {
    let is_real = |source| source != SourceKind::Simulated;
    let real: HashSet<Uuid> =
        rows.iter().map(&of).filter(|(_, source)| is_real(*source)).map(|(stock, _)| stock).collect();
    rows.retain(|row| {
        let (stock, source) = of(row);
        is_real(source) || !real.contains(&stock)
    });
}
