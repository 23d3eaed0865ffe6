//! Reading one configuration line against the statement table (REF 4.3).

use super::{Form, Statement, Word, root, values};
use values::ValueError;

/// One level below the root: a container, or an entry with its key.
#[derive(Clone, Debug)]
pub struct Step {
    /// The statement of this level.
    pub statement: &'static Statement,
    /// The words that name it: `["instance", "X"]`, `["ge100-0/0/5"]`, `["interfaces"]`.
    pub words: Vec<String>,
}

impl Step {
    /// How the prompt names this level.
    #[must_use]
    pub fn prompt(&self) -> &str {
        match self.statement.prompt {
            "" => self.words.last().map_or("", String::as_str),
            name => name,
        }
    }
}

/// What a line asks for.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The levels from the root.
    pub path: Vec<Step>,
    /// What happens there.
    pub kind: EditKind,
}

/// The kinds of edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// Creates the level if need be and enters it.
    Enter,
    /// Sets a leaf.
    Set {
        /// The words of the leaf, groups included: `["vlan-manipulation", "ingress-mapping"]`.
        key: Vec<String>,
        /// The value, word by word.
        value: Vec<String>,
    },
    /// Deletes the level itself.
    DeleteLevel,
    /// Deletes every leaf whose words start with these.
    DeleteLeaf {
        /// The words of the leaf or group.
        key: Vec<String>,
    },
    /// Takes items out of a list value: `no vlan-id list 100`.
    DeleteItems {
        /// The words of the leaf.
        key: Vec<String>,
        /// The value that names the items.
        value: Vec<String>,
    },
}

/// Why a line was refused.
#[derive(Clone, Debug)]
pub enum InputError {
    /// `ERROR: Incomplete command.`
    Incomplete,
    /// `ERROR: Unknown word: '...'.` under the word with this index.
    Unknown {
        /// Index into the words of the line.
        index: usize,
        /// The levels that were understood before it.
        reached: Vec<Step>,
        /// Index of the first word after those levels.
        rest: usize,
    },
}

/// Reads a line (without a trailing ` ^`) in the given context.
///
/// # Errors
/// See [`InputError`].
pub fn parse_line(context: &[Step], words: &[Word]) -> Result<Edit, InputError> {
    let negated = words
        .first()
        .is_some_and(|word| word.text == "no" && !word.quoted);
    let start = usize::from(negated);
    let mut path = context.to_vec();
    let mut at = start;
    if at == words.len() {
        return Err(InputError::Incomplete);
    }
    loop {
        let statement: &'static Statement = path.last().map_or_else(root, |step| step.statement);
        let Some(word) = words.get(at) else {
            let kind = if negated {
                EditKind::DeleteLevel
            } else {
                EditKind::Enter
            };
            return Ok(Edit { path, kind });
        };
        let Some(child) = find_child(statement, word) else {
            return Err(InputError::Unknown {
                index: at,
                reached: path,
                rest: at,
            });
        };
        match &child.form {
            Form::Container => {
                path.push(Step {
                    statement: child,
                    words: vec![child.word.to_owned()],
                });
                at += 1;
            }
            Form::Entry(key) => {
                let keyed = usize::from(!child.word.is_empty());
                let Some(word) = words.get(at + keyed) else {
                    return Err(InputError::Incomplete);
                };
                let Some(name) = values::read_one(*key, word) else {
                    return Err(InputError::Unknown {
                        index: at + keyed,
                        reached: path,
                        rest: at,
                    });
                };
                let mut named: Vec<String> = Vec::with_capacity(2);
                if keyed == 1 {
                    named.push(child.word.to_owned());
                }
                named.push(name);
                path.push(Step {
                    statement: child,
                    words: named,
                });
                at += keyed + 1;
            }
            Form::Group | Form::Leaf(_) | Form::LeafList(_) => {
                let kind = leaf(child, &words[at..], negated).map_err(|error| match error {
                    ValueError::Incomplete => InputError::Incomplete,
                    ValueError::Unknown(index) => InputError::Unknown {
                        index: at + index,
                        reached: path.clone(),
                        rest: at,
                    },
                })?;
                return Ok(Edit { path, kind });
            }
        }
    }
}

/// Reads from the leaf's (or group's) keyword on.
fn leaf(statement: &'static Statement, words: &[Word], negated: bool) -> Result<EditKind, ValueError> {
    let mut key = vec![statement.word.to_owned()];
    let rest = &words[1..];
    let shifted = |error: ValueError| match error {
        ValueError::Unknown(index) => ValueError::Unknown(index + 1),
        ValueError::Incomplete => ValueError::Incomplete,
    };
    match &statement.form {
        Form::Group => {
            let Some(word) = rest.first() else {
                return if negated {
                    Ok(EditKind::DeleteLeaf { key })
                } else {
                    Err(ValueError::Incomplete)
                };
            };
            let child = find_child(statement, word).ok_or(ValueError::Unknown(1))?;
            let inner = leaf(child, rest, negated).map_err(shifted)?;
            Ok(prefixed(key, inner))
        }
        Form::LeafList(argument) => {
            let Some(word) = rest.first() else {
                return if negated {
                    Ok(EditKind::DeleteLeaf { key })
                } else {
                    Err(ValueError::Incomplete)
                };
            };
            key.push(values::read_one(*argument, word).ok_or(ValueError::Unknown(1))?);
            if rest.len() > 1 {
                return Err(ValueError::Unknown(2));
            }
            Ok(if negated {
                EditKind::DeleteLeaf { key }
            } else {
                EditKind::Set {
                    key,
                    value: Vec::new(),
                }
            })
        }
        Form::Leaf(alternatives) => {
            if negated && rest.is_empty() {
                return Ok(EditKind::DeleteLeaf { key });
            }
            let value = values::read_value(alternatives, rest).map_err(shifted)?;
            if !negated {
                return Ok(EditKind::Set { key, value });
            }
            Ok(
                if value
                    .iter()
                    .any(|word| word == "list" || word == "inner-tag-list")
                {
                    EditKind::DeleteItems { key, value }
                } else {
                    EditKind::DeleteLeaf { key }
                },
            )
        }
        Form::Container | Form::Entry(_) => Err(ValueError::Unknown(0)),
    }
}

fn prefixed(mut front: Vec<String>, kind: EditKind) -> EditKind {
    let mut join = |key: Vec<String>| {
        front.extend(key);
        std::mem::take(&mut front)
    };
    match kind {
        EditKind::Set { key, value } => EditKind::Set {
            key: join(key),
            value,
        },
        EditKind::DeleteLeaf { key } => EditKind::DeleteLeaf { key: join(key) },
        EditKind::DeleteItems { key, value } => EditKind::DeleteItems {
            key: join(key),
            value,
        },
        other @ (EditKind::Enter | EditKind::DeleteLevel) => other,
    }
}

/// The child that a typed word names: exact, or its only abbreviation, or an entry without keyword.
pub(crate) fn find_child(statement: &'static Statement, word: &Word) -> Option<&'static Statement> {
    if word.text.is_empty() || word.quoted {
        return None;
    }
    if let Some(exact) = statement.child(&word.text) {
        return Some(exact);
    }
    if let Some(list) = statement.bare_list()
        && let Form::Entry(key) = list.form
        && values::read_one(key, word).is_some()
    {
        return Some(list);
    }
    let mut hits = statement
        .children
        .iter()
        .filter(|child| !child.word.is_empty() && child.word.starts_with(&word.text));
    match (hits.next(), hits.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}
