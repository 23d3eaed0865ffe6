//! The `show` commands.

use chrono::TimeDelta;

use super::matching::Words;
use super::pipes::{Pipes, split_outside_quotes, split_pipes};
use super::state::State;
use super::{Answer, Context, Next, SessionId, show_config};
use crate::dialect::SessionList;
use crate::forwarding::FabricView;
use crate::tables::{self, DeviceView, Refusal};

/// What may follow `show`.
pub(super) const SHOWS: [&str; 7] = [
    "bridge-domain",
    "config",
    "interfaces",
    "lacp",
    "lldp",
    "network-services",
    "rollback",
];

/// A line of one or more `show` commands, separated by `;`.
pub(super) fn line(
    state: &mut State,
    context: Context<'_>,
    fabric: &dyn FabricView,
    id: SessionId,
    line: &str,
    shown: usize,
) -> Answer {
    let commands = split_outside_quotes(line, ';').len();
    if commands == 1 {
        return one(state, context, fabric, id, line, shown);
    }
    let mut text = String::new();
    for command in line.split(';') {
        let answer = one(state, context, fabric, id, command.trim(), shown);
        text.push_str(&format!("# {}\n", command.trim()));
        text.push_str(&answer.text);
        if answer.failed {
            return Answer { text, ..answer };
        }
    }
    Answer::paged(text)
}

fn one(
    state: &mut State,
    context: Context<'_>,
    fabric: &dyn FabricView,
    id: SessionId,
    line: &str,
    shown: usize,
) -> Answer {
    command(state, context, fabric, id, line, shown).unwrap_or_else(|refusal| refusal)
}

fn command(
    state: &mut State,
    context: Context<'_>,
    fabric: &dyn FabricView,
    id: SessionId,
    line: &str,
    shown: usize,
) -> Result<Answer, Answer> {
    let parts = split_pipes(line);
    let mut words = Words::new(&parts[0], shown);
    words.any()?;
    let word = words.peek().ok_or_else(Answer::incomplete)?;
    let mut names = SHOWS.to_vec();
    names.push("system");
    let name = super::matching::resolve(word, &names).ok_or_else(|| words.unknown(word))?;
    let pipes = Pipes::read(&parts[1..], shown, matches!(name, "config" | "rollback"));
    let colour = state
        .sessions
        .get(&id)
        .is_some_and(|session| session.settings.colour);
    let text = match name {
        "config" => {
            words.any()?;
            // A wrong path is told before a wrong pipe: the device reads from left to right.
            let default = Pipes::default();
            show_config::config(state, context, id, &mut words, pipes.as_ref().unwrap_or(&default))?
        }
        "rollback" => {
            words.any()?;
            show_config::rollback(
                state,
                context,
                &mut words,
                pipes.as_ref().unwrap_or(&Pipes::default()),
            )?
        }
        "system" => match system(state, context, id, &mut words)? {
            Some(text) => text,
            None => table(state, context, fabric, &words)?,
        },
        _ => table(state, context, fabric, &words)?,
    };
    let pipes = pipes?;
    let text = pipes.apply(text, colour);
    if let Some(interval) = pipes.monitor {
        let stamp = context.local().format("%Y-%m-%d %H:%M:%S");
        let text = format!(
            "Every {interval}s: {}    {stamp}\n\n{text}\nPress CTRL+C to quit\n",
            parts_text(line)
        );
        return Ok(Answer::text(text).then(Next::Monitor));
    }
    Ok(if pipes.no_more {
        Answer::text(text)
    } else {
        Answer::paged(text)
    })
}

fn parts_text(line: &str) -> &str {
    line.split('|').next().unwrap_or(line).trim()
}

/// The `show system` commands that tell of sessions and commits; the others are tables.
fn system(
    state: &State,
    context: Context<'_>,
    id: SessionId,
    words: &mut Words<'_>,
) -> Result<Option<String>, Answer> {
    let names = ["commit", "login", "name", "ssh", "version"];
    let second = words
        .rest()
        .get(1)
        .and_then(|word| super::matching::resolve(word, &names));
    let text = match second {
        Some("commit") => commits(state, context),
        Some("ssh") => {
            let third = words.rest().get(2).ok_or_else(Answer::incomplete)?;
            if super::matching::resolve(third, &["sessions"]).is_none() {
                return Err(words.unknown(third));
            }
            sessions(state, context, id)
        }
        Some("login") => {
            let third = words.rest().get(2).ok_or_else(Answer::incomplete)?;
            if super::matching::resolve(third, &["users"]).is_none() {
                return Err(words.unknown(third));
            }
            users(state)
        }
        Some("name") => format!("System Name: {}\n\n", state.host(context)),
        _ => return Ok(None),
    };
    let used = if matches!(second, Some("commit" | "name")) {
        2
    } else {
        3
    };
    Words::new(&words.rest()[used..], words.shown()).end()?;
    Ok(Some(text))
}

