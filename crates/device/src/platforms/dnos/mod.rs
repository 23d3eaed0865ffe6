//! DriveNets DNOS: its prompts, questions, commands and answers.
//!
//! Facts come from the CLI behaviour reference (REF); where it gives several forms all are read.

pub mod answers;
mod command;
pub mod compare;
pub mod config;
pub mod interfaces;
pub mod macs;
pub mod neighbours;
pub mod rollback;
pub mod sessions;
pub mod system;
pub mod table;

use std::sync::LazyLock;

use regex::Regex;

use crate::channel::{Dialogue, QuestionKind};

pub use command::{Command, CompareOrder, ConfigPart, EntryId, Minutes, Show};

/// The first release with bridge domains (REF 12); older ones are refused.
pub const OLDEST_RELEASE: (u16, u16) = (17, 2);

/// Prompts, pager, questions and broadcasts of DNOS (REF 1.3, 1.4, 1.6, 2, 3, 7).
pub static DIALOGUE: LazyLock<Dialogue> = LazyLock::new(|| Dialogue {
    prompt: pattern(r"^([\w.\-+:/\[\]]+)(?:\(([^)\n]*)\))?# ?$"),
    bare_host: pattern("^GI$"),
    stamp: pattern(r"(?:^| )\d{2}-[A-Z][a-z]{2}-\d{4}-\d{2}:\d{2}:\d{2}$"),
    pager: pattern(r"-- (?:More|End) -- \(Press q to quit\)\s*$"),
    questions: vec![
        (
            QuestionKind::StartShell,
            pattern(r"(?is)do you wish to enter BaseOS shell\?.*\?\s*\z"),
        ),
        (
            QuestionKind::LeaveUncommitted,
            pattern(
                r"(?i)would you like to commit them before exiting \(yes[/,]no[/,]cancel\)\s*\[cancel\]\?\s*\z",
            ),
        ),
        (
            QuestionKind::OutOfSync,
            pattern(r"(?is)out of sync.{0,200}\(.*\babort\)\s*\[abort\]\s*\?\s*\z"),
        ),
        (
            QuestionKind::CommitEffect,
            pattern(
                r"(?i)enter yes to continue with commit, no to abort commit \(yes/no\)\s*\[no\]\s*\??\s*\z",
            ),
        ),
        (
            QuestionKind::Password,
            pattern(r"(?m)^[\w ]{0,40}[Pp]assword:\s*\z"),
        ),
        (
            QuestionKind::YesNo,
            pattern(
                r"(?i)[(\[]\s*(?:yes\s*/\s*no|y\s*/\s*n)\s*[)\]](?:\s*\[\s*(?:yes|no|y|n)\s*\])?\s*\??\s*\z",
            ),
        ),
    ],
    maybe_question: pattern(r"\?\s?$"),
    broadcasts: vec![
        pattern(r"(?i)^\s*commit succeeded by \S+ at "),
        pattern(r"(?i)^\s*configuration commit (?:confirm )?(?:rollback|rollbacked|rolled back) by "),
        pattern(r"^local\d\.(?:emerg|alert|crit|err|error|warning|notice|info|debug)\s"),
    ],
    last_line: pattern(r"^\s*# ?\S+ config-end\s*$"),
    refusal: pattern(r"(?im)^\s*(?:%|error\b|unknown\b|invalid\b)"),
    busy: pattern(r"(?i)loading|\[[=> ]*\]\s*\d{1,3}\s*%"),
    secrets: vec![
        pattern(
            r#"(?i)(\b(?:password|secret|community|passphrase|shared-key|auth-key|authentication-key|md5-key|key-string|pre-shared-key|private-key)\s+)(?:\d{1,2}[ \t]+)?(?:"(?:[^"\\\r\n]|\\.)*"?|\S+)"#,
        ),
        pattern(r"\$(?:1|5|6|2[aby]|y)\$\S+"),
        pattern(r"\benc-[A-Za-z0-9+/=_-]{4,}"),
    ],
});

