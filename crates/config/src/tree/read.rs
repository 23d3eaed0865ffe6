//! The two readers.

use std::sync::Arc;

use super::{Form, Kind, Life, NONE, Node, NodeId, ROOT, Tree};
use crate::path::{BLANKS, even, has_no_words, is_even, without_caret};
use crate::text::ConfigText;

/// A line that the reader could not place. The line itself is kept in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: ProblemKind,
    /// The line as written, without its line end.
    pub text: String,
}

/// What a reader can find wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// A `!` that closes no open entry.
    StrayClose,
    /// An entry with lines of its own that no `!` closes.
    NotClosed,
    /// An indented line or a `!` in a flattened text.
    NotFlattened,
    /// A control character other than a tab and the CR of a line end.
    ControlCharacter,
    /// Nested deeper than any device nests; taken as a line of the block around it.
    TooDeep,
}

/// The deepest nesting that is followed. Real configurations stay below 15; a hostile text must not exhaust the stack.
const MAX_DEPTH: usize = 100;

/// Tells the form from the first lines: only nested blocks are indented or hold `!`.
pub(super) fn guess_form(text: &str) -> Form {
    const LINES_LOOKED_AT: usize = 64;
    let nested = text
        .lines()
        .filter(|line| !has_no_words(line.trim_matches(BLANKS)))
        .take(LINES_LOOKED_AT)
        .any(|line| line.starts_with([' ', '\t']) || line.trim_end_matches(BLANKS) == "!");
    if nested {
        Form::Hierarchical
    } else {
        Form::Flattened
    }
}

pub(super) fn flattened(text: &ConfigText) -> (Tree, Vec<Problem>) {
    let whole = Whole::of(text);
    let text = whole.text.as_ref();
    let mut building = Building::new(Form::Flattened, &whole);
    for (start, line) in lines(text) {
        let span = Span::of(start, line);
        let (kind, body) = match span.text(text) {
            trimmed if has_no_words(trimmed) => (Kind::Trivia, span),
            "!" => {
                building.problem(ProblemKind::NotFlattened, line);
                (Kind::Trivia, span)
            }
            _ => {
                if span.start != start {
                    building.problem(ProblemKind::NotFlattened, line);
                }
                (Kind::Statement, span)
            }
        };
        let id = building.push(ROOT, kind, start, line, body);
        if kind == Kind::Statement && without_caret(body.text(text)).len() < body.text(text).len() {
            building.tree.node_mut(id).entry = true;
        }
    }
    building.finish()
}

pub(super) fn hierarchical(text: &ConfigText) -> (Tree, Vec<Problem>) {
    let whole = Whole::of(text);
    let text = whole.text.as_ref();
    let mut building = Building::new(Form::Hierarchical, &whole);
    // Entries that a deeper line or a `!` may still join, outermost first, with their indents and line numbers.
    let mut open: Vec<Open> = Vec::new();
    for (start, line) in lines(text) {
        let span = Span::of(start, line);
        let indent = span.start - start;
        let trimmed = span.text(text);
        if has_no_words(trimmed) {
            let parent = open.last().map_or(ROOT, |entry| entry.id);
            building.push(parent, Kind::Trivia, start, line, span);
        } else if trimmed == "!" {
            close_deeper(&mut open, &mut building, |entry| entry.indent > indent);
            match open.last() {
                Some(entry) if entry.indent == indent => {
                    let id = entry.id;
                    open.pop();
                    building.push(id, Kind::Close, start, line, span);
                    building.tree.node_mut(id).entry = true;
                }
                _ => {
                    building.problem(ProblemKind::StrayClose, line);
                    let parent = open.last().map_or(ROOT, |entry| entry.id);
                    building.push(parent, Kind::Trivia, start, line, span);
                }
            }
        } else {
            close_deeper(&mut open, &mut building, |entry| entry.indent >= indent);
            let parent = open.last_mut().map_or(ROOT, |entry| {
                entry.has_children = true;
                entry.id
            });
            if open.len() == MAX_DEPTH {
                building.problem(ProblemKind::TooDeep, line);
                building.push(parent, Kind::Statement, start, line, span);
                continue;
            }
            let id = building.push(parent, Kind::Statement, start, line, span);
            let line = building.line;
            open.push(Open {
                id,
                indent,
                line,
                has_children: false,
            });
        }
    }
    close_deeper(&mut open, &mut building, |_| true);
    building.finish()
}

/// A text whose last line ends, and how it ended before.
struct Whole {
    text: Arc<str>,
    line_end: &'static str,
    is_cut: bool,
}

impl Whole {
    fn of(text: &ConfigText) -> Self {
        let line_end = line_end(text.as_str());
        let is_cut = !text.as_str().is_empty() && !text.as_str().ends_with('\n');
        let text = if is_cut {
            Arc::from(format!("{}{line_end}", text.as_str()))
        } else {
            text.share()
        };
        Self {
            text,
            line_end,
            is_cut,
        }
    }
}

fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

struct Open {
    id: NodeId,
    indent: usize,
    line: usize,
    has_children: bool,
}

