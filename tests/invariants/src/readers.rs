//! Readers of single answers: what is understood is understood as a whole.

use bk_config::CaptureError;
use bk_device::platforms::dnos::{
    ConfigPart,
    answers::{
        ClearAnswer, CommitAnswer, LineAnswer, is_error, read_clear, read_commit, read_line, unknown_word,
    },
    compare::read_delta,
    config::{device_time, join, read_part},
    system::{read_commit_state, read_version},
};

use crate::text_of;

const SUCCESS: &str = "Commit succeeded by kestrel at 09-Mar-2026 19:09:18 UTC";
const ROLLED_BACK: &str = "Configuration commit rollback by kestrel at 27-Jan-2017 22:11:00 UTC";
const NEW: &str = "Something that no release said before";

/// Reads any bytes as each of the answers that are no tables.
pub fn answers(data: &[u8]) {
    let text = text_of(data);
    commits(&text);
    parts(&text);
    times(&text);
    system(&text);
    delta(&text);
}

fn filled(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// One more line that is not known takes any certainty away; an error is a refusal whatever else is said.
fn commits(text: &str) {
    let broadcasts = [SUCCESS.to_owned()];
    let more = format!("{text}\n{NEW}\n");
    match read_commit(text, &broadcasts, "kestrel") {
        Some(CommitAnswer::Refused) => {
            assert_eq!(
                read_commit(&more, &broadcasts, "kestrel"),
                Some(CommitAnswer::Refused)
            );
        }
        Some(_) => {
            assert!(!is_error(text));
            assert_eq!(read_commit(&more, &broadcasts, "kestrel"), None, "{more:?}");
        }
        None => assert!(!text.trim().is_empty()),
    }
    let failed = format!("{text}\nERROR: reason.\n");
    assert_eq!(
        read_commit(&failed, &broadcasts, "kestrel"),
        Some(CommitAnswer::Refused)
    );
    assert_ne!(
        read_commit(text, &broadcasts, "rowan").map(|answer| matches!(answer, CommitAnswer::Succeeded(_))),
        Some(true),
        "another's success is not ours"
    );
    let broadcasts = [ROLLED_BACK.to_owned()];
    let cleared = read_clear(text, &broadcasts);
    assert_eq!(cleared == Some(ClearAnswer::RolledBack), text.trim().is_empty());
    assert_eq!(read_clear(&more, &broadcasts), None, "{more:?}");
    assert_eq!(read_clear(&more, &[]), None, "{more:?}");
    match read_line(text) {
        Some(LineAnswer::Taken) => assert!(text.trim().is_empty()),
        Some(LineAnswer::Refused) => assert!(is_error(text)),
        None => assert!(!is_error(text) && !text.trim().is_empty()),
    }
    if let Some(word) = unknown_word(text) {
        assert!(is_error(text) && text.contains(word));
    }
}

/// A part holds every line that the answer does, or the answer is refused.
fn parts(text: &str) {
    for part in [ConfigPart::Whole, ConfigPart::Interfaces] {
        let Ok(read) = read_part(part, text) else { continue };
        let kept = filled(read.text.as_str()).count();
        let said = filled(text).count();
        if unknown_word(text).is_some() && kept == 0 {
            let told = filled(text)
                .filter(|line| !line.ends_with('^') && !is_error(line))
                .count();
            assert_eq!(
                told, 0,
                "an empty part says nothing but that it is not known: {text:?}"
            );
            assert_ne!(part, ConfigPart::Whole, "a device knows its whole configuration");
        } else {
            assert_eq!(said, kept + 2, "each line but the frame's is kept");
        }
        let twice = join(&[read.clone(), read.clone()]);
        assert_eq!(filled(twice.as_str()).count(), 2 * kept);
    }
    let whole = read_part(ConfigPart::Whole, text);
    if let Err(CaptureError::TooLong { .. }) = bk_config::Capture::read(text) {
        assert!(whole.is_err());
    }
}

/// A time is the one that is printed, with the offset that is printed.
fn times(text: &str) {
    for line in text.lines().take(64) {
        let Some(time) = device_time(line) else { continue };
        let line = line.trim();
        let day = line.find('-').unwrap_or_default();
        let padded = format!("{day:0>2}{rest}", day = &line[..day], rest = &line[day..]);
        let second = time.format("%d-%b-%Y %H:%M").to_string();
        assert!(padded.starts_with(&second), "{line:?} is not {second}");
        let zone = padded[second.len() + 3..].trim_start();
        let offset = time.format("%:z").to_string();
        let printed = zone.strip_prefix("UTC").unwrap_or_default();
        if printed.starts_with(['+', '-']) {
            assert_eq!(
                printed
                    .get(..6)
                    .map(|printed| printed.replace("-00:00", "+00:00")),
                Some(offset),
                "{line:?}"
            );
        } else {
            assert_eq!(offset, "+00:00");
        }
    }
}

fn system(text: &str) {
    if let Some(version) = read_version(text) {
        let release = version.release.to_string();
        assert!(text.contains(&release), "{release} is not printed");
    }
    if let Some(state) = read_commit_state(text) {
        let silent = filled(text)
            .filter(|line| line.eq_ignore_ascii_case("no commits"))
            .count();
        let told = state.running.len() + usize::from(state.pending.is_some());
        assert_eq!(filled(text).count(), silent + told, "each line is a commit");
        assert_eq!(read_commit_state(&format!("{text}\n{NEW}\n")), None);
    }
}

/// Each line of a comparison stands in one of its paths.
fn delta(text: &str) {
    let Some(delta) = read_delta(text) else { return };
    let paths: Vec<&String> = delta.added.iter().chain(&delta.deleted).collect();
    for path in &paths {
        assert!(!path.is_empty() && path.trim() == path.as_str(), "{path:?}");
    }
    for line in filled(text).take(256) {
        if matches!(line, "!" | "+ !" | "- !" | "Added:" | "Changed:" | "Deleted:") {
            continue;
        }
        let words = line.trim_start_matches(['+', '-']).trim();
        let words = words.strip_suffix(" ^").unwrap_or(words).trim_end();
        assert!(
            paths.iter().any(|path| path.contains(words)),
            "{line:?} is lost: {delta:?}"
        );
    }
}
