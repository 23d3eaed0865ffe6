//! That computed lines do what they are computed for.

use std::collections::HashSet;

use super::{Block, TransitionError, untouchable};
use crate::apply::apply;
use crate::canonical::canonical_of;
use crate::cli_line::CliLine;
use crate::diff::TreeDelta;
use crate::tree::{Owners, Tree};

/// Proves that the lines lead to the meaning of `to`: a text may hold one value several times.
pub(super) fn proven(
    from: &Tree,
    to: &Tree,
    owners: &Owners<'_>,
    lines: Vec<CliLine>,
) -> Result<Vec<CliLine>, TransitionError> {
    match apply(from, &lines) {
        Ok(reached) if canonical_of(reached.leaves_of(owners)) == canonical_of(to.leaves_of(owners)) => {
            Ok(lines)
        }
        _ => Err(TransitionError::NotProven),
    }
}

/// Tells whether each line that differs stands in a block: one that is nested as no device nests it does not.
pub(super) fn seen(delta: &TreeDelta, before: &[Block], after: &[Block]) -> Result<(), TransitionError> {
    let (before, after) = (paths_of(before), paths_of(after));
    let removed = delta
        .removed
        .iter()
        .chain(delta.changed.iter().map(|line| &line.before));
    let added = delta
        .added
        .iter()
        .chain(delta.changed.iter().map(|line| &line.after));
    let unseen = removed
        .filter(|path| !before.contains(path.as_str()))
        .chain(added.filter(|path| !after.contains(path.as_str())))
        .next();
    unseen.map_or(Ok(()), |path| Err(untouchable(path.as_str())))
}

fn paths_of(blocks: &[Block]) -> HashSet<&str> {
    let inside = blocks.iter().flat_map(|block| &block.lines);
    let inside = inside.map(|line| line.path.as_str());
    inside
        .chain(blocks.iter().map(|block| block.owner.as_str()))
        .collect()
}
