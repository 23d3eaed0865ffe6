//! The part of a tree that an edit touches.

use std::collections::{BTreeSet, HashSet};

use bk_model::InterfaceName;

use crate::path::{ConfigPath, INSTANCE, INTERFACES, below, owner_of};
use crate::text::ConfigText;
use crate::tree::{Form, Kind, NodeId, Owners, ROOT, Tree};

/// Returns the tree of the touched interfaces and instances and their neighbours, see [`neighbourhood`].
#[must_use]
pub fn restrict(tree: &Tree, touched: &[ConfigPath]) -> Tree {
    restrict_to(tree, &neighbourhood(tree, touched))
}

/// Returns the tree of exactly the interfaces and instances to which the paths belong; all other lines are left out.
#[must_use]
pub fn restrict_to(tree: &Tree, objects: &[ConfigPath]) -> Tree {
    let kept: Owners<'_> = objects
        .iter()
        .filter_map(|path| owner_of(path.as_str()))
        .collect();
    let mut kept_nodes = HashSet::new();
    tree.visit_owners(|block, line, id| {
        if kept.contains(block, line) && tree.is_live(id) {
            let mut at = id;
            while at != ROOT && kept_nodes.insert(at.0) {
                at = tree.node(at).parent;
            }
        }
    });
    let mut printed = String::new();
    print_kept(tree, ROOT, &kept_nodes, &mut printed);
    let text = ConfigText::new(printed).expect("a part of a text is not longer than the text");
    match tree.form() {
        Form::Flattened => Tree::read_flattened(&text).0,
        Form::Hierarchical => Tree::read_hierarchical(&text).0,
    }
}

fn print_kept(tree: &Tree, block: NodeId, kept: &HashSet<u32>, out: &mut String) {
    for id in tree.children(block).filter(|id| tree.node(*id).life.is_live()) {
        let is_kept = match tree.node(id).kind {
            Kind::Statement => kept.contains(&id.0),
            Kind::Close => true,
            Kind::Trivia => false,
        };
        if !is_kept {
            continue;
        }
        if owner_of(&tree.path(id)).is_some() {
            tree.print_node(id, out);
        } else {
            out.push_str(tree.line(id));
            print_kept(tree, id, kept, out);
        }
    }
}

/// Returns the touched interfaces and instances and what stands beside them: for an interface its parent port, every
/// unit on that port and every instance that names it; for an instance its members.
///
/// Touched objects come first, in the order given, whether or not they exist in the tree.
#[must_use]
pub fn neighbourhood(tree: &Tree, touched: &[ConfigPath]) -> Vec<ConfigPath> {
    let mut objects: Vec<ConfigPath> = Vec::new();
    let mut seen = HashSet::new();
    let mut push = |path: ConfigPath| {
        if seen.insert(path.clone()) {
            objects.push(path);
        }
    };
    let touched: Vec<ConfigPath> = touched.iter().filter_map(ConfigPath::owner).collect();
    touched.iter().cloned().for_each(&mut push);
    let interfaces: HashSet<&str> = touched
        .iter()
        .filter_map(|path| name_after(path.as_str(), INTERFACES))
        .collect();
    let parents: BTreeSet<String> = interfaces.iter().filter_map(|name| parent_of(name)).collect();
    for parent in &parents {
        push(ConfigPath::new(&format!("{INTERFACES} {parent}")));
    }
    tree.visit_owners(|block, line, id| {
        let is_on_port =
            block == INTERFACES && parent_of(line).is_some_and(|parent| parents.contains(&parent));
        if is_on_port && tree.is_live(id) {
            push(ConfigPath::new(&format!("{block} {line}")));
        }
    });
    let is_touched: HashSet<&str> = touched.iter().map(ConfigPath::as_str).collect();
    for leaf in tree.leaves().filter(|leaf| below(leaf.path.as_str(), INSTANCE)) {
        let Some(instance) = owner_of(leaf.path.as_str()) else {
            continue;
        };
        let Some(member) = name_after(&leaf.path.as_str()[instance.len()..], " interface") else {
            continue;
        };
        if interfaces.contains(member) {
            push(ConfigPath::new(instance));
        }
        if is_touched.contains(instance) {
            push(ConfigPath::new(&format!("{INTERFACES} {member}")));
        }
    }
    objects
}

fn name_after<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    path.strip_prefix(prefix)?.strip_prefix(' ')?.split(' ').next()
}

fn parent_of(name: &str) -> Option<String> {
    InterfaceName::parse(name)
        .ok()
        .map(|name| name.parent().to_string())
}
