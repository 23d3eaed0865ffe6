//! Changes of the tree's shape. All of them keep every line that was read.

use super::{Form, Kind, Life, NONE, Node, NodeId, ROOT, Tree};
use crate::path::BLANKS;

/// A line to be added: what is printed, and which part of it is the body.
pub(crate) struct NewLine<'a> {
    pub(crate) indent: &'a str,
    pub(crate) body: &'a str,
    /// What stands between body and line end: ` ^` or nothing.
    pub(crate) suffix: &'a str,
}

impl Tree {
    /// Adds a line as a child of `parent`, right after its child `previous` or before all.
    pub(crate) fn insert(
        &mut self,
        parent: NodeId,
        previous: Option<NodeId>,
        kind: Kind,
        line: &NewLine<'_>,
    ) -> NodeId {
        self.edited = true;
        let start = self.end_of_added();
        self.added.push_str(line.indent);
        let body_start = self.end_of_added();
        self.added.push_str(line.body);
        let body_end = self.end_of_added();
        self.added.push_str(line.suffix);
        self.added.push_str(self.line_end);
        let end = self.end_of_added();
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            line: (start, end),
            body: (body_start, body_end),
            parent,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            kind,
            life: Life::Added,
            entry: line.suffix == " ^",
        });
        match previous {
            Some(previous) => {
                self.node_mut(id).next = self.node(previous).next;
                self.node_mut(previous).next = id;
            }
            None => {
                self.node_mut(id).next = self.node(parent).first_child;
                self.node_mut(parent).first_child = id;
            }
        }
        if self.node(id).next == NONE {
            self.node_mut(parent).last_child = id;
        }
        id
    }

    /// Offsets fit 32 bits: a text has at most [`crate::text::MAX_TEXT_BYTES`], and edits add few lines.
    pub(super) fn end_of_added(&self) -> u32 {
        (self.read.len() + self.added.len()) as u32
    }

    /// Takes a line out. A line that was read keeps its place.
    pub(crate) fn kill(&mut self, id: NodeId) {
        self.edited = true;
        let life = &mut self.node_mut(id).life;
        *life = match *life {
            Life::Read | Life::Tombstone => Life::Tombstone,
            Life::Added | Life::Gone => Life::Gone,
        };
    }

    /// Brings a line back to its place, with the blocks around it.
    pub(crate) fn revive(&mut self, id: NodeId) {
        let mut at = id;
        while at != ROOT {
            let node = self.node_mut(at);
            node.life = match node.life {
                Life::Read | Life::Tombstone => Life::Read,
                Life::Added | Life::Gone => Life::Added,
            };
            at = node.parent;
        }
    }

    /// Takes an entry out with every line in it.
    pub(crate) fn kill_subtree(&mut self, id: NodeId) {
        let mut stack = vec![id];
        while let Some(at) = stack.pop() {
            self.kill(at);
            let inside: Vec<NodeId> = self
                .children(at)
                .filter(|c| self.node(*c).kind == Kind::Statement)
                .collect();
            stack.extend(inside);
        }
    }

    /// Tells whether a line and every block around it is live.
    pub(crate) fn is_live(&self, id: NodeId) -> bool {
        let mut at = id;
        while at != ROOT {
            if !self.node(at).life.is_live() {
                return false;
            }
            at = self.node(at).parent;
        }
        true
    }

    /// Tells whether the line was added by an edit.
    pub(crate) fn is_new(&self, id: NodeId) -> bool {
        matches!(self.node(id).life, Life::Added | Life::Gone)
    }

    /// Returns the last child that is not the closing `!`.
    pub(crate) fn last_inside(&self, id: NodeId) -> Option<NodeId> {
        self.children(id)
            .take_while(|c| self.node(*c).kind != Kind::Close)
            .last()
    }

    /// Returns the indent of a line as written.
    pub(crate) fn indent(&self, id: NodeId) -> &str {
        let line = self.line(id);
        let before_body = &line[..line.len() - line.trim_start_matches(BLANKS).len()];
        before_body.rsplit('\n').next().unwrap_or_default()
    }

    /// Returns the indent of one level, as the text uses it; two blanks if it has no nested line (REF 4.1).
    pub(crate) fn indent_unit(&self) -> &str {
        const DEFAULT: &str = "  ";
        if self.form == Form::Flattened {
            return "";
        }
        let outer = self
            .children(ROOT)
            .find(|id| self.statements(*id).next().is_some());
        let Some(outer) = outer else { return DEFAULT };
        let inner = self.statements(outer).next().map_or("", |id| self.indent(id));
        inner
            .strip_prefix(self.indent(outer))
            .filter(|unit| !unit.is_empty())
            .unwrap_or(DEFAULT)
    }
}
