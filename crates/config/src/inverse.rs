//! Lines that lead from one tree to another, and the lines that take an edit back.

mod proof;

use std::collections::HashMap;

use proof::{proven, seen};
use thiserror::Error;

use crate::apply::{ApplyError, apply};
use crate::canonical::meaning_of;
use crate::cli_line::{CliLine, RefusedLine};
use crate::diff::{TreeDelta, diff};
use crate::path::{ConfigPath, INSTANCE, below, owner_of};
use crate::statement::{Key, Setting, Subinterface, TagForm, Target, VlanListItem};
use crate::tree::{Owners, Tree};

/// Why no lines lead from one tree to another.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TransitionError {
    /// A line differs that is kept but never touched.
    #[error("{path} differs, and no line that may be sent changes it")]
    Untouchable {
        /// The line.
        path: ConfigPath,
    },
    /// The statement that would be needed may not be sent.
    #[error("{path} can't be changed by a line")]
    Refused {
        /// The line.
        path: ConfigPath,
        /// Why.
        #[source]
        source: RefusedLine,
    },
    /// The forward lines don't fit the base.
    #[error("the forward lines do not fit the base")]
    Forward(#[source] ApplyError),
    /// The computed lines were applied and did not give what is wanted.
    #[error("the computed lines do not lead to what is wanted")]
    NotProven,
}

/// Computes the lines that take `forward` back, from the pre-image, and proves them:
/// `apply(inverse, apply(forward, base))` prints the bytes of `base`.
///
/// # Errors
/// [`TransitionError`]; then there is no reverse and the plan must not be shown.
pub fn inverse(base: &Tree, forward: &[CliLine]) -> Result<Vec<CliLine>, TransitionError> {
    let after = apply(base, forward).map_err(TransitionError::Forward)?;
    let texts = forward
        .iter()
        .map(|line| line.as_str().strip_prefix("no ").unwrap_or(line.as_str()));
    let owners: Owners<'_> = texts.filter_map(owner_of).collect();
    let reverse = lines_between(&after, base, &owners)?;
    match apply(&after, &reverse) {
        Ok(back) if back.print() == base.print() => Ok(reverse),
        _ => Err(TransitionError::NotProven),
    }
}

/// Computes the lines that lead from one tree to the meaning of another, over interfaces and bridge domain instances.
///
/// Members go before the sub-interfaces that they name, and come after nothing that they need (REF 4.3): removals of
/// bridge domains first, then of interfaces, then what bridge domains gain, then what interfaces gain.
///
/// # Errors
/// [`TransitionError`] when a line differs that may not be sent, or when the lines, applied, do not mean the same.
pub fn transition(from: &Tree, to: &Tree) -> Result<Vec<CliLine>, TransitionError> {
    let delta = diff(from, to);
    let owners = touched_owners(&delta)?;
    let (before, after) = (blocks(from, &owners), blocks(to, &owners));
    seen(&delta, &before, &after)?;
    proven(from, to, &owners, lead(&before, &after)?)
}

/// Computes the lines of [`transition`] in both directions from one comparison.
///
/// # Errors
/// As [`transition`].
pub fn there_and_back(from: &Tree, to: &Tree) -> Result<(Vec<CliLine>, Vec<CliLine>), TransitionError> {
    let delta = diff(from, to);
    let owners = touched_owners(&delta)?;
    let (before, after) = (blocks(from, &owners), blocks(to, &owners));
    seen(&delta, &before, &after)?;
    Ok((
        proven(from, to, &owners, lead(&before, &after)?)?,
        proven(to, from, &owners, lead(&after, &before)?)?,
    ))
}

fn touched_owners(delta: &TreeDelta) -> Result<Owners<'_>, TransitionError> {
    delta
        .paths()
        .map(|path| owner_of(path.as_str()).ok_or_else(|| untouchable(path.as_str())))
        .collect()
}

fn lines_between(from: &Tree, to: &Tree, owners: &Owners<'_>) -> Result<Vec<CliLine>, TransitionError> {
    lead(&blocks(from, owners), &blocks(to, owners))
}

fn lead(before: &[Block], after: &[Block]) -> Result<Vec<CliLine>, TransitionError> {
    let mut lines = Lines::default();
    let mut goals: HashMap<&str, &Block> = after.iter().map(|block| (block.owner.as_str(), block)).collect();
    for block in before {
        lines.lead(Some(block), goals.remove(block.owner.as_str()))?;
    }
    for block in after
        .iter()
        .filter(|block| goals.contains_key(block.owner.as_str()))
    {
        lines.lead(None, Some(block))?;
    }
    Ok(lines.in_order())
}

