//! Applying lines to a tree, as the device would take them.

mod flattened;
mod nested;

use std::collections::HashMap;

use bk_model::{InterfaceName, VlanId, VlanList};
use thiserror::Error;

use crate::canonical::meaning_of;
use crate::cli_line::CliLine;
use crate::path::{below, owner_of};
use crate::statement::{Key, Setting, Statement, TagForm, Target, VlanListItem};
use crate::tree::{Form, NodeId, Owners, Tree};

/// Why lines could not be applied.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ApplyError {
    /// A `no` line names something that is not there.
    #[error("line {}, {line}, removes what is not there", index + 1)]
    Missing {
        /// Place of the line among those applied, from 0.
        index: usize,
        /// The line.
        line: CliLine,
    },
}

/// Applies lines in order and returns the tree after them; the given tree stays as it is.
///
/// Only the edited lines' bytes differ. A changed value stays where the old one stood; a new line stands last in its
/// block, a new block last in its subtree. A line that an earlier edit took out and this one brings back with the same
/// meaning takes its old place and bytes. Setting what already stands there changes nothing (REF 4.3).
///
/// # Errors
/// [`ApplyError::Missing`]; then nothing is applied.
pub fn apply(tree: &Tree, lines: &[CliLine]) -> Result<Tree, ApplyError> {
    let mut editor = Editor::new(tree.clone(), lines);
    for (index, line) in lines.iter().enumerate() {
        match line.statement() {
            Statement::Set(setting) => editor.set(setting),
            Statement::Remove(target) if editor.remove(target) => {}
            Statement::Remove(_) => {
                return Err(ApplyError::Missing {
                    index,
                    line: line.clone(),
                });
            }
        }
    }
    Ok(editor.tree)
}

/// A line of one interface or instance.
struct LineAt {
    node: NodeId,
    path: String,
    live: bool,
}

struct Editor {
    tree: Tree,
    /// Per interface or instance that a line names: flattened, its lines; hierarchical, its entries. Removed ones too.
    owners: HashMap<String, Vec<NodeId>>,
    /// Where new owners go, per subtree: flattened, after this line; hierarchical, into this block.
    ends: HashMap<&'static str, NodeId>,
}

impl Editor {
    fn new(tree: Tree, lines: &[CliLine]) -> Self {
        let texts = lines
            .iter()
            .map(|line| line.as_str().strip_prefix("no ").unwrap_or(line.as_str()));
        let wanted: Owners<'_> = texts.filter_map(owner_of).collect();
        let (owners, ends) = match tree.form {
            Form::Flattened => flattened::index(&tree, &wanted),
            Form::Hierarchical => nested::index(&tree, &wanted),
        };
        Self { tree, owners, ends }
    }

    fn set(&mut self, setting: &Setting) {
        let rendered = setting.to_string();
        let Some(owner) = owner_of(&rendered) else { return };
        if matches!(
            setting,
            Setting::Instance(_) | Setting::Interface(_) | Setting::Member(..)
        ) {
            if !self.entry_is_live(owner, &rendered) {
                self.add_entry(owner, &rendered);
                self.settle(owner, &[]);
            }
            return;
        }
        let key = setting.key();
        let mut of_key = self.lines(owner);
        of_key.retain(|line| Setting::parse(&line.path).is_some_and(|found| found.key() == key));
        let meaning = meaning_of(&rendered);
        let live: Vec<&LineAt> = of_key.iter().filter(|line| line.live).collect();
        if let [only] = live[..]
            && meaning_of(&only.path) == meaning
        {
            return;
        }
        for line in &live {
            self.tree.kill(line.node);
        }
        match of_key.iter().find(|line| meaning_of(&line.path) == meaning) {
            Some(known) => self.tree.revive(known.node),
            None => self.add_line(owner, &rendered, live.last().map(|line| line.node)),
        }
        self.settle(owner, &[]);
    }

    /// Tells whether there was something to remove.
    fn remove(&mut self, target: &Target) -> bool {
        let rendered = target.to_string();
        let Some(owner) = owner_of(&rendered) else {
            return false;
        };
        match target {
            Target::Instance(_) | Target::Subinterface(_) => self.remove_entry(owner, &rendered),
            Target::Member(..) => {
                let removed = self.remove_entry(owner, &rendered);
                self.settle(owner, &[owner]);
                removed
            }
            Target::VlanListItem(interface, item) => self.remove_item(owner, interface, None, item),
            Target::InnerTagListItem(interface, outer, item) => {
                self.remove_item(owner, interface, Some(*outer), item)
            }
            _ => self.remove_lines(owner, target),
        }
    }

