//! `show config ... | flatten`: the frame, the text between, and the device's time (REF 4.1, 4.2).

use std::sync::LazyLock;

use bk_config::{Capture, ConfigText};
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use regex::Regex;

use super::{ConfigPart, answers, pattern};

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(\d{1,2}-[A-Z][a-z]{2}-\d{4} \d{2}:\d{2}:\d{2})(?:\s+UTC(?:([+-])(\d{2}):(\d{2}))?(?:\s.*)?)?$",
    )
});

/// A part of the configuration as read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadPart {
    /// The text between the frame lines.
    pub text: ConfigText,
    /// The device's time in the config-start line.
    pub time: Option<DateTime<FixedOffset>>,
}

/// Why an answer is no whole configuration part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotWhole {
    /// The reason in words.
    pub reason: String,
}

/// Reads the answer to `show config <part> | flatten`.
///
/// Both frame lines must be there, nothing may stand outside them, and each line must begin with the words of the
/// part: a cut or garbled answer is refused. A part that the device does not know, because nothing is configured
/// there, is empty (REF 10).
///
/// # Errors
/// [`NotWhole`] says what is wrong.
pub fn read_part(part: ConfigPart, answer: &str) -> Result<ReadPart, NotWhole> {
    if is_not_configured(part, answer) {
        return Ok(ReadPart {
            text: empty(),
            time: None,
        });
    }
    let capture = Capture::read(answer).map_err(|error| NotWhole {
        reason: error.to_string(),
    })?;
    let Some(header) = capture.header else {
        return Err(NotWhole {
            reason: "there is no config-start line".into(),
        });
    };
    if let Some(line) = capture.outside.first() {
        return Err(NotWhole {
            reason: format!("{line:?} stands outside config-start and config-end"),
        });
    }
    let belongs = |line: &&str| line.trim().is_empty() || starts_with_words(line.trim_start(), part.path());
    if let Some(line) = capture.text.as_str().lines().find(|line| !belongs(line)) {
        return Err(NotWhole {
            reason: format!("{line:?} is no line of {:?}", part.path()),
        });
    }
    Ok(ReadPart {
        text: capture.text,
        time: device_time(&header.time),
    })
}

/// Whether the answer says that the device does not know a word of the part, and nothing else.
fn is_not_configured(part: ConfigPart, answer: &str) -> bool {
    let is_own = |word: &str| !word.is_empty() && part.path().split(' ').any(|own| own == word);
    let is_caret = |line: &str| {
        line.strip_suffix('^')
            .is_some_and(|dashes| dashes.chars().all(|c| c == '-'))
    };
    let mut lines = answer.lines().map(str::trim).filter(|line| !line.is_empty());
    answers::unknown_word(answer).is_some_and(is_own)
        && lines.all(|line| is_caret(line) || answers::unknown_word(line).is_some_and(is_own))
}

/// Joins parts in order, each ending its last line.
#[must_use]
pub fn join(parts: &[ReadPart]) -> ConfigText {
    let mut text = String::new();
    for part in parts {
        text.push_str(part.text.as_str());
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    ConfigText::new(text).unwrap_or_else(|_| empty())
}

/// Reads `09-Mar-2026 18:52:23 UTC+02:00 (Israel)`; a time without a zone is taken as UTC (REF 4.1).
#[must_use]
pub fn device_time(printed: &str) -> Option<DateTime<FixedOffset>> {
    let found = TIME.captures(printed.trim())?;
    let local = NaiveDateTime::parse_from_str(&found[1], "%d-%b-%Y %H:%M:%S").ok()?;
    let part = |group: usize| {
        found
            .get(group)
            .and_then(|digits| digits.as_str().parse::<i32>().ok())
            .unwrap_or(0)
    };
    let seconds = part(3) * 3600 + part(4) * 60;
    let east = if found.get(2).is_some_and(|sign| sign.as_str() == "-") {
        -seconds
    } else {
        seconds
    };
    local.and_local_timezone(FixedOffset::east_opt(east)?).single()
}

fn empty() -> ConfigText {
    ConfigText::new("").expect("an empty text is never too long")
}

fn starts_with_words(line: &str, words: &str) -> bool {
    words.is_empty()
        || line
            .strip_prefix(words)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &str) -> Result<String, String> {
        read_part(ConfigPart::Interfaces, answer)
            .map(|part| part.text.as_str().to_owned())
            .map_err(|error| error.reason)
    }

    const START: &str = "\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC+02:00 (Israel)]\n\n";
    const END: &str = "\n# LEAF-A01 config-end\n\n";

    #[test]
    fn framed_text() {
        let text = read(&format!(
            "{START}interfaces ge100-0/0/1 admin-state enabled\ninterfaces mgmt0 ^\n{END}"
        ))
        .unwrap();
        insta::assert_snapshot!(text, @r"
        interfaces ge100-0/0/1 admin-state enabled
        interfaces mgmt0 ^
        ");
        assert_eq!(read(&format!("{START}{END}")).unwrap().trim(), "");
    }

    #[test]
    fn nothing_configured_is_empty() {
        assert_eq!(
            read("-------^\nERROR: Unknown word: 'interfaces'.\n"),
            Ok(String::new())
        );
        assert!(read("-------^\nERROR: Unknown word: 'flatten'.\n").is_err());
    }

    #[test]
    fn cut_and_garbled_answers_are_refused() {
        let line = "interfaces ge100-0/0/1 admin-state enabled\n";
        for answer in [
            String::new(),
            format!("{START}{line}"),
            format!("{line}{END}"),
            line.to_owned(),
            format!("{START}{line}{START}{line}{END}"),
            format!("{START}{line}rfaces ge100-0/0/2 admin-state enabled\n{END}"),
            format!("{START}{line}{END}extra\n"),
        ] {
            assert!(read(&answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn times() {
        let check = |printed: &str, expected: Option<&str>| {
            assert_eq!(
                device_time(printed).map(|time| time.to_rfc3339()).as_deref(),
                expected,
                "{printed}"
            );
        };
        check(
            "09-Mar-2026 18:52:23 UTC+02:00 (Israel)",
            Some("2026-03-09T18:52:23+02:00"),
        );
        check("30-Nov-2020 10:10:30 UTC", Some("2020-11-30T10:10:30+00:00"));
        check(
            "02-Jul-2026 12:07:19 UTC-03:30",
            Some("2026-07-02T12:07:19-03:30"),
        );
        check("27-Jun-2017 22:11:00", Some("2017-06-27T22:11:00+00:00"));
        check("yesterday", None);
    }
}
