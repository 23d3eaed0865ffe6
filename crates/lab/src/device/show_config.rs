//! `show config` and its comparisons (REF 4.1, 4.2, 7.8), `show rollback`.

use super::matching::{Words, resolve};
use super::pipes::Pipes;
use super::state::State;
use super::{Answer, Context, SessionId};
use crate::dialect::CompareOrder;
use crate::grammar::{Form, Word, find_child, root};
use crate::tree::Tree;

/// `show config ...`, with what follows `config`.
pub(super) fn config(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    words: &mut Words<'_>,
    pipes: &Pipes,
) -> Result<String, Answer> {
    if words
        .peek()
        .is_some_and(|word| resolve(word, &["compare"]).is_some())
    {
        words.any()?;
        return compare(state, context, id, words);
    }
    // Defaults are not modelled: what is set is printed (REF 4.1).
    words.eat("defaults");
    let path = read_path(&state.running, context, words)?;
    let part = state.running.part(&path);
    Ok(framed(state, context, &body(&part, context, pipes)))
}

fn body(tree: &Tree, context: Context<'_>, pipes: &Pipes) -> String {
    let style = context.dialect.print_style();
    if pipes.flatten {
        tree.flattened(style)
    } else {
        tree.hierarchical(style)
    }
}

/// The start and end lines around a configuration.
fn framed(state: &State, context: Context<'_>, body: &str) -> String {
    let host = state.host(context);
    let stamp = context.stamp(context.now);
    let gap = if body.is_empty() { "" } else { "\n" };
    format!("\n# {host} config-start [{stamp}]\n\n{body}{gap}# {host} config-end\n\n")
}

/// The words of a path below the root, keys checked against what is configured (REF 10).
fn read_path(
    running: &Tree,
    context: Context<'_>,
    words: &mut Words<'_>,
) -> Result<Vec<Vec<String>>, Answer> {
    let mut statement = root();
    let mut path: Vec<Vec<String>> = Vec::new();
    while let Some(word) = words.peek() {
        let Some(child) = find_child(statement, word) else {
            return opaque(running, path, words);
        };
        match child.form {
            Form::Container => {
                words.any()?;
                path.push(vec![child.word.to_owned()]);
            }
            Form::Entry(_) => {
                let mut named = Vec::with_capacity(2);
                if !child.word.is_empty() {
                    words.any()?;
                    named.push(child.word.to_owned());
                }
                let key = words.any()?;
                named.push(key.text.clone());
                path.push(named);
                if !exists(running, context, &path) {
                    return Err(words.unknown(key));
                }
            }
            Form::Group | Form::Leaf(_) | Form::LeafList(_) => {
                words.any()?;
                path.push(vec![child.word.to_owned()]);
                words.end()?;
                return Ok(path);
            }
        }
        statement = child;
    }
    Ok(path)
}

fn exists(running: &Tree, context: Context<'_>, path: &[Vec<String>]) -> bool {
    let words: Vec<&str> = path.iter().flatten().map(String::as_str).collect();
    running.node(&words).is_some()
        || matches!(words.as_slice(), ["interfaces", name] if context.spec.port(name).is_some())
}

/// A path into statements that only files know: every word must be there.
fn opaque(
    running: &Tree,
    mut path: Vec<Vec<String>>,
    words: &mut Words<'_>,
) -> Result<Vec<Vec<String>>, Answer> {
    let above: Vec<&str> = path.iter().flatten().map(String::as_str).collect();
    let rest: Vec<String> = words.rest().iter().map(|word| word.text.clone()).collect();
    let known = |count: usize| {
        running
            .children(&above)
            .any(|node| node.words().starts_with(&rest[..count]))
    };
    if let Some(bad) = (1..=rest.len()).find(|count| !known(*count)) {
        return Err(words.unknown(&words.rest()[bad - 1]));
    }
    path.push(rest);
    Ok(path)
}