    fn remove_lines(&mut self, owner: &str, target: &Target) -> bool {
        let mut lines = self.lines(owner);
        lines.retain(|line| {
            line.live && Setting::parse(&line.path).is_some_and(|setting| is_removed_by(&setting, target))
        });
        for line in &lines {
            self.tree.kill(line.node);
        }
        match target {
            Target::StormControl(scope, _) => self.settle(owner, &[&scope.to_string(), owner]),
            _ => self.settle(owner, &[owner]),
        }
        !lines.is_empty()
    }

    /// Takes one item out of a VLAN list, or out of the inner list below `outer`.
    fn remove_item(
        &mut self,
        owner: &str,
        interface: &InterfaceName,
        outer: Option<VlanId>,
        item: &VlanListItem,
    ) -> bool {
        for line in self.lines(owner).into_iter().filter(|line| line.live) {
            let rest = match (Setting::parse(&line.path), outer) {
                (Some(Setting::Tags(_, TagForm::List(list))), None) => {
                    without(&list, item).map(|rest| rest.map(TagForm::List))
                }
                (Some(Setting::Tags(_, TagForm::DoubleList(found, list))), Some(outer)) if found == outer => {
                    without(&list, item).map(|rest| rest.map(|list| TagForm::DoubleList(outer, list)))
                }
                _ => None,
            };
            match rest {
                None => {}
                Some(None) => {
                    self.tree.kill(line.node);
                    self.settle(owner, &[owner]);
                    return true;
                }
                Some(Some(form)) => {
                    self.set(&Setting::Tags(interface.clone(), form));
                    return true;
                }
            }
        }
        false
    }

    fn lines(&self, owner: &str) -> Vec<LineAt> {
        match self.tree.form {
            Form::Flattened => self.flattened_lines(owner),
            Form::Hierarchical => self.nested_lines(owner),
        }
    }

    fn entry_is_live(&self, owner: &str, path: &str) -> bool {
        match self.tree.form {
            Form::Flattened => self
                .flattened_lines(owner)
                .iter()
                .any(|line| line.live && below(&line.path, path)),
            Form::Hierarchical => self
                .nested_entry(owner, path)
                .is_some_and(|node| self.tree.is_live(node)),
        }
    }

    fn add_entry(&mut self, owner: &str, path: &str) {
        match self.tree.form {
            Form::Flattened => self.add_flattened_entry(owner, path),
            Form::Hierarchical => {
                self.add_nested_entry(owner, path);
            }
        }
    }

    fn add_line(&mut self, owner: &str, path: &str, replaced: Option<NodeId>) {
        match self.tree.form {
            Form::Flattened => self.add_flattened_line(owner, path, "", replaced),
            Form::Hierarchical => self.add_nested_line(owner, path, replaced),
        }
    }

    /// Takes an entry out with everything below it; tells whether it was there.
    fn remove_entry(&mut self, owner: &str, path: &str) -> bool {
        match self.tree.form {
            Form::Flattened => self.remove_flattened_entry(owner, path),
            Form::Hierarchical => self.remove_nested_entry(owner, path),
        }
    }

    /// Puts the marks of empty entries right after an edit; the entries in `kept`, inner ones first, stay
    /// even without lines.
    fn settle(&mut self, owner: &str, kept: &[&str]) {
        match self.tree.form {
            Form::Flattened => self.settle_flattened(owner, kept),
            Form::Hierarchical => self.settle_nested(owner),
        }
    }

    /// Tells whether an entry without lines goes by itself: a port exists without configuration, and a block that only
    /// edits wrote leaves nothing behind.
    fn vanishes_when_empty(&self, owner: &str) -> bool {
        let is_port = owner
            .strip_prefix("interfaces ")
            .is_some_and(|name| !name.contains('.'));
        let nodes = self.owners.get(owner).map(Vec::as_slice).unwrap_or_default();
        is_port && nodes.iter().all(|node| self.tree.is_new(*node))
    }
}

fn is_removed_by(setting: &Setting, target: &Target) -> bool {
    match (setting, target) {
        (Setting::Rewrite(interface, ..), Target::Manipulation(all)) => interface == all,
        (Setting::Tags(interface, TagForm::Untagged), Target::Untagged(untagged)) => interface == untagged,
        _ => setting.key() == Key::Target(target.clone()),
    }
}

/// Returns the list without the item as written, the same separator between the others. The outer `None` says that
/// the item is not in the list, the inner one that nothing else is.
fn without(list: &VlanList, item: &VlanListItem) -> Option<Option<VlanList>> {
    let items = VlanListItem::of(list);
    if !items.contains(item) {
        return None;
    }
    let written = list.as_written();
    let separator = [", ", ","]
        .into_iter()
        .find(|separator| written.contains(separator))
        .unwrap_or(" ");
    let rest: Vec<String> = items
        .iter()
        .filter(|other| *other != item)
        .map(VlanListItem::to_string)
        .collect();
    Some(VlanList::parse(&rest.join(separator)).ok())
}