/// REF 7.2. How a running commit is told is not known; synthetic.
fn commits(state: &State, context: Context<'_>) -> String {
    let mut out = String::new();
    if let Some(busy) = &state.busy {
        out.push_str(&format!(
            "[{}] {} via cli commit in progress\n",
            context.stamp(busy.since),
            busy.user
        ));
    }
    if let Some(pending) = &state.pending {
        let minutes = (pending.deadline - context.now).num_minutes();
        out.push_str(&format!(
            "[{}] {} via cli commit confirm, rollback in {minutes} minutes\n",
            context.stamp(pending.since),
            pending.user
        ));
    }
    if out.is_empty() {
        "no commits\n".to_owned()
    } else {
        out
    }
}

fn sessions(state: &State, context: Context<'_>, _id: SessionId) -> String {
    let mut out = String::from("\nSSH Server Sessions:\n\n");
    out.push_str("|   Session-ID | User   | Role      | VRF        | Remote Address   | Session Uptime   | Idle time  |\n");
    out.push_str("|--------------+--------+-----------+------------+------------------+------------------+------------|\n");
    for (number, session) in &state.sessions {
        let role = state
            .running
            .leaf(&["system", "login", "user", &session.user], "role")
            .unwrap_or("admin");
        let (id, remote) = match context.dialect.session_list {
            SessionList::Full => (number.0.to_string(), session.remote.clone()),
            SessionList::Anonymous => (String::new(), "192.0.2.1".to_owned()),
        };
        let role = capitalised(role);
        let (up, idle) = match context.dialect.session_list {
            SessionList::Full => (
                uptime(context.now - session.since),
                clock(context.now - session.active),
            ),
            SessionList::Anonymous => (String::new(), String::new()),
        };
        let user = &session.user;
        out.push_str(&format!(
            "| {id:>12} | {user:<6} | {role:<9} | {:<10} | {remote:<16} | {up:<16} | {idle:<10} |\n",
            "mgmt0"
        ));
    }
    out.push_str("\nSSH Client Sessions:\n\n");
    out.push_str("|   Session-ID | User   | Role      | VRF        | Remote Address   | Session Uptime   | Idle time  |\n");
    out.push_str("|--------------+--------+-----------+------------+------------------+------------------+------------|\n\n");
    out
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn uptime(span: TimeDelta) -> String {
    let days = span.num_days();
    let unit = if days == 1 { "day" } else { "days" };
    format!("{days} {unit}, {}", clock(span - TimeDelta::days(days)))
}

fn clock(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn users(state: &State) -> String {
    let mut out = String::from("\nLocally Configured:\n");
    out.push_str("| User   | Role      | Failed Logins | Hold-off  | Description   |\n");
    out.push_str("|--------+-----------+---------------+-----------+---------------|\n");
    for user in state
        .running
        .children(&["system", "login"])
        .filter(|node| node.words().len() == 2)
    {
        let role = capitalised(user.leaf("role").unwrap_or("viewer"));
        let description = user.leaf("description").unwrap_or_default();
        out.push_str(&format!(
            "| {:<6} | {role:<9} | {:<13} | {:<9} | {description:<13} |\n",
            user.name(),
            0,
            ""
        ));
    }
    out.push('\n');
    out
}

/// The tables of the operational state, with the blank line before and after that captures show.
fn table(
    state: &State,
    context: Context<'_>,
    fabric: &dyn FabricView,
    words: &Words<'_>,
) -> Result<String, Answer> {
    let layout = context.dialect.tables.into();
    let view = DeviceView {
        running: &state.running,
        spec: context.spec,
        now: context.local(),
        fabric,
        layout,
    };
    let typed: Vec<&str> = words.rest().iter().map(|word| word.text.as_str()).collect();
    match tables::show(&view, &typed) {
        Ok(text) => Ok(format!("\n{}\n\n", text.trim_end())),
        Err(Refusal::Incomplete) => Err(Answer::incomplete()),
        Err(Refusal::UnknownWord(index)) => Err(words
            .rest()
            .get(index)
            .map_or_else(Answer::incomplete, |word| words.unknown(word))),
    }
}
