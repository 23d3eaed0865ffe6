//! DNOS release numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A DNOS release such as 25.4.13 (REF 8, 12). Ordered by its numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DnosVersion(Vec<u16>);

impl DnosVersion {
    /// Reads `25.4.13`; `None` if a part is not a number.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let parts: Vec<u16> = raw
            .trim()
            .split('.')
            .map(|p| p.parse().ok())
            .collect::<Option<_>>()?;
        Some(Self(parts))
    }

    /// Tells whether this release is `major.minor` or later.
    #[must_use]
    pub fn at_least(&self, major: u16, minor: u16) -> bool {
        let part = |i: usize| self.0.get(i).copied().unwrap_or(0);
        (part(0), part(1)) >= (major, minor)
    }
}

impl fmt::Display for DnosVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u16::to_string).collect();
        f.pad(&parts.join("."))
    }
}

impl TryFrom<String> for DnosVersion {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, String> {
        Self::parse(&raw).ok_or_else(|| format!("{raw:?} is not a DNOS release"))
    }
}

impl From<DnosVersion> for String {
    fn from(version: DnosVersion) -> String {
        version.to_string()
    }
}