/// The lines of one interface or instance.
struct Block {
    owner: String,
    lines: Vec<BlockLine>,
}

struct BlockLine {
    path: String,
    setting: Option<Setting>,
}

/// Collects the blocks of the owners. Each member stands as a line of its own, whether or not it has further lines; the
/// owner's own entry does not.
fn blocks(tree: &Tree, owners: &Owners<'_>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for leaf in tree.leaves_of(owners) {
        let path = leaf.path.as_str();
        let Some(owner) = owner_of(path) else { continue };
        let next = blocks.len();
        let at = *places.entry(owner.to_owned()).or_insert(next);
        if at == next {
            blocks.push(Block {
                owner: owner.to_owned(),
                lines: Vec::new(),
            });
        }
        let lines = &mut blocks[at].lines;
        let setting = Setting::parse(path);
        if let Some(Setting::StormControl(crate::statement::Scope::Member(bd, interface), ..)) = &setting {
            let member = Setting::Member(bd.clone(), interface.clone());
            let path = member.to_string();
            if lines.iter().all(|line| line.path != path) {
                lines.push(BlockLine {
                    path,
                    setting: Some(member),
                });
            }
        }
        if path != owner && lines.iter().all(|line| line.path != path) {
            lines.push(BlockLine {
                path: path.to_owned(),
                setting,
            });
        }
    }
    blocks
}

#[derive(Default)]
struct Lines {
    leave_domains: Vec<CliLine>,
    leave_interfaces: Vec<CliLine>,
    join_domains: Vec<CliLine>,
    join_interfaces: Vec<CliLine>,
}

impl Lines {
    fn in_order(self) -> Vec<CliLine> {
        [
            self.leave_domains,
            self.leave_interfaces,
            self.join_domains,
            self.join_interfaces,
        ]
        .concat()
    }

    fn remove(&mut self, target: Target, path: &str) -> Result<(), TransitionError> {
        let line = CliLine::remove(target).map_err(|source| refused(path, source))?;
        if below(path, INSTANCE) {
            self.leave_domains.push(line);
        } else {
            self.leave_interfaces.push(line);
        }
        Ok(())
    }

    fn set(&mut self, setting: Setting, path: &str) -> Result<(), TransitionError> {
        let line = CliLine::set(setting).map_err(|source| refused(path, source))?;
        if below(path, INSTANCE) {
            self.join_domains.push(line);
        } else {
            self.join_interfaces.push(line);
        }
        Ok(())
    }

    fn lead(&mut self, from: Option<&Block>, to: Option<&Block>) -> Result<(), TransitionError> {
        match (from, to) {
            (Some(from), Some(to)) if needs_new_entry(from, to) => {
                self.remove_entry(from)?;
                self.set_all(to)
            }
            (Some(from), Some(to)) => self.lead_block(from, to),
            (Some(from), None) => self.remove_entry(from),
            (None, Some(to)) => self.set_all(to),
            (None, None) => Ok(()),
        }
    }

    fn remove_entry(&mut self, block: &Block) -> Result<(), TransitionError> {
        match Target::parse(&block.owner) {
            Some(target) => self.remove(target, &block.owner),
            // A port or bundle stays; its lines go one by one.
            None => {
                let empty = Block {
                    owner: block.owner.clone(),
                    lines: Vec::new(),
                };
                if block.owner.starts_with("interfaces bundle-") {
                    return Err(untouchable(&block.owner));
                }
                self.lead_block(block, &empty)
            }
        }
    }

    fn set_all(&mut self, block: &Block) -> Result<(), TransitionError> {
        for line in &block.lines {
            let setting = line.setting.clone().ok_or_else(|| untouchable(&line.path))?;
            self.set(setting, &line.path)?;
        }
        match Setting::parse(&block.owner) {
            Some(Setting::Interface(port))
                if block.lines.is_empty() && Subinterface::new(port.clone()).is_err() =>
            {
                Ok(())
            }
            Some(entry) if block.lines.is_empty() => self.set(entry, &block.owner),
            _ => Ok(()),
        }
    }

