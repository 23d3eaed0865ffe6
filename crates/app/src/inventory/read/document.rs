//! YAML and JSON: a list of devices, or a mapping from names to devices.

use serde_yaml_ng::Value;

use super::{RawRow, field_named};

pub(super) fn read_yaml(text: &str) -> Vec<RawRow> {
    let value: Value = match serde_yaml_ng::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let line = error.location().map_or(1, |location| location.line());
            return vec![RawRow::broken(
                u32::try_from(line).unwrap_or(u32::MAX),
                format!("the text is not YAML: {error}"),
            )];
        }
    };
    value_rows(text, &value, entry_lines)
}

pub(super) fn read_json(text: &str) -> Vec<RawRow> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => value_rows(text, &value, object_lines),
        Err(error) => vec![RawRow::broken(
            u32::try_from(error.line()).unwrap_or(u32::MAX),
            format!("the text is not JSON: {error}"),
        )],
    }
}

/// Reads a list of devices, or a mapping from names to devices; either may stand under `devices`.
fn value_rows(text: &str, value: &Value, lines_of: fn(&str) -> Vec<u32>) -> Vec<RawRow> {
    let inner = match value {
        Value::Mapping(mapping) => mapping.get("devices").unwrap_or(value),
        other => other,
    };
    match inner {
        Value::Sequence(entries) => {
            let lines = lines_of(text);
            let line = |index: usize| lines.get(index).copied().unwrap_or(1);
            entries
                .iter()
                .enumerate()
                .map(|(index, entry)| yaml_row(line(index), None, entry))
                .collect()
        }
        Value::Mapping(entries) => entries
            .iter()
            .map(|(name, entry)| {
                let name = scalar(name).unwrap_or_default();
                yaml_row(key_line(text, &name), Some(name), entry)
            })
            .collect(),
        _ => vec![RawRow::broken(
            1,
            "a list of devices is expected, or a mapping from names to devices",
        )],
    }
}

/// Lines in which the entries of the first list begin: those with the dash least far right.
fn entry_lines(text: &str) -> Vec<u32> {
    let dashes: Vec<(usize, u32)> = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.trim_start() == "-" || line.trim_start().starts_with("- "))
        .map(|(line, number)| (line.len() - line.trim_start().len(), number))
        .collect();
    let least = dashes.iter().map(|(indent, _)| *indent).min();
    dashes
        .iter()
        .filter(|(indent, _)| Some(*indent) == least)
        .map(|(_, number)| *number)
        .collect()
}

/// Lines in which the objects of the first list of a JSON text begin.
fn object_lines(text: &str) -> Vec<u32> {
    let (mut line, mut open, mut lines) = (1, Vec::new(), Vec::new());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            '\n' => line += 1,
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => {
                if c == '{' && open.last() == Some(&'[') && open.iter().filter(|c| **c == '[').count() == 1 {
                    lines.push(line);
                }
                open.push(c);
            }
            '}' | ']' => {
                open.pop();
            }
            _ => {}
        }
    }
    lines
}

fn key_line(text: &str, key: &str) -> u32 {
    let is_key = |line: &str| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    text.lines()
        .zip(1..)
        .find(|(line, _)| is_key(line))
        .map_or(1, |(_, number)| number)
}

fn yaml_row(line: u32, name: Option<String>, entry: &Value) -> RawRow {
    let mut row = RawRow {
        line,
        ..RawRow::default()
    };
    if let Some(name) = name {
        row.fields.insert("name", name);
    }
    match entry {
        Value::Mapping(values) => {
            for (key, value) in values {
                let Some(field) = key.as_str().and_then(field_named) else {
                    continue;
                };
                match scalar(value) {
                    Some(value) => {
                        row.fields.insert(field, value);
                    }
                    None => row.problem = Some(format!("{field} is not a plain value or a list of them")),
                }
            }
        }
        Value::String(address) if row.fields.contains_key("name") => {
            row.fields.insert("address", address.clone());
        }
        _ => row.problem = Some("a device is a mapping with name and address".to_owned()),
    }
    row
}

/// A plain value as text; a list of them parted by blanks and commas.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Sequence(values) => {
            let values: Option<Vec<String>> = values.iter().map(scalar).collect();
            values.map(|values| values.join(", "))
        }
        Value::Mapping(_) | Value::Tagged(_) => None,
    }
}
