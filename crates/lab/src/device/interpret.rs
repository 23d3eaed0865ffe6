//! What a typed line means in the session's mode (REF 3).

use super::commit::{self, CommitArgs};
use super::matching::{Words, resolve};
use super::session::{Leave, Mode, Question};
use super::state::State;
use super::{Answer, Context, Next, SessionId, editing, show};
use crate::dialect::{ConfirmLog, RollbackText};
use crate::forwarding::FabricView;
use crate::grammar::{Word, find_child, root, split_words};

pub(super) const OPERATIONAL: [&str; 9] = [
    "clear",
    "configure",
    "exit",
    "quit",
    "request",
    "run",
    "set",
    "show",
    "unset",
];
pub(super) const CONFIGURATION: [&str; 14] = [
    "clear", "commit", "end", "exit", "load", "quit", "request", "rollback", "run", "save", "set", "show",
    "top", "unset",
];

/// Takes one line.
pub(super) fn line(
    state: &mut State,
    context: Context<'_>,
    fabric: &dyn FabricView,
    id: SessionId,
    line: &str,
    shown: usize,
) -> Answer {
    let Some(session) = state.sessions.get_mut(&id) else {
        return Answer::silent().then(Next::Close);
    };
    session.active = context.now;
    if let Some(question) = session.question.take() {
        return reply(state, context, id, question, line);
    }
    let words = split_words(line);
    let Some(first) = words.first() else {
        return Answer::silent();
    };
    if first.text.starts_with('#') {
        return Answer::silent();
    }
    let configuring = session.levels().is_some();
    if first.text == "!" {
        return if configuring {
            up(state, id)
        } else {
            Answer::silent()
        };
    }
    let Some(command) = command_of(state, id, first) else {
        return if configuring {
            editing::line(state, context, id, &words, shown)
        } else {
            Answer::unknown(&first.text, shown + first.column)
        };
    };
    if command == "show" {
        return show::line(state, context, fabric, id, line, shown);
    }
    let mut rest = Words::new(&words, shown);
    run(state, context, id, command, &mut rest).unwrap_or_else(|refusal| refusal)
}

/// The command that a first word names in this mode; none if it starts a configuration line.
pub(super) fn command_of(state: &State, id: SessionId, word: &Word) -> Option<&'static str> {
    let session = state.sessions.get(&id)?;
    let Some(levels) = session.levels() else {
        return resolve(word, &OPERATIONAL);
    };
    let statement = levels.last().map_or_else(root, |step| step.statement);
    let command = resolve(word, &CONFIGURATION)?;
    let exact = command == word.text;
    (exact || find_child(statement, word).is_none()).then_some(command)
}

fn run(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    command: &str,
    words: &mut Words<'_>,
) -> Result<Answer, Answer> {
    words.any()?;
    match command {
        "configure" => {
            words.end()?;
            if let Some(session) = state.sessions.get_mut(&id) {
                session.mode = Mode::Configuration(Vec::new());
                session.configured = true;
            }
            Ok(Answer::silent())
        }
        "exit" => {
            words.end()?;
            let levels = state
                .sessions
                .get(&id)
                .and_then(|session| session.levels())
                .map(<[_]>::len);
            Ok(match levels {
                None => Answer::silent().then(Next::Close),
                Some(0) => leave(state, context, id, Leave::Configuration),
                Some(_) => up(state, id),
            })
        }
        "end" => {
            words.end()?;
            Ok(leave(state, context, id, Leave::Configuration))
        }
        "quit" => {
            words.end()?;
            Ok(leave(state, context, id, Leave::Session))
        }
        "top" => {
            words.end()?;
            set_levels(state, id, 0);
            Ok(Answer::silent())
        }
        "commit" => {
            let args = read_commit(context, words)?;
            Ok(commit::begin(state, context, id, args))
        }
        "rollback" => rollback(state, context, id, words),
        "clear" => clear(state, context, id, words),
        "set" => set(state, id, words),
        "unset" => unset(state, id, words),
        "save" => {
            words.any()?;
            words.end()?;
            Ok(Answer::silent())
        }
        "load" => {
            words.keyword(&["merge", "override"])?;
            words.eat("user-specific");
            let file = words.any()?;
            words.end()?;
            // Synthetic, after REF 10 "Failed to show file": this device holds no files.
            Ok(Answer::error(format!(
                "ERROR: Failed to load file {}.",
                file.text
            )))
        }
        // `run` and `request` lead to commands outside the grammar of this device.
        _ => {
            let word = words.any()?;
            Err(words.unknown(word))
        }
    }
}

fn up(state: &mut State, id: SessionId) -> Answer {
    if let Some(session) = state.sessions.get_mut(&id) {
        match &mut session.mode {
            Mode::Configuration(levels) if !levels.is_empty() => {
                levels.pop();
            }
            mode => *mode = Mode::Operational,
        }
    }
    Answer::silent()
}

fn set_levels(state: &mut State, id: SessionId, length: usize) {
    if let Some(Mode::Configuration(levels)) = state.sessions.get_mut(&id).map(|session| &mut session.mode) {
        levels.truncate(length);
    }
}

/// Leaves configuration mode or the session; asks first if the candidate has changes (REF 3).
fn leave(state: &mut State, context: Context<'_>, id: SessionId, leave: Leave) -> Answer {
    let configuring = state
        .sessions
        .get(&id)
        .is_some_and(|session| session.levels().is_some());
    let dirty = configuring
        && state
            .owner(id, context)
            .is_some_and(|owner| state.candidate(&owner).dirty());
    if !dirty {
        return gone(state, id, leave);
    }
    if let Some(session) = state.sessions.get_mut(&id) {
        session.question = Some(Question::Uncommitted { leave });
    }
    Answer::ask(
        "Warning: Configuration includes uncommitted changes, would you like to commit them before exiting (yes/no/cancel) [cancel]? ",
    )
}

