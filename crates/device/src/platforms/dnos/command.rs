//! Everything that is ever said to a DNOS device: a closed set.
//!
//! What is not a value of [`Command`] can't be sent by any code path. Missing on purpose: `set cli-no-confirm`,
//! `rollback`, `load`, `no-warning`, an answer `yes`.

use std::{fmt, num::NonZeroU16, time::Duration};

use bk_config::CliLine;
use bk_model::BridgeDomainName;

use crate::channel::{Settle, Tuning};

/// The timer of a commit confirm in minutes, 1 to 65535 (REF 7.2).
pub type Minutes = NonZeroU16;

/// A rollback entry that has one below it: 0 to 48 (REF 7.8 compares 0 to 49).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(u8);

impl EntryId {
    /// Takes an entry's number; `None` where the device has nothing to compare it with.
    #[must_use]
    pub fn new(id: u8) -> Option<Self> {
        (id <= 48).then_some(Self(id))
    }
}

impl EntryId {
    /// The entry that is running.
    pub const RUNNING: Self = Self(0);
}

/// Which of two rollback entries `show config compare rollback x rollback y` takes as the newer text. The reference
/// leaves it open (REF 7.8): it is found out on each device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOrder {
    /// `x` is the newer one.
    NewFirst,
    /// `y` is the newer one.
    OldFirst,
}

/// A part of the configuration that is read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigPart {
    /// `network-services bridge-domain`.
    BridgeDomains,
    /// `interfaces`.
    Interfaces,
    /// `protocols lacp`.
    Lacp,
    /// `protocols lldp`.
    Lldp,
    /// `system name`: one line, read for the device's time in its frame.
    Name,
    /// Everything.
    Whole,
}

impl ConfigPart {
    /// The words of its path, none for the whole.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::BridgeDomains => "network-services bridge-domain",
            Self::Interfaces => "interfaces",
            Self::Lacp => "protocols lacp",
            Self::Lldp => "protocols lldp",
            Self::Name => "system name",
            Self::Whole => "",
        }
    }
}

/// A command that only reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// `show system version`.
    Version,
    /// `show system commit`.
    PendingCommit,
    /// `show rollback`.
    Rollback,
    /// `show config compare`: the candidate against running.
    Candidate,
    /// `show config compare rollback x rollback y`: what an entry changed against the one below it.
    Entry(EntryId, CompareOrder),
    /// `show config compare rollback 1`: the candidate against the text before the last commit. Here the candidate is
    /// the newer text (REF 7.8).
    SincePrevious,
    /// `show config ... | flatten`.
    Config(ConfigPart),
    /// `show system ssh sessions`.
    SshSessions,
    /// `show interfaces`.
    Interfaces,
    /// `show lldp neighbors`.
    LldpNeighbors,
    /// `show lacp interfaces`.
    LacpInterfaces,
    /// `show network-services bridge-domain`.
    BridgeDomains,
    /// `show bridge-domain mac-address-table instance X`.
    Macs(BridgeDomainName),
}

/// One line for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Session set-up: no paging (REF 1.5).
    NoPaging,
    /// Session set-up: no colours (REF 1.5).
    NoColour,
    /// Session set-up: no double echo (REF 1.5).
    NoTimestamp,
    /// Enters configuration mode.
    Configure,
    /// Goes to the root of configuration mode.
    Top,
    /// One context up; at the root of configuration mode to operational mode; from there out.
    Exit,
    /// `!`: one level up; at the root some releases leave configuration mode without a question (REF 3).
    LevelUp,
    /// A reading command.
    Show(Show),
    /// A line for the candidate.
    Line(CliLine),
    /// `commit check`.
    CommitCheck,
    /// `commit confirm N`: goes live under the device's own timer.
    CommitConfirm(Minutes),
    /// `commit`, which confirms a pending commit when the candidate is empty.
    Confirm,
    /// `clear system commit`: takes the pending commit back now.
    ClearPendingCommit,
    /// The reply `cancel` to the question on leaving configuration mode.
    ReplyCancel,
    /// The reply `abort` to the out-of-sync question.
    ReplyAbort,
    /// The reply `no` to the question about a commit's further effect.
    ReplyNo,
}

impl Command {
    /// Longest wait for its prompt.
    #[must_use]
    pub fn limit(&self, tuning: &Tuning) -> Duration {
        match self {
            Self::CommitCheck | Self::CommitConfirm(_) | Self::Confirm | Self::ClearPendingCommit => {
                tuning.commit
            }
            Self::Show(Show::Config(_) | Show::Entry(..) | Show::SincePrevious | Show::Candidate) => {
                tuning.answer.saturating_mul(2)
            }
            _ => tuning.answer,
        }
    }