fn compare(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    words: &mut Words<'_>,
) -> Result<String, Answer> {
    let first = rollback_id(state, words)?;
    let second = if first.is_some() {
        rollback_id(state, words)?
    } else {
        None
    };
    words.end()?;
    let owner = state.owner(id, context).ok_or_else(Answer::silent)?;
    let candidate = state.candidate(&owner);
    let (old, new) = match (first, second) {
        (None, _) => (candidate.base.clone(), candidate.tree.clone()),
        (Some(entry), None) => (entry, candidate.tree.clone()),
        (Some(first), Some(second)) => match context.dialect.compare_order {
            CompareOrder::FirstIsOld => (first, second),
            CompareOrder::FirstIsNew => (second, first),
        },
    };
    let text = old.compare(&new, context.dialect.compare, context.dialect.print_style());
    let colour = state
        .sessions
        .get(&id)
        .is_some_and(|session| session.settings.colour);
    Ok(if colour { coloured(&text) } else { text })
}

/// Added lines green, deleted ones red (REF 7.8); the codes are synthetic.
fn coloured(text: &str) -> String {
    text.lines()
        .map(|line| match line.trim_start().chars().next() {
            Some('+') => format!("\x1b[32m{line}\x1b[0m\n"),
            Some('-') => format!("\x1b[31m{line}\x1b[0m\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

fn rollback_id(state: &State, words: &mut Words<'_>) -> Result<Option<Tree>, Answer> {
    if words.peek().is_none() {
        return Ok(None);
    }
    words.keyword(&["rollback"])?;
    let word: &Word = words.any()?;
    let id = crate::grammar::number_in(&word.text, 0, 49).map(|id| id as usize);
    let entry = id
        .and_then(|id| state.ring.get(id))
        .ok_or_else(|| words.unknown(word))?;
    Ok(Some(entry.tree.clone()))
}

/// `show rollback [n]` (REF 8).
pub(super) fn rollback(
    state: &State,
    context: Context<'_>,
    words: &mut Words<'_>,
    pipes: &Pipes,
) -> Result<String, Answer> {
    let Some(word) = words.peek() else {
        return Ok(list(state, context));
    };
    words.any()?;
    let id = crate::grammar::number_in(&word.text, 0, 50).map(|id| id as usize);
    let entry = id
        .and_then(|id| state.ring.get(id))
        .ok_or_else(|| words.unknown(word))?;
    words.end()?;
    let mut notes = format!(
        "# version {}\n# user {}\n",
        context.spec.version.release, entry.user
    );
    if !entry.log.is_empty() {
        notes.push_str(&format!("# {}\n", entry.log));
    }
    let host = state.host(context);
    let body = body(&entry.tree, context, pipes);
    Ok(format!(
        "\n# {host} config-start [{}]\n{notes}\n{body}\n# {host} config-end\n\n",
        context.stamp(entry.at)
    ))
}

fn list(state: &State, context: Context<'_>) -> String {
    let mut rows: Vec<[String; 5]> = Vec::new();
    for (id, entry) in state.ring.iter().enumerate() {
        let time = Context {
            now: entry.at,
            ..context
        }
        .local()
        .format("%d-%b-%Y %H:%M:%S")
        .to_string();
        let log: Vec<char> = entry.log.chars().collect();
        let mut pieces = log.chunks(43).map(|piece| piece.iter().collect::<String>());
        rows.push([
            id.to_string(),
            time,
            entry.user.clone(),
            entry.via.to_owned(),
            pieces.next().unwrap_or_default(),
        ]);
        rows.extend(pieces.map(|piece| [String::new(), String::new(), String::new(), String::new(), piece]));
    }
    let user = rows.iter().map(|row| row[2].len()).max().unwrap_or(0).max(10);
    let mut out = format!(
        "\n| Id | {:<20} | {:<user$} | {:<9} | {:<43} |\n",
        "Time", "User", "Via", "Log"
    );
    out.push_str(&format!(
        "|----|{}+{}+{}+{}|\n",
        "-".repeat(22),
        "-".repeat(user + 2),
        "-".repeat(11),
        "-".repeat(45)
    ));
    for [id, time, name, via, log] in rows {
        out.push_str(&format!(
            "| {id:>2} | {time:<20} | {name:<user$} | {via:<9} | {log:<43} |\n"
        ));
    }
    out.push('\n');
    out
}
