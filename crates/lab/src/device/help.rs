//! What `?` and TAB offer.

use super::SessionId;
use super::interpret::{CONFIGURATION, OPERATIONAL, command_of};
use super::matching::resolve;
use super::show;
use super::state::State;
use crate::grammar::{Word, find_child, root, split_words};

/// Words that may stand next, for `?` and TAB. Help texts are not known: only the words are listed.
pub(super) fn completions(state: &State, id: SessionId, typed: &str) -> Vec<String> {
    let words = split_words(typed);
    let fresh = typed.is_empty() || typed.ends_with(' ');
    let (done, part) = if fresh {
        (words.as_slice(), "")
    } else {
        words
            .split_last()
            .map_or((&[][..], ""), |(last, done)| (done, last.text.as_str()))
    };
    let Some(session) = state.sessions.get(&id) else {
        return Vec::new();
    };
    let mut options: Vec<&str> = match (done, session.levels()) {
        ([], None) => OPERATIONAL.to_vec(),
        ([], Some(levels)) => {
            let statement = levels.last().map_or_else(root, |step| step.statement);
            let statements = statement.children.iter().map(|child| child.word);
            CONFIGURATION
                .iter()
                .copied()
                .chain(["no"])
                .chain(statements)
                .collect()
        }
        ([first, rest @ ..], levels) => {
            let config = levels.is_some() && command_of(state, id, first).is_none();
            let start = levels
                .and_then(<[_]>::last)
                .map_or_else(root, |step| step.statement);
            if config {
                below(start, done)
            } else if resolve(first, &["show"]).is_some() {
                match rest {
                    [] => show::SHOWS.iter().copied().chain(["system"]).collect(),
                    [config, path @ ..] if resolve(config, &["config"]).is_some() => below(root(), path),
                    _ => Vec::new(),
                }
            } else {
                Vec::new()
            }
        }
    };
    options.retain(|option| !option.is_empty() && option.starts_with(part));
    options.sort_unstable();
    options.dedup();
    options.into_iter().map(str::to_owned).collect()
}

/// The keywords below a statement after some words.
fn below(start: &'static crate::grammar::Statement, words: &[Word]) -> Vec<&'static str> {
    let mut statement = start;
    let mut rest = words;
    while let Some((word, more)) = rest.split_first() {
        let Some(child) = find_child(statement, word) else {
            return Vec::new();
        };
        let key = usize::from(matches!(child.form, crate::grammar::Form::Entry(_)) && !child.word.is_empty());
        statement = child;
        rest = more.get(key..).unwrap_or_default();
    }
    statement.children.iter().map(|child| child.word).collect()
}
