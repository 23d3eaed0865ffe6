//! The lossless configuration tree.
//!
//! Every byte of the text belongs to exactly one node; printing walks the nodes. The tree keeps removed lines as
//! tombstones, so that a line that comes back with the same meaning takes its old place and its old bytes.

mod edit;
mod leaves;
mod owners;
mod print;
mod read;

use std::sync::Arc;

use crate::text::ConfigText;

pub(crate) use edit::NewLine;
pub(crate) use leaves::is_plain_container;
pub use leaves::{Leaf, Leaves};
pub(crate) use owners::{NETWORK_SERVICES, Owners};
pub use read::{Problem, ProblemKind};

/// How a configuration text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nested blocks closed by `!` (REF 4.1).
    Hierarchical,
    /// One line per leaf with its full path (REF 4.2).
    Flattened,
}

/// A configuration text as a tree of lines.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) form: Form,
    /// The text as read.
    pub(crate) read: Arc<str>,
    /// Lines that edits added, and the words of read lines that are spaced oddly. Offsets count on from the end of `read`.
    pub(crate) added: String,
    /// Node 0 is the root, which has no line.
    pub(crate) nodes: Vec<Node>,
    /// How lines end: LF or CR LF.
    pub(crate) line_end: &'static str,
    /// Whether the text ends without a line end. The last line has one all the same, so that lines can follow it.
    pub(crate) is_cut: bool,
    /// Whether any edit was made.
    pub(crate) edited: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(pub(crate) u32);

pub(crate) const ROOT: NodeId = NodeId(0);
pub(crate) const NONE: NodeId = NodeId(u32::MAX);

/// One line and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// The whole line with indent and line end, as offsets into `read` and `added`.
    pub(crate) line: (u32, u32),
    /// The line without indent, trailing blanks, ` ^` and line end, its words joined by single blanks.
    pub(crate) body: (u32, u32),
    pub(crate) parent: NodeId,
    pub(crate) first_child: NodeId,
    pub(crate) last_child: NodeId,
    pub(crate) next: NodeId,
    pub(crate) kind: Kind,
    pub(crate) life: Life,
    /// Flattened: the line ends in ` ^`. Hierarchical: a `!` closes the entry.
    pub(crate) entry: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line with words.
    Statement,
    /// The `!` that closes its parent.
    Close,
    /// A blank line, a comment, a ` ^` without words, or a `!` that closes nothing.
    Trivia,
}

/// Whether a line is part of the configuration now, and whether it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Read and still there.
    Read,
    /// Read, then removed by an edit: keeps its place and its bytes.
    Tombstone,
    /// Added by an edit.
    Added,
    /// Added by an edit and removed by a later one.
    Gone,
}

impl Life {
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Self::Read | Self::Added)
    }
}

impl Tree {
    /// Reads a text in either form.
    ///
    /// Never fails: lines that fit nowhere are kept in the tree and named in the problems.
    #[must_use]
    pub fn read(text: &ConfigText) -> (Self, Vec<Problem>) {
        match read::guess_form(text.as_str()) {
            Form::Hierarchical => Self::read_hierarchical(text),
            Form::Flattened => Self::read_flattened(text),
        }
    }

    /// Reads a text as nested blocks (REF 4.1). A `!` may close an entry or be left out.
    #[must_use]
    pub fn read_hierarchical(text: &ConfigText) -> (Self, Vec<Problem>) {
        read::hierarchical(text)
    }

    /// Reads a text as one full path per line (REF 4.2).
    #[must_use]
    pub fn read_flattened(text: &ConfigText) -> (Self, Vec<Problem>) {
        read::flattened(text)
    }

    /// Tells how the text is written.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Prints the tree; a tree that was not edited prints the bytes that it was read from.
    #[must_use]
    pub fn print(&self) -> String {
        print::print(self)
    }

    /// Prints the tree as a configuration text.
    ///
    /// # Panics
    /// Never: edits add a bounded number of lines to a text below the limit.
    #[must_use]
    pub fn text(&self) -> ConfigText {
        ConfigText::new(self.print()).expect("a text within the limit stays within it: edits add few lines")
    }

    /// Returns the leaves and the entries without leaves, in the order of the text.
    #[must_use]
    pub fn leaves(&self) -> Leaves<'_> {
        Leaves::new(self)
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    pub(crate) fn body(&self, id: NodeId) -> &str {
        self.slice(self.node(id).body)
    }

    pub(crate) fn line(&self, id: NodeId) -> &str {
        self.slice(self.node(id).line)
    }

    pub(crate) fn slice(&self, (start, end): (u32, u32)) -> &str {
        let (start, end) = (start as usize, end as usize);
        match start.checked_sub(self.read.len()) {
            Some(in_added) => &self.added[in_added..end - self.read.len()],
            None => &self.read[start..end],
        }
    }

    /// Returns the children in the order of the text, tombstones included.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let mut at = self.node(id).first_child;
        std::iter::from_fn(move || {
            let id = at;
            (id != NONE).then(|| {
                at = self.node(id).next;
                id
            })
        })
    }

    /// Returns the live child lines with words.
    pub(crate) fn statements(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.children(id).filter(|id| {
            let node = self.node(*id);
            node.kind == Kind::Statement && node.life.is_live()
        })
    }

    /// Returns the bytes of a node and all below it, if the tree is as it was read.
    pub(crate) fn span_as_read(&self, id: NodeId) -> Option<&str> {
        Some(self.slice((self.node(id).line.0, self.end_as_read(id)?)))
    }

    /// Returns where the next line on the same level starts.
    pub(crate) fn start_of_next(&self, id: NodeId) -> Option<u32> {
        let next = self.node(id).next;
        (next != NONE).then(|| self.node(next).line.0)
    }

    /// Returns where a node with all below it ends, if the tree is as it was read.
    pub(crate) fn end_as_read(&self, id: NodeId) -> Option<u32> {
        if self.edited {
            return None;
        }
        let mut last = id;
        while self.node(last).last_child != NONE {
            last = self.node(last).last_child;
        }
        Some(self.node(last).line.1)
    }

    /// Returns the words from the root to the node.
    pub(crate) fn path(&self, id: NodeId) -> String {
        let mut chain = Vec::new();
        let mut at = id;
        while at != ROOT {
            chain.push(self.body(at));
            at = self.node(at).parent;
        }
        chain.reverse();
        chain.join(" ")
    }
}

/// Tells whether two trees print the same bytes.
#[must_use]
pub fn equal_text(left: &Tree, right: &Tree) -> bool {
    left.print() == right.print()
}
