//! What saw drift first (DESIGN 7).

use std::fmt;

use serde::{Deserialize, Serialize};

/// What saw a difference first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftSource {
    /// A deployment, before it sent anything.
    Preflight,
    /// A deployment, while its lines were typed and checked.
    CommitCheck,
    /// A deployment, from right before its commit until its timer was proven.
    Commit,
    /// A deployment that had turned back, when it looked at what it leaves.
    DeploymentFailure,
    /// A deployment that reads what it committed.
    Verification,
    /// A discovery.
    Discovery,
    /// A check that somebody asked for.
    Check,
    /// A check that was due.
    ScheduledCheck,
}

impl DriftSource {
    /// All sources.
    pub const ALL: [Self; 8] = [
        Self::Preflight,
        Self::CommitCheck,
        Self::Commit,
        Self::DeploymentFailure,
        Self::Verification,
        Self::Discovery,
        Self::Check,
        Self::ScheduledCheck,
    ];

    /// Stable words; those of a deployment stand behind its number: `deployment 4, commit check`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::CommitCheck => "commit check",
            Self::Commit => "commit",
            Self::DeploymentFailure => "failure",
            Self::Verification => "verification",
            Self::Discovery => "discovery",
            Self::Check => "check",
            Self::ScheduledCheck => "scheduled check",
        }
    }

    /// Reads what an event names; none for a deployment of which no more is known, and for what has no words here.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        let words = match words.strip_prefix("deployment ") {
            Some(rest) => rest.split_once(", ")?.1,
            None => words,
        };
        Self::ALL.into_iter().find(|source| source.words() == words)
    }
}

impl fmt::Display for DriftSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_read_back_from_its_words() {
        for source in DriftSource::ALL {
            assert_eq!(DriftSource::parse(source.words()), Some(source));
            let behind = format!("deployment 4, {source}");
            assert_eq!(DriftSource::parse(&behind), Some(source), "{behind}");
        }
        for words in ["", "deployment 4", "settle", "deployment 4, settle"] {
            assert_eq!(DriftSource::parse(words), None, "{words}");
        }
    }
}
