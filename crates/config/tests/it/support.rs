//! Shared small helpers.

use std::path::{Path, PathBuf};

use bk_config::{CliLine, ConfigText, Tree};

pub(crate) fn text(raw: &str) -> ConfigText {
    ConfigText::new(raw).unwrap()
}

pub(crate) fn tree(raw: &str) -> Tree {
    Tree::read(&text(raw)).0
}

pub(crate) fn lines(raw: &[&str]) -> Vec<CliLine> {
    raw.iter()
        .map(|line| CliLine::parse(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

pub(crate) fn print_lines(lines: &[CliLine]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The folder of reference data beside the project. It must be there.
pub(crate) fn shared(below: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(below)
}

/// Every file of a folder of reference data, by name. Bytes that are not UTF-8 are replaced.
pub(crate) fn files(below: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(shared(below))
        .unwrap_or_else(|error| panic!("{}: {error}", shared(below).display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        })
        .collect();
    files.sort();
    files
}