    fn lead_block(&mut self, from: &Block, to: &Block) -> Result<(), TransitionError> {
        let gone = |line: &&BlockLine| to.find(line).is_none();
        for line in from.lines.iter().filter(gone) {
            let setting = line.setting.as_ref().ok_or_else(|| untouchable(&line.path))?;
            let goes_with_member = from.lines.iter().filter(gone).any(|other| {
                matches!(other.setting, Some(Setting::Member(..)))
                    && other.path != line.path
                    && below(&line.path, &other.path)
            });
            if !goes_with_member {
                self.remove_setting(setting, &line.path)?;
            }
        }
        for line in &to.lines {
            match from.find(line) {
                Some(old) if old.path == line.path || meaning_of(&old.path) == meaning_of(&line.path) => {}
                Some(BlockLine {
                    setting: Some(Setting::Tags(_, old)),
                    ..
                }) => self.change_tags(old, line)?,
                _ => {
                    let setting = line.setting.clone().ok_or_else(|| untouchable(&line.path))?;
                    self.set(setting, &line.path)?;
                }
            }
        }
        Ok(())
    }

    fn remove_setting(&mut self, setting: &Setting, path: &str) -> Result<(), TransitionError> {
        match (setting, setting.key()) {
            (Setting::Tags(interface, form), _) => {
                let targets = removals(interface, form, &[]);
                if targets.is_empty() {
                    return Err(untouchable(path));
                }
                targets
                    .into_iter()
                    .try_for_each(|target| self.remove(target, path))
            }
            (_, Key::Target(target)) => self.remove(target, path),
            (_, Key::Port(_) | Key::Tags(_) | Key::BundleId(_)) => Err(untouchable(path)),
        }
    }

    /// Changes the tag form. Whether a list that is set joins the old one or replaces it is not known (REF 6): the items
    /// that must go are removed first, which is right either way.
    fn change_tags(&mut self, old: &TagForm, line: &BlockLine) -> Result<(), TransitionError> {
        let Some(Setting::Tags(interface, new)) = &line.setting else {
            return Err(untouchable(&line.path));
        };
        let kept = match (old, new) {
            (TagForm::List(_), TagForm::List(list)) => VlanListItem::of(list),
            (TagForm::DoubleList(was, _), TagForm::DoubleList(is, list)) if was == is => {
                VlanListItem::of(list)
            }
            _ => Vec::new(),
        };
        for target in removals(interface, old, &kept) {
            self.remove(target, &line.path)?;
        }
        self.set(Setting::Tags(interface.clone(), new.clone()), &line.path)
    }
}

/// Returns what removes a tag form but for the kept list items; a single or double tag can't be removed (REF 6).
fn removals(interface: &bk_model::InterfaceName, form: &TagForm, kept: &[VlanListItem]) -> Vec<Target> {
    let going = |list| {
        VlanListItem::of(list)
            .into_iter()
            .filter(|item| !kept.contains(item))
    };
    match form {
        TagForm::Untagged => vec![Target::Untagged(interface.clone())],
        TagForm::List(list) => going(list)
            .map(|item| Target::VlanListItem(interface.clone(), item))
            .collect(),
        TagForm::DoubleList(outer, list) => going(list)
            .map(|item| Target::InnerTagListItem(interface.clone(), *outer, item))
            .collect(),
        TagForm::Single(..) | TagForm::Double(..) => Vec::new(),
    }
}

/// A tag that can't be removed is in the way: the sub-interface must be made anew.
fn needs_new_entry(from: &Block, to: &Block) -> bool {
    from.lines.iter().any(|line| {
        matches!(
            line.setting,
            Some(Setting::Tags(_, TagForm::Single(..) | TagForm::Double(..)))
        ) && to.find(line).is_none()
    })
}

impl Block {
    /// Finds the line with the same key, or the same line if it is not understood.
    fn find(&self, line: &BlockLine) -> Option<&BlockLine> {
        self.lines
            .iter()
            .find(|other| match (&other.setting, &line.setting) {
                (Some(other), Some(setting)) => other.key() == setting.key(),
                (None, None) => other.path == line.path,
                _ => false,
            })
    }
}

fn untouchable(path: &str) -> TransitionError {
    TransitionError::Untouchable {
        path: ConfigPath::new(path),
    }
}

fn refused(path: &str, source: RefusedLine) -> TransitionError {
    TransitionError::Refused {
        path: ConfigPath::new(path),
        source,
    }
}
