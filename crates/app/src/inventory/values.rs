//! The values of a row of an import, checked one by one.

use std::net::IpAddr;

use bk_device::{Fingerprint, PresentedHostKey};
use bk_model::DeviceName;
use bk_store::SignInWay;

use super::checked;
use super::judge::Known;
use super::read::RawRow;
use crate::credentials::key_path;

/// The port of SSH where a row names none.
const SSH: u16 = 22;

/// A row whose values can be used.
pub(super) struct Row {
    pub(super) name: DeviceName,
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) credentials: Option<String>,
    /// Credentials that the row itself describes: a user with a key file.
    pub(super) brought: Option<BroughtCredentials>,
    pub(super) jump: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) aliases: Vec<DeviceName>,
    pub(super) host_key: Option<(Option<String>, Fingerprint)>,
}

/// Checks the values of a row. The error is a sentence about the first that can't be used.
pub(super) fn row(raw: &RawRow, known: &Known<'_>) -> Result<Row, String> {
    let name = raw.field("name").ok_or("it has no name")?;
    let name = DeviceName::new(name).map_err(|error| error.to_string())?;
    let address = raw
        .field("address")
        .ok_or_else(|| format!("{name} has no address"))?;
    let (address, in_address) = endpoint(address)?;
    let port = match (raw.field("port"), in_address) {
        (Some(raw), _) => port(raw)?,
        (None, Some(port)) => port,
        (None, None) => SSH,
    };
    let (credentials, brought) = credentials(raw, known)?;
    let jump = raw.field("jump").map(str::to_owned);
    if let Some(unknown) = jump.as_ref().filter(|name| !known.jumps.contains(*name)) {
        return Err(format!(
            "the jump host {} is not known; add it first",
            printable(unknown)
        ));
    }
    let mut aliases = Vec::new();
    for alias in list(raw.field("aliases")) {
        let alias = DeviceName::new(alias).map_err(|error| error.to_string())?;
        if alias != name && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    let mut groups: Vec<String> = list(raw.field("groups")).map(printable).collect();
    groups.sort();
    groups.dedup();
    aliases.sort();
    Ok(Row {
        name,
        address,
        port,
        credentials,
        brought,
        jump,
        groups,
        aliases,
        host_key: host_key(raw)?,
    })
}

/// Credentials with a key file, as a row describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BroughtCredentials {
    pub(super) name: String,
    pub(super) user: String,
    pub(super) file: String,
}

/// The name of a row's credentials, and the credentials themselves where the row describes new ones by a key file.
fn credentials(
    raw: &RawRow,
    known: &Known<'_>,
) -> Result<(Option<String>, Option<BroughtCredentials>), String> {
    let named = raw.field("credentials").map(str::to_owned);
    let Some(key) = raw.field("key_file") else {
        let name = named.or_else(|| known.default_credentials.map(str::to_owned));
        return match name
            .as_ref()
            .filter(|name| !known.credentials.contains_key(*name))
        {
            Some(unknown) => Err(format!(
                "the credentials {} are not known; add them first",
                printable(unknown)
            )),
            None => Ok((name, None)),
        };
    };
    if key.starts_with("-----") || key.starts_with("ssh-") {
        return Err("its key column holds a key; only the path of its file may stand there".to_owned());
    }
    let file = key_path(key).map_err(|reason| format!("its key file can't be used: {reason}"))?;
    let user = raw
        .field("user")
        .ok_or("it names a key file and no user")?
        .to_owned();
    let user = checked("user", &user).map_err(|error| error.to_string())?;
    let stem = file.rsplit(['/', '\\']).next().unwrap_or(&file);
    let name = named.unwrap_or_else(|| format!("{user} with {stem}"));
    let name = checked("credentials", &name).map_err(|error| error.to_string())?;
    let way = SignInWay::Key { file: file.clone() };
    match known.credentials.get(&name) {
        Some((before, same)) if (before, same) == (&user, &way) => Ok((Some(name), None)),
        Some(_) => Err(format!(
            "the credentials {name} are known already with another user or key"
        )),
        None => Ok((Some(name.clone()), Some(BroughtCredentials { name, user, file }))),
    }
}

/// Reads the host key of a row: a fingerprint, a whole public key, or both if they agree.
fn host_key(raw: &RawRow) -> Result<Option<(Option<String>, Fingerprint)>, String> {
    let read = |text: &str| match (Fingerprint::parse(text), PresentedHostKey::parse(text)) {
        (Some(fingerprint), _) => Ok((None, fingerprint)),
        (None, Some(key)) => Ok((Some(key.algorithm), key.fingerprint)),
        (None, None) => Err(format!(
            "{} is neither a fingerprint (SHA256:...) nor a public key",
            printable(text)
        )),
    };
    let key = raw.field("host_key").map(read).transpose()?;
    let fingerprint = raw.field("fingerprint").map(read).transpose()?;
    match (key, fingerprint) {
        (Some(key), Some(other)) if key.1 != other.1 => Err(format!(
            "its host key has the fingerprint {}, and it says {}",
            key.1, other.1
        )),
        (Some((None, key)), Some((algorithm, _))) => Ok(Some((algorithm, key))),
        (key, other) => Ok(key.or(other)),
    }
}

fn list(raw: Option<&str>) -> impl Iterator<Item = &str> {
    raw.unwrap_or_default()
        .split([',', ';', '|'])
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

fn port(raw: &str) -> Result<u16, String> {
    let port = raw.parse::<u16>().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("port {} is not 1 to 65535", printable(raw)))
}

/// Reads a place; the port is SSH's where none is told.
pub(crate) fn place(raw: &str) -> Result<(String, u16), String> {
    endpoint(raw).map(|(host, port)| (host, port.unwrap_or(SSH)))
}

/// Reads `host`, `host:port`, an IPv4 or IPv6 address, or `[IPv6]:port`, into one spelling per place.
fn endpoint(raw: &str) -> Result<(String, Option<u16>), String> {
    if let Ok(address) = raw.parse::<IpAddr>() {
        return Ok((address.to_string(), None));
    }
    let (host, rest) = match raw.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or(rest))),
        None => raw
            .rsplit_once(':')
            .map_or((raw, None), |(host, rest)| (host, Some(rest))),
    };
    let port = rest.map(port).transpose()?;
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok((address.to_string(), port));
    }
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let all_digits = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    if host.is_empty()
        || host.len() > 253
        || host.starts_with(['-', '.'])
        || !host.chars().all(of_name)
        || all_digits
    {
        return Err(format!(
            "{} is neither an address nor a host name",
            printable(raw)
        ));
    }
    Ok((host.to_ascii_lowercase(), port))
}

pub(crate) fn shown_place(address: &str, port: u16) -> String {
    if address.contains(':') {
        format!("[{address}]:{port}")
    } else {
        format!("{address}:{port}")
    }
}

/// A text from a file as it may be shown: control characters and direction marks become visible, at most 255 characters.
pub(crate) fn printable(raw: &str) -> String {
    let unsafe_mark =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let escaped = raw.chars().take(255).flat_map(|c| {
        let escape = c.is_control() || unsafe_mark(c);
        let shown: Vec<char> = if escape {
            c.escape_default().collect()
        } else {
            vec![c]
        };
        shown
    });
    escaped.collect()
}
