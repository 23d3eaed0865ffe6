//! Answers to configuration lines and commits (REF 7.2, 7.3, 10).

use std::sync::LazyLock;

use bk_engine::ports::CommitSuccess;
use regex::{Regex, RegexSet};

use super::pattern;

static ERROR_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)^\s*ERROR:"));
static UNKNOWN_WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)^\s*ERROR:\s*Unknown word:\s*'([^'\n]*)'"));
static SUCCESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)^\s*commit succeeded by (\S+) at (.+?)\s*$"));
static ROLLED_BACK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?im)^\s*configuration commit (?:confirm )?(?:rollback|rollbacked|rolled back) by \S+ at")
});
static CONFIRMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)^\s*commit confirm(?:ed)?\s*\.?\s*$"));
static CONFIRM_NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?im)^\s*commit confirm will .*(?:roll ?back|rolled back) in \d+ minutes? unless confirmed\s*$")
});
static NO_CHANGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)^.*no configuration changes were made.*$"));
static CHECK_PASSED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)^\s*commit check passed.*$"));
static NOTHING_SCHEDULED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)^\s*(?:ERROR:\s*)?no commit confirm scheduled\s*\.?\s*$"));

/// Texts that mean that a commit or its check failed. The first is the form of the captures; the others are
/// texts seen by working automation.
static FAILURES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?im)^\s*ERROR:",
        r"(?i)commit check failed",
        r"(?i)commit failed",
        r"TRANSACTION_COMMIT_CHECK_FAILED",
        r"(?m)^\s*Number of .+ cannot be greater than \d+",
        r"(?m)is configured .+ but it doesn't exist",
        r"(?i)cannot have both ip-addresses and l2-service",
    ])
    .expect("the failure patterns are valid, which a test proves by compiling them")
});

/// What the device says to a commit or a commit check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitAnswer {
    /// A success line of this login.
    Succeeded(CommitSuccess),
    /// A pending commit was confirmed, without a success line.
    Confirmed,
    /// The check passed.
    CheckPassed,
    /// Nothing would change.
    NoChange,
    /// Refused; the candidate is kept.
    Refused,
}

/// Reads the answer to a commit or a commit check.
///
/// `answer` holds the answer without broadcasts, `broadcasts` the lines that look like one: our own success line
/// is among them, and perhaps another's. `user` is our login. A failure text outweighs any success line, because
/// the success may be another's (REF 1.6). `None` means a form that is not known: the outcome is open.
#[must_use]
pub fn read_commit(answer: &str, broadcasts: &[String], user: &str) -> Option<CommitAnswer> {
    if FAILURES.is_match(answer) {
        return Some(CommitAnswer::Refused);
    }
    if NO_CHANGE.is_match(answer) {
        return nothing_but(answer, &[&NO_CHANGE, &CHECK_PASSED]).then_some(CommitAnswer::NoChange);
    }
    if CHECK_PASSED.is_match(answer) {
        return nothing_but(answer, &[&CHECK_PASSED]).then_some(CommitAnswer::CheckPassed);
    }
    if !nothing_but(answer, &[&CONFIRMED, &CONFIRM_NOTICE]) {
        return None;
    }
    let ours = broadcasts
        .iter()
        .rev()
        .filter_map(|line| read_success(line))
        .find(|success| success.user.eq_ignore_ascii_case(user));
    match ours {
        Some(success) => Some(CommitAnswer::Succeeded(success)),
        None if CONFIRMED.is_match(answer) => Some(CommitAnswer::Confirmed),
        None => None,
    }
}

/// Reads a success line.
#[must_use]
pub fn read_success(line: &str) -> Option<CommitSuccess> {
    let found = SUCCESS.captures(line)?;
    Some(CommitSuccess {
        user: found[1].to_owned(),
        time: found[2].to_owned(),
    })
}

/// What `clear system commit` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearAnswer {
    /// The pending commit was taken back.
    RolledBack,
    /// Nothing was pending.
    NothingPending,
}

/// Reads the answer to `clear system commit`.
#[must_use]
pub fn read_clear(answer: &str, broadcasts: &[String]) -> Option<ClearAnswer> {
    if NOTHING_SCHEDULED.is_match(answer) && nothing_but(answer, &[&NOTHING_SCHEDULED]) {
        return Some(ClearAnswer::NothingPending);
    }
    let rolled_back = broadcasts.iter().any(|line| ROLLED_BACK.is_match(line));
    (rolled_back && answer.trim().is_empty()).then_some(ClearAnswer::RolledBack)
}

/// What the device says to a line for the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineAnswer {
    /// Taken, in silence.
    Taken,
    /// Refused with an error.
    Refused,
}

/// Reads the answer to a line for the candidate. Anything that is neither silence nor an error is not known.
#[must_use]
pub fn read_line(answer: &str) -> Option<LineAnswer> {
    if answer.trim().is_empty() {
        Some(LineAnswer::Taken)
    } else {
        ERROR_LINE.is_match(answer).then_some(LineAnswer::Refused)
    }
}

/// The word that the device does not know. For a key that is the normal way to learn absence (REF 10).
#[must_use]
pub fn unknown_word(answer: &str) -> Option<&str> {
    UNKNOWN_WORD.captures(answer)?.get(1).map(|word| word.as_str())
}

/// Whether any line of the answer is an error.
#[must_use]
pub fn is_error(answer: &str) -> bool {
    ERROR_LINE.is_match(answer)
}

