//! Reads rows out of CSV, YAML, JSON or pasted lines. Every row, readable or not, keeps the line it stands in.

mod document;

use std::collections::BTreeMap;

/// The longest text that is read, in bytes.
const MAX_TEXT: usize = 4 * 1024 * 1024;
/// The most rows that are read.
const MAX_ROWS: usize = 10_000;

/// Form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Yaml,
    Json,
    Lines,
}

impl Format {
    pub(super) fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Yaml => "yaml",
            Format::Json => "json",
            Format::Lines => "lines",
        }
    }
}

/// A row as it stands in the text, nothing of it checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RawRow {
    /// Line, from 1.
    pub(super) line: u32,
    /// Values by field, in lower case; see [`FIELDS`].
    pub(super) fields: BTreeMap<&'static str, String>,
    /// Why the row could not be read at all.
    pub(super) problem: Option<String>,
}

impl RawRow {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn broken(line: u32, problem: impl Into<String>) -> Self {
        Self {
            line,
            problem: Some(problem.into()),
            ..Self::default()
        }
    }
}

/// Fields with the names that inventories give them.
const FIELDS: &[(&str, &[&str])] = &[
    ("name", &["name", "device", "hostname", "device_name"]),
    (
        "address",
        &[
            "address",
            "host",
            "ip",
            "ip_address",
            "mgmt",
            "mgmt_ip",
            "management",
            "management_ip",
        ],
    ),
    ("port", &["port", "ssh_port"]),
    ("credentials", &["credentials", "credential", "login"]),
    ("user", &["user", "username", "user_name"]),
    (
        "key_file",
        &["key", "key_file", "keyfile", "private_key", "identity_file"],
    ),
    (
        "jump",
        &["jump", "jump_host", "bastion", "proxy_jump", "proxyjump"],
    ),
    ("groups", &["groups", "group", "tags", "tag"]),
    ("aliases", &["aliases", "alias", "other_names"]),
    ("password", &["password", "pass", "secret"]),
    ("host_key", &["host_key", "hostkey", "public_key"]),
    (
        "fingerprint",
        &["fingerprint", "host_key_fingerprint", "ssh_fingerprint"],
    ),
];

fn field_named(raw: &str) -> Option<&'static str> {
    let name = raw
        .trim()
        .trim_start_matches('\u{feff}')
        .to_lowercase()
        .replace([' ', '-'], "_");
    FIELDS
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()))
        .map(|(field, _)| *field)
}

/// Reads a text whose form shows in its file name or its first lines.
///
/// Gives a sentence if the text as a whole can't be read.
pub(super) fn read(text: &str, source: Option<&str>) -> Result<(Format, Vec<RawRow>), String> {
    if text.len() > MAX_TEXT {
        return Err(format!("it has {} bytes, the limit is {MAX_TEXT}", text.len()));
    }
    // One kind of line end, so that all readers count lines alike.
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    let format = recognise(text, source);
    let rows = match format {
        Format::Csv => read_csv(text),
        Format::Yaml => document::read_yaml(text),
        Format::Json => document::read_json(text),
        Format::Lines => text
            .lines()
            .zip(1..)
            .filter_map(|(line, number)| read_line(line, number))
            .collect(),
    };
    if rows.len() > MAX_ROWS {
        return Err(format!("it has {} rows, the limit is {MAX_ROWS}", rows.len()));
    }
    if rows.is_empty() {
        return Err("no device stands in it".to_owned());
    }
    Ok((format, rows))
}

fn recognise(text: &str, source: Option<&str>) -> Format {
    let extension = source
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, extension)| extension.to_lowercase());
    match extension.as_deref() {
        Some("yaml" | "yml") => return Format::Yaml,
        Some("csv" | "tsv") => return Format::Csv,
        Some("json") => return Format::Json,
        _ => {}
    }
    let mut content = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = content.next().unwrap_or_default();
    if first == "---" || first == "devices:" || first.starts_with("- ") {
        Format::Yaml
    } else if first.starts_with(['[', '{']) && !is_bracketed_address(first) {
        Format::Json
    } else if has_header(first) {
        Format::Csv
    } else {
        Format::Lines
    }
}