/// Ends the entries that the next line can't belong to. A leaf ends silently; an entry with lines of its own should
/// have been closed by `!`.
fn close_deeper(open: &mut Vec<Open>, building: &mut Building, ends: impl Fn(&Open) -> bool) {
    while let Some(entry) = open.pop_if(|entry| ends(entry)) {
        if entry.has_children {
            let line = building.tree.line(entry.id);
            let text = line.trim_end_matches(['\r', '\n']).to_owned();
            building.problems.push(Problem {
                line: entry.line,
                kind: ProblemKind::NotClosed,
                text,
            });
        } else {
            building.tree.hand_trivia_to_parent(entry.id);
        }
    }
}

/// Returns each line with its line end and the byte where it starts. Every line of the text ends.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).map(move |end| {
        let at = start;
        start = end + 1;
        (at, &text[at..start])
    })
}

/// The part of a line between indent and trailing blanks.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn of(start: usize, line: &str) -> Self {
        let bytes = line.as_bytes();
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let end = bytes.len() - bytes.iter().rev().take_while(|byte| blank(byte)).count();
        let indent = bytes[..end].iter().take_while(|byte| blank(byte)).count();
        Self {
            start: start + indent,
            end: start + end,
        }
    }

    fn text(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

struct Building {
    tree: Tree,
    problems: Vec<Problem>,
    line: usize,
}

impl Building {
    fn new(form: Form, whole: &Whole) -> Self {
        const BYTES_PER_LINE: usize = 16;
        let mut nodes = Vec::with_capacity(whole.text.len() / BYTES_PER_LINE + 1);
        nodes.push(Node {
            line: (0, 0),
            body: (0, 0),
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            kind: Kind::Statement,
            life: Life::Read,
            entry: true,
        });
        Self {
            tree: Tree {
                form,
                read: Arc::clone(&whole.text),
                added: String::new(),
                nodes,
                line_end: whole.line_end,
                is_cut: whole.is_cut,
                edited: false,
            },
            problems: Vec::new(),
            line: 0,
        }
    }

    fn push(&mut self, parent: NodeId, kind: Kind, start: usize, line: &str, body: Span) -> NodeId {
        self.line += 1;
        let mut span = (body.start as u32, body.end as u32);
        if kind == Kind::Statement {
            let written = &line[body.start - start..body.end - start];
            let words = without_caret(written);
            span.1 -= (written.len() - words.len()) as u32;
            if !is_even(words) {
                span = self.tree.write_even(&even(words));
            }
        }
        self.tree
            .append(parent, kind, (start as u32, (start + line.len()) as u32), span)
    }

    /// Notes a problem with the line that is pushed next.
    fn problem(&mut self, kind: ProblemKind, line: &str) {
        self.problems.push(Problem {
            line: self.line + 1,
            kind,
            text: line.trim_end_matches(['\r', '\n']).to_owned(),
        });
    }

    fn finish(mut self) -> (Tree, Vec<Problem>) {
        // The second byte of C1 control characters tells them from others that begin so.
        let may_be_control =
            |byte: u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n') || byte == 0xc2;
        // Without an early way out inside a chunk the compiler looks at many bytes at once.
        let is_in_chunk = |chunk: &[u8]| {
            chunk
                .iter()
                .fold(false, |found, byte| found | may_be_control(*byte))
        };
        if self.tree.read.as_bytes().chunks(256).any(is_in_chunk) {
            for (index, line) in self.tree.read.split('\n').enumerate() {
                let line = line.trim_end_matches('\r');
                if line.chars().any(|c| c.is_control() && c != '\t') {
                    let problem = Problem {
                        line: index + 1,
                        kind: ProblemKind::ControlCharacter,
                        text: line.to_owned(),
                    };
                    self.problems.push(problem);
                }
            }
        }
        self.problems.sort_by_key(|problem| problem.line);
        (self.tree, self.problems)
    }
}

impl Tree {
    /// Keeps the body of a line whose words stand apart by more than single blanks, so that it compares and edits like
    /// any other. The line itself is printed as written.
    fn write_even(&mut self, body: &str) -> (u32, u32) {
        let start = self.end_of_added();
        self.added.push_str(body);
        (start, self.end_of_added())
    }

    /// Adds a node as the last child of `parent`. Offsets fit 32 bits because of [`crate::text::MAX_TEXT_BYTES`].
    fn append(&mut self, parent: NodeId, kind: Kind, line: (u32, u32), body: (u32, u32)) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            line,
            body,
            parent,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            kind,
            life: Life::Read,
            entry: false,
        });
        let last = self.node(parent).last_child;
        if last == NONE {
            self.node_mut(parent).first_child = id;
        } else {
            self.node_mut(last).next = id;
        }
        self.node_mut(parent).last_child = id;
        id
    }

    /// A leaf holds no lines: blank lines and comments after it belong to the block around it. The leaf is still the
    /// last child of its parent.
    fn hand_trivia_to_parent(&mut self, leaf: NodeId) {
        let Node {
            parent,
            first_child,
            last_child,
            ..
        } = *self.node(leaf);
        if first_child == NONE {
            return;
        }
        let mut at = first_child;
        while at != NONE {
            self.node_mut(at).parent = parent;
            at = self.node(at).next;
        }
        let node = self.node_mut(leaf);
        node.next = first_child;
        node.first_child = NONE;
        node.last_child = NONE;
        self.node_mut(parent).last_child = last_child;
    }
}