    /// When its prompt is believed.
    #[must_use]
    pub fn settle(&self) -> Settle {
        match self {
            Self::Configure | Self::Top | Self::Exit | Self::LevelUp | Self::Line(_) => Settle::SilenceAtOnce,
            Self::NoPaging | Self::NoColour | Self::NoTimestamp => Settle::SilenceAtOnce,
            // A show can be repeated without harm.
            Self::Show(_) => Settle::OnCredit,
            _ => Settle::Quiet,
        }
    }

    /// Whether Ctrl-C may end it. Never true for what changes a candidate or the running configuration.
    #[must_use]
    pub fn is_interruptible(&self) -> bool {
        matches!(self, Self::Show(_))
    }
}

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("show system version")?,
            Self::PendingCommit => f.write_str("show system commit")?,
            Self::Rollback => f.write_str("show rollback")?,
            Self::Candidate => f.write_str("show config compare")?,
            Self::Entry(EntryId(id), CompareOrder::NewFirst) => {
                write!(f, "show config compare rollback {id} rollback {}", id + 1)?;
            }
            Self::Entry(EntryId(id), CompareOrder::OldFirst) => {
                write!(f, "show config compare rollback {} rollback {id}", id + 1)?;
            }
            Self::SincePrevious => f.write_str("show config compare rollback 1")?,
            Self::Config(ConfigPart::Whole) => f.write_str("show config | flatten")?,
            Self::Config(part) => write!(f, "show config {} | flatten", part.path())?,
            Self::SshSessions => f.write_str("show system ssh sessions")?,
            Self::Interfaces => f.write_str("show interfaces")?,
            Self::LldpNeighbors => f.write_str("show lldp neighbors")?,
            Self::LacpInterfaces => f.write_str("show lacp interfaces")?,
            Self::BridgeDomains => f.write_str("show network-services bridge-domain")?,
            Self::Macs(domain) => write!(f, "show bridge-domain mac-address-table instance {domain}")?,
        }
        f.write_str(" | no-more")
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPaging => f.write_str("set cli-terminal-length 0"),
            Self::NoColour => f.write_str("set cli-ansi-color-disabled"),
            Self::NoTimestamp => f.write_str("unset cli-timestamp"),
            Self::Configure => f.write_str("configure"),
            Self::Top => f.write_str("top"),
            Self::Exit => f.write_str("exit"),
            Self::LevelUp => f.write_str("!"),
            Self::Show(show) => show.fmt(f),
            Self::Line(line) => line.fmt(f),
            Self::CommitCheck => f.write_str("commit check"),
            Self::CommitConfirm(minutes) => write!(f, "commit confirm {minutes}"),
            Self::Confirm => f.write_str("commit"),
            Self::ClearPendingCommit => f.write_str("clear system commit"),
            Self::ReplyCancel => f.write_str("cancel"),
            Self::ReplyAbort => f.write_str("abort"),
            Self::ReplyNo => f.write_str("no"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rendered() {
        let minutes = Minutes::new(10).unwrap();
        let entry = EntryId::new(0).unwrap();
        let domain = BridgeDomainName::new("g_kestrel_v251").unwrap();
        let cases = [
            (Command::CommitConfirm(minutes), "commit confirm 10"),
            (
                Command::Show(Show::Entry(entry, CompareOrder::NewFirst)),
                "show config compare rollback 0 rollback 1 | no-more",
            ),
            (
                Command::Show(Show::Entry(entry, CompareOrder::OldFirst)),
                "show config compare rollback 1 rollback 0 | no-more",
            ),
            (
                Command::Show(Show::Config(ConfigPart::Whole)),
                "show config | flatten | no-more",
            ),
            (
                Command::Show(Show::Config(ConfigPart::BridgeDomains)),
                "show config network-services bridge-domain | flatten | no-more",
            ),
            (
                Command::Show(Show::Macs(domain)),
                "show bridge-domain mac-address-table instance g_kestrel_v251 | no-more",
            ),
        ];
        for (command, expected) in cases {
            assert_eq!(command.to_string(), expected);
        }
        assert_eq!(EntryId::new(49), None);
    }

    /// What must never reach a device is no command, and no line for the candidate either.
    #[test]
    fn forbidden_lines_cannot_be_made() {
        for line in [
            "set cli-no-confirm",
            "rollback 0",
            "rollback",
            "commit",
            "commit no-warning",
            "commit confirm 5 no-warning",
            "load override factory-default",
            "load override golden-config",
            "load merge file",
            "yes",
            "interfaces ge100-0/0/3.251 vlan-id 251\ncommit",
            "interfaces ge100-0/0/3.251 vlan-id 251 ; rollback 0",
            "run start shell",
            "request system restart",
            "no interfaces ge100-0/0/3",
        ] {
            assert!(CliLine::parse(line).is_err(), "{line}");
        }
    }

    /// Every command, one of each kind. A new kind does not compile until it stands here.
    fn one_of_each() -> Vec<Command> {
        let show = |show| Command::Show(show);
        let entry = EntryId::RUNNING;
        let all = vec![
            Command::NoPaging,
            Command::NoColour,
            Command::NoTimestamp,
            Command::Configure,
            Command::Top,
            Command::Exit,
            Command::LevelUp,
            show(Show::Version),
            show(Show::PendingCommit),
            show(Show::Rollback),
            show(Show::Candidate),
            show(Show::Entry(entry, CompareOrder::NewFirst)),
            show(Show::Entry(entry, CompareOrder::OldFirst)),
            show(Show::SincePrevious),
            show(Show::Config(ConfigPart::Whole)),
            show(Show::SshSessions),
            show(Show::Interfaces),
            show(Show::LldpNeighbors),
            show(Show::LacpInterfaces),
            show(Show::BridgeDomains),
            show(Show::Macs(BridgeDomainName::new("g_kestrel_v251").unwrap())),
            Command::Line(CliLine::parse("interfaces ge100-0/0/3.251 vlan-id 251").unwrap()),
            Command::CommitCheck,
            Command::CommitConfirm(Minutes::MIN),
            Command::CommitConfirm(Minutes::MAX),
            Command::Confirm,
            Command::ClearPendingCommit,
            Command::ReplyCancel,
            Command::ReplyAbort,
            Command::ReplyNo,
        ];
        for command in &all {
            match command {
                Command::NoPaging
                | Command::NoColour
                | Command::NoTimestamp
                | Command::Configure
                | Command::Top
                | Command::Exit
                | Command::LevelUp
                | Command::Line(_)
                | Command::CommitCheck
                | Command::CommitConfirm(_)
                | Command::Confirm
                | Command::ClearPendingCommit
                | Command::ReplyCancel
                | Command::ReplyAbort
                | Command::ReplyNo => {}
                Command::Show(show) => match show {
                    Show::Version
                    | Show::PendingCommit
                    | Show::Rollback
                    | Show::Candidate
                    | Show::Entry(..)
                    | Show::SincePrevious
                    | Show::Config(_)
                    | Show::SshSessions
                    | Show::Interfaces
                    | Show::LldpNeighbors
                    | Show::LacpInterfaces
                    | Show::BridgeDomains
                    | Show::Macs(_) => {}
                },
            }
        }
        all
    }

    /// Why a line must never be sent.
    fn is_forbidden(line: &str) -> bool {
        let words: Vec<&str> = line.split(' ').collect();
        line.chars().any(char::is_control)
            || words.contains(&"no-warning")
            || matches!(words[0], "rollback" | "load" | "run" | "request" | "yes" | "y")
            || line.starts_with("set cli-no-confirm")
    }

    #[test]
    fn no_command_is_a_forbidden_one() {
        for command in one_of_each() {
            assert!(!is_forbidden(&command.to_string()), "{command}");
        }
        // The one bare commit confirms what is pending; only the engine's table says when, which its own tests prove.
        let bare: Vec<Command> = one_of_each()
            .into_iter()
            .filter(|command| command.to_string() == "commit")
            .collect();
        assert_eq!(bare, [Command::Confirm]);
    }

    proptest::proptest! {
        /// Whatever is taken as a line for the candidate: it is one line, and none of the forbidden ones.
        #[test]
        fn no_line_for_the_candidate_is_a_forbidden_one(
            text in "((no )?(interfaces|network-services|rollback|load|set|commit|run|request|protocols) )?(ge100-0/0/3(\\.[0-9]{1,4})?|bridge-domain instance [a-z_]{1,6}|0|override|cli-no-confirm|confirm 5) ?(vlan-id [0-9]{1,4}|l2-service enabled|no-warning|description \"\\PC{0,4}\"|factory-default|\\PC{0,6})[\n\r\t\u{1b}\u{7f} ]?(commit|rollback 0)?",
        ) {
            if let Ok(line) = CliLine::parse(&text) {
                let sent = Command::Line(line).to_string();
                proptest::prop_assert!(!is_forbidden(&sent), "{:?} became {:?}", text, sent);
                let first = sent.split(' ').find(|word| *word != "no");
                proptest::prop_assert!(
                    matches!(first, Some("interfaces" | "network-services" | "protocols")),
                    "{:?} became {:?}", text, sent
                );
            }
        }
    }

    #[test]
    fn only_reading_may_be_interrupted() {
        let line = CliLine::parse("interfaces ge100-0/0/3.251 vlan-id 251").unwrap();
        for command in [
            Command::Line(line),
            Command::CommitCheck,
            Command::Confirm,
            Command::ClearPendingCommit,
        ] {
            assert!(!command.is_interruptible(), "{command}");
        }
    }
}
