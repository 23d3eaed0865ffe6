//! The modes of the command line and the ways between them (REF 3).

use crate::{channel::Prompt, platforms::dnos::Command};

/// A mode of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `HOST#`.
    Operational,
    /// `HOST(cfg...)#`, at any depth.
    Configuration,
}

impl Mode {
    /// Reads the mode off a prompt. Only the prefix `cfg` of a context counts: the shortened names behind it vary
    /// (REF 1.3).
    #[must_use]
    pub fn of(prompt: &Prompt) -> Option<Self> {
        match prompt.context.as_deref() {
            None => Some(Self::Operational),
            Some(context) if context == "cfg" || context.starts_with("cfg-") => Some(Self::Configuration),
            Some(_) => None,
        }
    }
}

/// The commands that lead one step towards `to`. From inside a context the root comes first: `exit` goes up one
/// context only.
pub(super) fn way(from: Mode, to: Mode, context: Option<&str>) -> Vec<Command> {
    match (from, to) {
        (Mode::Operational, Mode::Configuration) => vec![Command::Configure],
        (Mode::Configuration, Mode::Operational) if context == Some("cfg") => vec![Command::Exit],
        (Mode::Configuration, Mode::Operational) => vec![Command::Top, Command::Exit],
        _ => Vec::new(),
    }
}

/// Whether `command`, sent in mode `from`, may end in mode `to`. `asked` tells that a question was answered on the way.
pub(super) fn may_lead_to(command: &Command, from: Mode, to: Mode, asked: bool) -> bool {
    match command {
        Command::Configure => to == Mode::Configuration,
        Command::Exit => (to == Mode::Operational) != asked,
        Command::LevelUp => true,
        _ => from == to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_by_prefix() {
        let check = |context: Option<&str>, expected: Option<Mode>| {
            let prompt = Prompt {
                host: "LEAF-A01".into(),
                context: context.map(str::to_owned),
            };
            assert_eq!(Mode::of(&prompt), expected, "{context:?}");
        };
        check(None, Some(Mode::Operational));
        check(Some("cfg"), Some(Mode::Configuration));
        check(Some("cfg-netsrv-bd-inst"), Some(Mode::Configuration));
        check(Some("cfgx"), None);
        check(Some("recovery"), None);
    }

    #[test]
    fn ways() {
        assert_eq!(
            way(Mode::Operational, Mode::Configuration, None),
            [Command::Configure]
        );
        assert_eq!(
            way(Mode::Configuration, Mode::Operational, Some("cfg")),
            [Command::Exit]
        );
        assert_eq!(
            way(Mode::Configuration, Mode::Operational, Some("cfg-if")),
            [Command::Top, Command::Exit]
        );
    }
}
