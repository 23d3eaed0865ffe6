//! `show system version` and `show system commit` (REF 7.2, 8).

use std::sync::LazyLock;

use bk_engine::ports::Pending;
use bk_model::DnosVersion;
use regex::Regex;

use super::pattern;

static VERSION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^\s*Version:\s*DNOS \[([^\]\n]+)\](?: build \[([^\]\n]+)\])?"));
static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^\s*System Name:\s*([^,\n]+?)\s*(?:,|$)"));
static COMMIT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*\[([^\]]+)\]\s+(\S+)\s+via\s+(\S+)\s+(.+?)\s*$"));
static LEFT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(\d+)\s*(hour|minute|min|second|sec)s?\b"));

/// What a device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemVersion {
    /// `System Name`.
    pub name: Option<String>,
    /// The release.
    pub release: DnosVersion,
    /// The build, where it is printed (17.2 and later).
    pub build: Option<String>,
}

/// Reads `show system version`. A suffix behind the numbers of the release is left out.
#[must_use]
pub fn read_version(answer: &str) -> Option<SystemVersion> {
    let found = VERSION.captures(answer)?;
    let numbers = found[1]
        .trim()
        .split(|c: char| c != '.' && !c.is_ascii_digit())
        .next()?;
    Some(SystemVersion {
        name: NAME.captures(answer).map(|name| name[1].to_owned()),
        release: DnosVersion::parse(numbers.trim_end_matches('.'))?,
        build: found.get(2).map(|build| build.as_str().to_owned()),
    })
}

/// What `show system commit` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitState {
    /// A commit confirm that waits for its confirmation.
    pub pending: Option<Pending>,
    /// Lines that tell of a commit that is running now.
    pub running: Vec<String>,
}

/// Reads `show system commit`. `None` if any line is of a form that is not known.
#[must_use]
pub fn read_commit_state(answer: &str) -> Option<CommitState> {
    let mut state = CommitState::default();
    let mut said_anything = false;
    for line in answer.lines().map(str::trim).filter(|line| !line.is_empty()) {
        said_anything = true;
        if line.eq_ignore_ascii_case("no commits") {
            continue;
        }
        let found = COMMIT.captures(line)?;
        let what = found[4].to_ascii_lowercase();
        if let Some((_, left)) = what.split_once("rollback in") {
            let pending = Pending {
                user: found[2].to_owned(),
                via: found[3].to_owned(),
                time: found[1].to_owned(),
                minutes_left: whole_minutes(left)?,
            };
            if state.pending.replace(pending).is_some() {
                return None;
            }
        } else if what.contains("commit") {
            state.running.push(line.to_owned());
        } else {
            return None;
        }
    }
    said_anything.then_some(state)
}

/// Whole minutes in `9 minutes`, `1 hour 5 minutes` or `45 seconds` (less than one: 0). `None` if anything else is said:
/// without a unit that is not known the rest would be too short.
fn whole_minutes(text: &str) -> Option<u32> {
    let between = LEFT.replace_all(text, "");
    if between
        .split([' ', '\t', ',', '.'])
        .any(|word| !matches!(word, "" | "and"))
    {
        return None;
    }
    let mut seconds: u64 = 0;
    let mut found_any = false;
    for found in LEFT.captures_iter(text) {
        let count: u64 = found[1].parse().ok()?;
        let unit = match &found[2].to_ascii_lowercase()[..1] {
            "h" => 3600,
            "m" => 60,
            _ => 1,
        };
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        found_any = true;
    }
    if found_any {
        u32::try_from(seconds / 60).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let check = |text: &str, name: Option<&str>, release: &str, build: Option<&str>| {
            let read = read_version(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.name.as_deref(), name);
            assert_eq!(read.release, DnosVersion::parse(release).unwrap());
            assert_eq!(read.build.as_deref(), build);
        };
        check(
            "\nSystem Name: LEAF-A01\nVersion: DNOS [25.2.0] build [500_dev], Copyright 2025 DRIVENETS LTD.\nPatch: N/A\n",
            Some("LEAF-A01"),
            "25.2.0",
            Some("500_dev"),
        );
        check("Version: DNOS [4.1]\n", None, "4.1", None);
        check(
            "System Name: SPINE-1, System-Id: 0\nVersion: DNOS [19.2.0.12-priv] build [1]\n",
            Some("SPINE-1"),
            "19.2.0.12",
            Some("1"),
        );
        assert_eq!(read_version("Linux SPINE-1 6.1.0\n"), None);
        assert_eq!(read_version("Version: DNOS [next]\n"), None);
    }

    #[test]
    fn pending_commits() {
        let pending = |text: &str| read_commit_state(text).unwrap().pending.unwrap();
        let read =
            pending("[27-Jan-2017 22:11:00 UTC] admin via cli commit confirm, rollback in 9 minutes\n\n");
        assert_eq!(
            (read.user.as_str(), read.via.as_str(), read.minutes_left),
            ("admin", "cli", 9)
        );
        assert_eq!(read.time, "27-Jan-2017 22:11:00 UTC");
        let far = "[09-Mar-2026 19:09:18 UTC+02:00 (Israel)] kestrel via netconf commit confirm, rollback in 1 hour 5 minutes";
        assert_eq!(pending(far).minutes_left, 65);
        let soon = "[09-Mar-2026 19:09:18 UTC] kestrel via cli commit confirm, rollback in 45 seconds";
        assert_eq!(pending(soon).minutes_left, 0);
    }

    #[test]
    fn nothing_pending_running_and_unknown() {
        assert_eq!(read_commit_state("no commits\n"), Some(CommitState::default()));
        let running = read_commit_state("[09-Mar-2026 19:09:18 UTC] birch via cli commit\n").unwrap();
        assert_eq!((running.pending, running.running.len()), (None, 1));
        for text in [
            "",
            "\n",
            "no such thing\n",
            "[x] birch via cli commit confirm, rollback in a while\n",
            "ERROR: Unknown word: 'commit'.\n",
        ] {
            assert_eq!(read_commit_state(text), None, "{text:?}");
        }
    }
}
