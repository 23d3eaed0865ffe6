//! Configuration text: what stands between config-start and config-end, and its hash.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::path::BLANKS;

/// The longest configuration text that is read, in bytes. The largest real device prints well under a tenth of it.
pub const MAX_TEXT_BYTES: usize = 256 * 1024 * 1024;

/// A device's configuration text, without the header and its time.
///
/// Two texts are the same configuration, byte for byte, exactly when their [`TextHash`]es are equal. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConfigText(Arc<str>);

/// Why an output is not a configuration text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CaptureError {
    /// Longer than [`MAX_TEXT_BYTES`].
    #[error("a configuration text has at most {max} bytes, this has {bytes}")]
    TooLong {
        /// The length given.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The config-start line is there, the config-end line is not: the answer was cut.
    #[error("the configuration of {host} is cut: config-start without config-end after {lines} lines")]
    NoEnd {
        /// The host name of the config-start line.
        host: String,
        /// The lines read after config-start.
        lines: usize,
    },
    /// A config-end line without a config-start line before it.
    #[error("the configuration is cut: config-end in line {line} without config-start")]
    NoStart {
        /// The line of config-end, from 1.
        line: usize,
    },
    /// A second config-start line: two answers ran into each other.
    #[error("a second config-start stands in line {line}")]
    SecondStart {
        /// Its line, from 1.
        line: usize,
    },
}

impl ConfigText {
    /// Takes a text as it is, byte for byte.
    ///
    /// # Errors
    /// [`CaptureError::TooLong`].
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self, CaptureError> {
        let text = text.into();
        if text.len() > MAX_TEXT_BYTES {
            return Err(CaptureError::TooLong {
                bytes: text.len(),
                max: MAX_TEXT_BYTES,
            });
        }
        Ok(Self(text))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text without copying it.
    pub(crate) fn share(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// Returns the hash of the text.
    #[must_use]
    pub fn hash(&self) -> TextHash {
        TextHash(*blake3::hash(self.0.as_bytes()).as_bytes())
    }

    /// Returns the number of lines.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.0.lines().count()
    }
}

/// The empty text.
impl Default for ConfigText {
    fn default() -> Self {
        Self(Arc::from(""))
    }
}

impl fmt::Debug for ConfigText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigText({} bytes, {})", self.0.len(), self.hash())
    }
}

impl TryFrom<String> for ConfigText {
    type Error = CaptureError;
    fn try_from(text: String) -> Result<Self, CaptureError> {
        Self::new(text)
    }
}

impl From<ConfigText> for String {
    fn from(text: ConfigText) -> String {
        text.0.as_ref().to_owned()
    }
}

/// BLAKE3 of a configuration text. `Display` prints the first 6 hexadecimal digits, [`TextHash::to_hex`] all 64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextHash([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a text hash has 64 hexadecimal digits")]
pub struct InvalidTextHash;

impl TextHash {
    /// Returns all 64 digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}", self.0[0], self.0[1], self.0[2])
    }
}

impl fmt::Debug for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl From<[u8; 32]> for TextHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for TextHash {
    type Err = InvalidTextHash;
    fn from_str(hex: &str) -> Result<Self, InvalidTextHash> {
        blake3::Hash::from_hex(hex)
            .map(|hash| Self(*hash.as_bytes()))
            .map_err(|_| InvalidTextHash)
    }
}

impl TryFrom<String> for TextHash {
    type Error = InvalidTextHash;
    fn try_from(hex: String) -> Result<Self, InvalidTextHash> {
        hex.parse()
    }
}

impl From<TextHash> for String {
    fn from(hash: TextHash) -> String {
        hash.to_hex()
    }
}

/// What the frame around a configuration text says (REF 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The host name of the config-start line.
    pub host: String,
    /// The time as the device wrote it, such as `09-Mar-2026 18:52:23 UTC+02:00 (Israel)`.
    pub time: String,
}

/// A `show config` answer taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The frame, if the answer had one.
    pub header: Option<Header>,
    /// What stands between the frame lines; line ends are LF.
    pub text: ConfigText,
    /// Lines outside the frame that are not blank, kept so that nothing a device said is lost.
    pub outside: Vec<String>,
}

impl Capture {
    /// Takes the answer of a `show config` command apart (REF 4.1).
    ///
    /// The terminal's CR LF becomes LF. The blank line that the device prints after config-start and the one before
    /// config-end belong to the frame. An answer without a frame is text as a whole.
    ///
    /// # Errors
    /// [`CaptureError`] when the frame is incomplete or doubled, or the text too long.
    pub fn read(output: &str) -> Result<Self, CaptureError> {
        if output.len() > MAX_TEXT_BYTES {
            return Err(CaptureError::TooLong {
                bytes: output.len(),
                max: MAX_TEXT_BYTES,
            });
        }
        let mut output = output.replace("\r\n", "\n");
        while output.contains("\r\n") {
            output = output.replace("\r\n", "\n");
        }
        let mut header = None;
        let mut body = Vec::new();
        let mut outside = Vec::new();
        let mut ended = false;
        for (index, line) in output.split_inclusive('\n').enumerate() {
            match frame_line(line) {
                Some(FrameLine::Start(_)) if header.is_some() => {
                    return Err(CaptureError::SecondStart { line: index + 1 });
                }
                Some(FrameLine::Start(found)) => header = Some(found),
                Some(FrameLine::End(_)) if header.is_none() => {
                    return Err(CaptureError::NoStart { line: index + 1 });
                }
                Some(FrameLine::End(host))
                    if !ended && header.as_ref().is_some_and(|start| start.host == host) =>
                {
                    ended = true;
                }
                // The end of another host's configuration ends nothing.
                Some(FrameLine::End(_)) | None if header.is_some() && !ended => body.push(line),
                Some(FrameLine::End(_)) | None => outside.push(line),
            }
        }
        match &header {
            None => Ok(Self {
                header: None,
                text: ConfigText::new(output)?,
                outside: Vec::new(),
            }),
            Some(found) if !ended => Err(CaptureError::NoEnd {
                host: found.host.clone(),
                lines: body.len(),
            }),
            Some(_) => {
                let text = ConfigText::new(without_frame_blanks(&body).concat())?;
                let outside = outside
                    .into_iter()
                    .map(|line| line.trim_end_matches(BLANKS))
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect();
                Ok(Self {
                    header,
                    text,
                    outside,
                })
            }
        }
    }
}

enum FrameLine<'a> {
    Start(Header),
    /// With the host name.
    End(&'a str),
}

/// Reads `# HOST config-start [TIME]` and `# HOST config-end`; the docs print both without the blank after `#`.
fn frame_line(line: &str) -> Option<FrameLine<'_>> {
    let line = line.trim().strip_prefix('#')?.trim_start();
    let (host, rest) = line.split_once(' ')?;
    if rest == "config-end" {
        return Some(FrameLine::End(host));
    }
    let time = rest
        .strip_prefix("config-start")?
        .trim_start()
        .strip_prefix('[')?
        .strip_suffix(']')?;
    Some(FrameLine::Start(Header {
        host: host.to_owned(),
        time: time.to_owned(),
    }))
}

fn without_frame_blanks<'a, 'b>(mut body: &'b [&'a str]) -> &'b [&'a str] {
    if let [first, rest @ ..] = body
        && first.trim_matches(BLANKS).is_empty()
    {
        body = rest;
    }
    if let [rest @ .., last] = body
        && last.trim_matches(BLANKS).is_empty()
    {
        body = rest;
    }
    body
}
