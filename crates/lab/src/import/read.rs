//! Files and lines.

use std::fs;
use std::path::{Path, PathBuf};

use crate::grammar::{InputError, parse_line, split_words};

use super::ImportError;

/// One file.
pub(super) struct File {
    /// The stem: the device's name.
    pub(super) name: String,
    /// Flattened lines, trimmed, without blank lines and remarks.
    pub(super) lines: Vec<String>,
}

/// The longest part of a wrong line that an error repeats.
const SHOWN: usize = 120;

/// The top blocks of a configuration (REF 4.1).
const TOP: [&str; 13] = [
    "system",
    "services",
    "interfaces",
    "network-services",
    "forwarding-options",
    "routing-options",
    "protocols",
    "multicast",
    "routing-policy",
    "access-lists",
    "qos",
    "nacm",
    "debug",
];

/// The devices of a folder, by name.
pub(super) fn files(dir: &Path) -> Result<Vec<File>, ImportError> {
    let folder = |source| ImportError::Folder {
        dir: dir.to_owned(),
        source,
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .map_err(folder)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(folder))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    if paths.is_empty() {
        return Err(ImportError::Empty { dir: dir.to_owned() });
    }
    paths.into_iter().map(file).collect()
}

fn file(path: PathBuf) -> Result<File, ImportError> {
    let text = fs::read_to_string(&path).map_err(|source| ImportError::File {
        file: path.clone(),
        source,
    })?;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Err(reason) = check(line) {
            let text = line.chars().take(SHOWN).flat_map(char::escape_debug).collect();
            return Err(ImportError::Line {
                file: path,
                line: index + 1,
                reason,
                text,
            });
        }
        lines.push(line.to_owned());
    }
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok(File { name, lines })
}

/// A line is taken if the device's own grammar takes it, or if it lies outside of what the simulation
/// knows: then it is kept as it stands. Within interfaces and bridge domains nothing is outside, except an
/// `irb` among the members, which rule 3 repairs.
fn check(line: &str) -> Result<(), &'static str> {
    if line.chars().any(char::is_control) {
        return Err("a control character");
    }
    let statement = line.strip_suffix(" ^").unwrap_or(line);
    let words = split_words(statement);
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    if !texts.first().is_some_and(|first| TOP.contains(first)) {
        return Err("no configuration starts with this word");
    }
    let known = match texts[..] {
        [
            "network-services",
            "bridge-domain",
            "instance",
            _,
            "interface",
            member,
        ] if member.starts_with("irb") => false,
        ["network-services", "bridge-domain", ..] | ["interfaces", ..] => true,
        _ => false,
    };
    match parse_line(&[], &words) {
        _ if !known => Ok(()),
        Ok(_) => Ok(()),
        Err(InputError::Incomplete) => Err("incomplete"),
        Err(InputError::Unknown { .. }) => Err("a word that no device takes"),
    }
}