fn nothing_but(answer: &str, known: &[&Regex]) -> bool {
    answer
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .all(|line| known.iter().any(|pattern| pattern.is_match(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &str, broadcasts: &[&str], expected: impl Into<Option<CommitAnswer>>) {
        let broadcasts: Vec<String> = broadcasts.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(
            read_commit(answer, &broadcasts, "kestrel"),
            expected.into(),
            "{answer:?} {broadcasts:?}"
        );
    }

    fn succeeded(time: &str) -> Option<CommitAnswer> {
        Some(CommitAnswer::Succeeded(CommitSuccess {
            user: "kestrel".into(),
            time: time.into(),
        }))
    }

    #[test]
    fn successes() {
        let real = "Commit succeeded by kestrel at 09-Mar-2026 19:09:18 UTC+02:00 (Israel)";
        check("", &[real], succeeded("09-Mar-2026 19:09:18 UTC+02:00 (Israel)"));
        let newer = "Commit succeeded by kestrel at 02-Jul-2026 12:07:19 UTC+03:00";
        check("", &[newer], succeeded("02-Jul-2026 12:07:19 UTC+03:00"));
        let upper = "Commit succeeded by KESTREL at 27-Jan-2017 22:11:00 UTC";
        let success = CommitSuccess {
            user: "KESTREL".into(),
            time: "27-Jan-2017 22:11:00 UTC".into(),
        };
        check("", &[upper], Some(CommitAnswer::Succeeded(success)));
    }

    #[test]
    fn armed_in_each_wording() {
        let own = "Commit succeeded by kestrel at 27-Jan-2017 22:11:00 UTC";
        for notice in [
            "Commit confirm will be automatically rolled back in 30 minutes unless confirmed\n",
            "Commit confirm will automatically rollback in 10 minutes unless confirmed\n",
            "Commit confirm will automatically rollback in 1 minute unless confirmed\n",
        ] {
            check(notice, &[own], succeeded("27-Jan-2017 22:11:00 UTC"));
            check(notice, &[], None);
        }
    }

    #[test]
    fn confirmed_in_each_wording() {
        check("Commit confirm\n", &[], Some(CommitAnswer::Confirmed));
        check("Commit confirmed\n", &[], Some(CommitAnswer::Confirmed));
    }

    #[test]
    fn nothing_to_do() {
        for text in [
            "NOTICE: commit action is not applicable. no configuration changes were made\n",
            "Commit action is not applicable. no configuration changes were made\n",
            "Commit check passed successfully\nNOTICE: commit action is not applicable. no configuration changes were made\n",
        ] {
            check(text, &[], Some(CommitAnswer::NoChange));
        }
        check(
            "Commit check passed successfully\n",
            &[],
            Some(CommitAnswer::CheckPassed),
        );
    }

    #[test]
    fn refusals() {
        for text in [
            "ERROR: Missing remote-as value for BGP neighbor 'neighbor 192.0.2.1'.\n",
            "Error: Unable to commit, reason.\n",
            "Commit check failed on:\n\tinterface bundle-1\n",
            "TRANSACTION_COMMIT_CHECK_FAILED\n",
            "Number of sub-interfaces cannot be greater than 4000\n",
            "'vrf RED' is configured under bgp but it doesn't exist.\n",
            "interfaces cannot have both ip-addresses and l2-service ('ge100-0/0/1')\n",
        ] {
            check(text, &[], Some(CommitAnswer::Refused));
        }
        // Another's success in our window does not turn our refusal into a success.
        check(
            "ERROR: reason.\n",
            &["commit succeeded by kestrel at 22:11:00 27-01-2017"],
            Some(CommitAnswer::Refused),
        );
    }

    #[test]
    fn open_outcomes() {
        check("", &[], None);
        check(
            "",
            &["Commit succeeded by birch at 09-Mar-2026 19:09:18 UTC"],
            None,
        );
        check(
            "Something new happened\n",
            &["Commit succeeded by kestrel at 09-Mar-2026 19:09:18 UTC"],
            None,
        );
        check(
            "Commit check passed successfully\nbut something else\n",
            &[],
            None,
        );
    }

    #[test]
    fn lines() {
        assert_eq!(read_line("\n"), Some(LineAnswer::Taken));
        assert_eq!(
            read_line("-----------^\nERROR: Unknown word: 'interfaces'.\n"),
            Some(LineAnswer::Refused)
        );
        assert_eq!(
            read_line("ERROR: Incomplete command.\n"),
            Some(LineAnswer::Refused)
        );
        assert_eq!(read_line("Error counters: 0\n"), None);
        assert_eq!(read_line("Warning: this may take a while\n"), None);
    }

    #[test]
    fn clearing() {
        let check = |answer: &str, broadcasts: &[&str]| {
            read_clear(
                answer,
                &broadcasts
                    .iter()
                    .map(|line| (*line).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        let docs = "Configuration commit rollback by ADMIN at 27-Jan-2017 22:11:00 UTC";
        let code = "Configuration commit confirm rollbacked by kestrel at 27-Jan-2017 22:11:00 UTC";
        assert_eq!(check("", &[docs]), Some(ClearAnswer::RolledBack));
        assert_eq!(check("\n", &[code]), Some(ClearAnswer::RolledBack));
        assert_eq!(
            check("ERROR: No commit confirm scheduled\n", &[]),
            Some(ClearAnswer::NothingPending)
        );
        assert_eq!(check("", &[]), None);
        assert_eq!(check("Surprise\n", &[docs]), None);
    }

    #[test]
    fn absence() {
        assert_eq!(
            unknown_word("-------^\nERROR: Unknown word: 'bundle-100'.\n"),
            Some("bundle-100")
        );
        assert_eq!(unknown_word("ERROR: Incomplete command.\n"), None);
    }
}