/// Tells a pasted `[2001:db8::1]:22` from the begin of a list.
fn is_bracketed_address(line: &str) -> bool {
    let inner = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    inner.is_some_and(|(inner, _)| inner.parse::<std::net::Ipv6Addr>().is_ok())
}

fn has_header(line: &str) -> bool {
    let fields: Vec<_> = line.split(separator(line)).filter_map(field_named).collect();
    fields.contains(&"name") && fields.contains(&"address")
}

fn separator(header: &str) -> char {
    [',', ';', '\t']
        .into_iter()
        .max_by_key(|separator| header.matches(*separator).count())
        .unwrap_or(',')
}

fn read_csv(text: &str) -> Vec<RawRow> {
    let header = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let separator = separator(header.unwrap_or_default());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut columns: Option<Vec<Option<&'static str>>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.push(RawRow::broken(number(line), "the line is not CSV"));
                continue;
            }
        };
        let line = record.position().map_or(0, |position| line_of(text, position));
        let Some(columns) = &columns else {
            let named: Vec<_> = record.iter().map(field_named).collect();
            if !named.contains(&Some("name")) || !named.contains(&Some("address")) {
                rows.push(RawRow::broken(
                    line,
                    "the first line must name the columns, among them name and address",
                ));
                return rows;
            }
            columns = Some(named);
            continue;
        };
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        if record.len() > columns.len() {
            rows.push(RawRow::broken(
                line,
                format!("{} values for {} columns", record.len(), columns.len()),
            ));
            continue;
        }
        let named = columns.iter().zip(record.iter());
        let fields = named
            .filter_map(|(field, value)| Some(((*field)?, value.to_owned())))
            .collect();
        rows.push(RawRow {
            line,
            fields,
            problem: None,
        });
    }
    rows
}

/// The line in which a record begins: the reader counts the blank lines and comments before it as its own.
fn line_of(text: &str, position: &csv::Position) -> u32 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.get(start..).unwrap_or_default();
    let skipped = rest
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with('#'))
        .count();
    number(position.line()).saturating_add(u32::try_from(skipped).unwrap_or(u32::MAX))
}

fn number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Reads `NAME ADDRESS[:PORT] [CREDENTIALS]`, parted by blanks, commas or tabs; one word is name and address.
fn read_line(line: &str, number: u32) -> Option<RawRow> {
    let content = line.split('#').next().unwrap_or_default().trim();
    if content.is_empty() {
        return None;
    }
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let words: Vec<&str> = content
        .split(is_separator)
        .filter(|word| !word.is_empty())
        .collect();
    let of = |pairs: &[(&'static str, &str)]| RawRow {
        line: number,
        fields: pairs
            .iter()
            .map(|(field, value)| (*field, (*value).to_owned()))
            .collect(),
        problem: None,
    };
    let row = match words[..] {
        [one] => of(&[("name", without_port(one)), ("address", one)]),
        [name, address] => of(&[("name", name), ("address", address)]),
        [name, address, third] if third.parse::<u32>().is_ok() => {
            of(&[("name", name), ("address", address), ("port", third)])
        }
        [name, address, credentials] => {
            of(&[("name", name), ("address", address), ("credentials", credentials)])
        }
        [name, address, port, credentials] => of(&[
            ("name", name),
            ("address", address),
            ("port", port),
            ("credentials", credentials),
        ]),
        _ => RawRow::broken(
            number,
            "a line holds name, address, port and credentials, in this order",
        ),
    };
    Some(row)
}

fn without_port(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.parse::<u16>().is_ok() => host,
        _ => address,
    }
}

#[cfg(test)]
mod tests;
