//! What the first prompt tells, and what kept it away.

use super::{DriverError, Mode};
use crate::{
    channel::{ChannelError, Prompt, QuestionKind},
    platforms::dnos,
};

/// What kept the first prompt away: a base shell question, another kind of machine, silence, a closed connection.
pub(super) fn not_opened(source: ChannelError) -> DriverError {
    let said = source.said().trim().to_owned();
    let reason = match &source {
        ChannelError::NoPrompt { .. } if dnos::DIALOGUE.question(&said) == Some(QuestionKind::StartShell) => {
            "its command line is not running".to_owned()
        }
        ChannelError::NoPrompt { .. } => format!("it says {:?}", last_line(&said)),
        ChannelError::Closed { .. } if !said.is_empty() => {
            format!("it said {:?} and closed the connection", last_line(&said))
        }
        ChannelError::Deadline { waited, .. } if said.is_empty() => {
            format!("it was silent for {} s", waited.as_secs())
        }
        ChannelError::Deadline { waited, .. } => {
            format!(
                "no prompt within {} s after {:?}",
                waited.as_secs(),
                last_line(&said)
            )
        }
        _ => {
            return DriverError::Channel {
                command: String::new(),
                source,
            };
        }
    };
    DriverError::NotDnos { reason }
}

fn last_line(text: &str) -> &str {
    text.lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("")
}

/// A login lands in operational mode; `GI` is a box without DNOS (REF 1.3).
pub(super) fn mode_at_login(prompt: &Prompt) -> Option<Mode> {
    if dnos::DIALOGUE.bare_host.is_match(&prompt.host) {
        return None;
    }
    Mode::of(prompt)
}

pub(super) fn show_prompt(prompt: &Prompt) -> String {
    match &prompt.context {
        None => format!("{}#", prompt.host),
        Some(context) => format!("{}({context})#", prompt.host),
    }
}
