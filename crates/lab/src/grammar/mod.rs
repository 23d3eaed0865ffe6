//! The statement table of REF 5 and 6 and the reader of typed lines.

mod input;
mod names;
mod table;
mod values;
mod words;

pub(crate) use input::find_child;
pub use input::{Edit, EditKind, InputError, Step, parse_line};
pub(crate) use names::number_in;
pub use names::{InterfaceKind, bundle_number, split_unit};
pub use table::root;
pub(crate) use values::VlanSet;
pub use words::{Word, in_quotes, needs_quotes, quote, split_words};

/// One statement of the configuration language.
#[derive(Debug)]
pub struct Statement {
    /// The keyword; empty for a list whose entries carry none (`interfaces ge100-0/0/5`).
    pub word: &'static str,
    /// What follows the keyword.
    pub form: Form,
    /// How the prompt names this level (`netsrv` for `network-services`); for a keyed entry an empty
    /// name means that the prompt shows the key itself.
    pub prompt: &'static str,
    /// Statements inside.
    pub children: &'static [Statement],
}

/// The shapes of statements.
#[derive(Debug)]
pub enum Form {
    /// A hierarchy of its own: `network-services`.
    Container,
    /// One entry per key: `instance <name>`.
    Entry(Arg),
    /// A word that only groups leaves, printed with them on one line: `vlan-manipulation`.
    Group,
    /// A value; each alternative is a complete sequence of arguments.
    Leaf(&'static [&'static [Arg]]),
    /// A leaf that may be given several times, each value kept (`router-interface`).
    LeafList(Arg),
}

/// One argument of a value.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// A fixed word.
    Word(&'static str),
    /// One of several words.
    Choice(&'static [&'static str]),
    /// A decimal number, both bounds included.
    Number(u32, u32),
    /// A comma separated list of VLANs and ranges, 1 to 4094.
    VlanList,
    /// Free text of 1 to 255 characters.
    Text,
    /// A name of 1 to 255 characters without blanks.
    Name,
    /// An interface name of any of these kinds.
    Interface(&'static [InterfaceKind]),
    /// Any one word.
    Any,
    /// One or more words up to the end of the line.
    Rest,
    /// Arguments that may be absent.
    Optional(&'static [Arg]),
}

impl Statement {
    /// The statement inside this one with exactly this keyword.
    #[must_use]
    pub fn child(&self, word: &str) -> Option<&'static Statement> {
        self.children.iter().find(|child| child.word == word)
    }

    /// The list among the children whose entries carry no keyword.
    #[must_use]
    pub fn bare_list(&self) -> Option<&'static Statement> {
        self.child("")
    }
}