fn gone(state: &mut State, id: SessionId, leave: Leave) -> Answer {
    if let Some(session) = state.sessions.get_mut(&id) {
        session.mode = Mode::Operational;
    }
    match leave {
        Leave::Configuration => Answer::silent(),
        Leave::Session => Answer::silent().then(Next::Close),
    }
}

fn reply(state: &mut State, context: Context<'_>, id: SessionId, question: Question, reply: &str) -> Answer {
    match question {
        Question::OutOfSync { commit } => commit::answer_out_of_sync(state, context, id, commit, reply),
        Question::Uncommitted { leave: how } => match reply.trim() {
            "yes" => {
                let args = CommitArgs {
                    exit: true,
                    ..CommitArgs::default()
                };
                commit::begin(state, context, id, args)
            }
            "no" => {
                if let Some(owner) = state.owner(id, context) {
                    state.candidates.remove(&owner);
                }
                gone(state, id, how)
            }
            "" | "cancel" => Answer::silent(),
            _ => leave(state, context, id, how),
        },
    }
}

fn read_commit(context: Context<'_>, words: &mut Words<'_>) -> Result<CommitArgs, Answer> {
    let mut args = CommitArgs::default();
    while let Some(word) = words.peek() {
        match words.keyword(&["and-exit", "check", "confirm", "log", "no-warning"])? {
            "and-exit" => args.exit = true,
            "check" => args.check = true,
            "no-warning" => args.no_warning = true,
            "confirm" => {
                let number = words
                    .peek()
                    .is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()));
                args.confirm = Some(if number { words.number(1, 65_535)? } else { 10 });
            }
            _ => {
                if args.confirm.is_some() && context.dialect.confirm_log == ConfirmLog::Refused {
                    return Err(words.unknown(word));
                }
                let first = words.any()?;
                args.log.clone_from(&first.text);
                while let Some(more) = words.peek().filter(|_| !first.quoted) {
                    args.log.push(' ');
                    args.log.push_str(&more.text);
                    words.any()?;
                }
                if !(1..=512).contains(&args.log.len()) {
                    return Err(words.unknown(first));
                }
            }
        }
    }
    Ok(args)
}

fn rollback(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    words: &mut Words<'_>,
) -> Result<Answer, Answer> {
    let number = match words.peek() {
        None => 0,
        Some(word) => {
            words.any()?;
            let number = crate::grammar::number_in(&word.text, 0, 49).map(|number| number as usize);
            number
                .filter(|number| *number < state.ring.len())
                .ok_or_else(|| words.unknown(word))?
        }
    };
    words.end()?;
    let owner = state.owner(id, context).ok_or_else(Answer::silent)?;
    state.candidates.remove(&owner);
    if number > 0 {
        let tree = state.ring[number].tree.clone();
        let candidate = state.candidate(&owner);
        candidate.tree = tree;
        candidate.absolute = true;
    }
    Ok(match context.dialect.rollback_text {
        RollbackText::Silent => Answer::silent(),
        RollbackText::Complete => Answer::text("Configuration rollback complete"),
    })
}

fn clear(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    words: &mut Words<'_>,
) -> Result<Answer, Answer> {
    match words.keyword(&["bridge-domain", "system"])? {
        "system" => {
            words.keyword(&["commit"])?;
            words.end()?;
            let Some(text) = state.revert(context) else {
                return Ok(Answer::error("ERROR: No commit confirm scheduled"));
            };
            state.notices.push(super::Notice::Broadcast {
                text: text.clone(),
                except: Some(id),
            });
            Ok(Answer::text(text))
        }
        _ => {
            words.keyword(&["mac-table"])?;
            while words.peek().is_some() {
                words.any()?;
            }
            Ok(Answer::silent())
        }
    }
}

const SETTINGS: [&str; 4] = [
    "cli-ansi-color-disabled",
    "cli-no-confirm",
    "cli-terminal-length",
    "cli-timestamp",
];

fn set(state: &mut State, id: SessionId, words: &mut Words<'_>) -> Result<Answer, Answer> {
    let setting = words.keyword(&SETTINGS)?;
    let length = if setting == "cli-terminal-length" {
        Some(words.number(0, 1023)?)
    } else {
        None
    };
    words.end()?;
    if let Some(session) = state.sessions.get_mut(&id) {
        match setting {
            "cli-ansi-color-disabled" => session.settings.colour = false,
            "cli-timestamp" => session.settings.timestamp = Some(true),
            "cli-terminal-length" => {
                session.settings.length = length.and_then(|length| u16::try_from(length).ok());
            }
            _ => {}
        }
    }
    Ok(Answer::silent())
}

fn unset(state: &mut State, id: SessionId, words: &mut Words<'_>) -> Result<Answer, Answer> {
    let setting = words.keyword(&SETTINGS)?;
    words.end()?;
    if let Some(session) = state.sessions.get_mut(&id) {
        match setting {
            "cli-ansi-color-disabled" => session.settings.colour = true,
            "cli-timestamp" => session.settings.timestamp = Some(false),
            "cli-terminal-length" => session.settings.length = None,
            _ => {}
        }
    }
    Ok(Answer::silent())
}