/// The reply that a question gets, or none: then the operation stops and the session is given up.
///
/// Every reply here leaves things as they are (REF 3, 7.3, 7.4).
pub(crate) fn reply_to(question: QuestionKind) -> Option<Command> {
    match question {
        QuestionKind::LeaveUncommitted => Some(Command::ReplyCancel),
        QuestionKind::OutOfSync => Some(Command::ReplyAbort),
        QuestionKind::CommitEffect => Some(Command::ReplyNo),
        QuestionKind::StartShell | QuestionKind::Password | QuestionKind::YesNo | QuestionKind::Unknown => {
            None
        }
    }
}

/// Compiles a pattern that stands in this crate's own tables.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text)
        .expect("patterns in the platform's tables are valid, which a test proves by compiling each")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str) -> Option<QuestionKind> {
        DIALOGUE.question(text)
    }

    #[test]
    fn questions_of_the_reference() {
        let cases = [
            (
                "Warning: Configuration includes uncommitted changes, would you like to commit them before exiting (yes/no/cancel) [cancel]? ",
                QuestionKind::LeaveUncommitted,
            ),
            (
                "would you like to commit them before exiting (yes,no,cancel)[cancel]?",
                QuestionKind::LeaveUncommitted,
            ),
            (
                "Warning: User kestrel committed at 09-Mar-2026 19:09:18 UTC, your configuration is out of sync. What would you like to do (commit, merge-only, abort) [abort]? ",
                QuestionKind::OutOfSync,
            ),
            (
                "Warning: User kestrel committed at 1:02, your configuration is out of sync. What would you like to do (check-and-merge, merge-only, abort) [abort]?",
                QuestionKind::OutOfSync,
            ),
            (
                "Notice: Continuing with the commit will cause the following:\n  restart\nEnter yes to continue with commit, no to abort commit (yes/no) [no]",
                QuestionKind::CommitEffect,
            ),
            (
                "Warning: CLI is not running, do you wish to enter BaseOS shell? (yes/no) [no]? ",
                QuestionKind::StartShell,
            ),
            (
                "Warning: CLI is not running, do you wish to enter BaseOS shell? (yes/no) [no]? (yes/no) [no]? ",
                QuestionKind::StartShell,
            ),
            ("Overwrite the file? (yes/no) [no]? ", QuestionKind::YesNo),
            ("Are you sure [y/n]?", QuestionKind::YesNo),
            ("Password: ", QuestionKind::Password),
        ];
        for (text, expected) in cases {
            assert_eq!(question(text), Some(expected), "{text}");
        }
        for text in [
            "description is this up?",
            "Error counters: 0",
            "    admin-state enabled",
            "",
        ] {
            assert_eq!(question(text), None, "{text}");
        }
    }

    #[test]
    fn waiting_prompts() {
        let cases = [
            ("LEAF-A01# ", Some(("LEAF-A01", None))),
            ("LEAF-A01#", Some(("LEAF-A01", None))),
            ("LEAF-A01(cfg)# ", Some(("LEAF-A01", Some("cfg")))),
            (
                "LEAF-A01(cfg-bd-inst-ge100-0/0/0.10)# ",
                Some(("LEAF-A01", Some("cfg-bd-inst-ge100-0/0/0.10"))),
            ),
            ("LEAF-A01(cfg 09-Mar-2026-19:09:15)# ", None),
            ("LEAF-A01(09-Mar-2026-19:09:15)# ", None),
            ("# LEAF-A01 config-end", None),
            ("      description uplink# ", None),
            ("root@linux:~# ", None),
        ];
        for (line, expected) in cases {
            let found = DIALOGUE.waiting_prompt(line);
            let found = found
                .as_ref()
                .map(|prompt| (prompt.host.as_str(), prompt.context.as_deref()));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn secrets_do_not_pass() {
        let cases = [
            (
                "system login user birch password $6$salt$hash",
                "system login user birch password <secret>",
            ),
            ("  password enc-gAAAAABk12==", "  password <secret>"),
            (
                "snmp community public vrf mgmt0",
                "snmp community <secret> vrf mgmt0",
            ),
            (
                "tacacs server 192.0.2.1 password \"two \\\" words\" port 49",
                "tacacs server 192.0.2.1 password <secret> port 49",
            ),
            ("authentication-key 7 0822455D", "authentication-key <secret>"),
            ("password \"never closed", "password <secret>"),
            (
                "interfaces ge100-0/0/1 description key-account",
                "interfaces ge100-0/0/1 description key-account",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(DIALOGUE.redact(text), expected);
        }
    }
}
