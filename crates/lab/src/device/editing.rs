//! Configuration lines: what they do to the candidate and to the context (REF 4.3).

use super::session::Mode;
use super::state::State;
use super::{Answer, Context, SessionId};
use crate::dialect::{CaretInput, ContextAfterNo, DeleteMissing};
use crate::grammar::{EditKind, InputError, Step, Word, parse_line};

/// Takes one configuration line.
pub(super) fn line(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    words: &[Word],
    shown: usize,
) -> Answer {
    let Some(levels) = state
        .sessions
        .get(&id)
        .and_then(|session| session.levels())
        .map(<[Step]>::to_vec)
    else {
        return Answer::silent();
    };
    let caret = words.last().filter(|word| word.text == "^" && !word.quoted);
    let body = match caret {
        Some(word) if context.dialect.caret_input == CaretInput::Refused => {
            return Answer::unknown("^", shown + word.column);
        }
        Some(_) => &words[..words.len() - 1],
        None => words,
    };
    let edit = match parse_line(&levels, body) {
        Ok(edit) => edit,
        Err(InputError::Incomplete) => return Answer::incomplete(),
        Err(InputError::Unknown { index, .. }) => {
            let word = &words[index];
            return Answer::unknown(&word.text, shown + word.column);
        }
    };
    let Some(owner) = state.owner(id, context) else {
        return Answer::silent();
    };
    let candidate = state.candidate(&owner);
    let hit = candidate.tree.apply(&edit, context.dialect.edit_rules());
    let mut next = match &edit.kind {
        EditKind::Enter => edit.path.clone(),
        EditKind::DeleteLevel if context.dialect.context_after_no == ContextAfterNo::Parent => {
            edit.path[..edit.path.len().saturating_sub(1)].to_vec()
        }
        EditKind::DeleteLeaf { .. } if context.dialect.context_after_no == ContextAfterNo::Parent => {
            edit.path.clone()
        }
        _ => levels,
    };
    if caret.is_some() {
        next.clear();
    }
    candidate.edits.push(edit);
    if !candidate.dirty() {
        candidate.edits.clear();
    }
    if !hit && context.dialect.delete_missing == DeleteMissing::Unknown {
        let word = &body[body.len() - 1];
        return Answer::unknown(&word.text, shown + word.column);
    }
    if let Some(session) = state.sessions.get_mut(&id) {
        session.mode = Mode::Configuration(next);
    }
    Answer::silent()
}
