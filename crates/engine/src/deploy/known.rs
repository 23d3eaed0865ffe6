//! What is known of a device in a deployment: grows with each step, is the evidence in the journal, and is all that a
//! recovery starts from.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lines::{Delta, LineSet};
use super::sight::Recheck;
use super::words::Note;
use crate::drift::DriftSource;
use crate::ports::{CommitSuccess, Probe, RollbackEntry, SessionFact};

/// What preflight saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// The lines of the touched objects and of their neighbours on the device.
    pub touched: LineSet,
    /// Digest of all other lines of the read scope.
    pub outside: String,
    /// The newest rollback entry.
    pub head: Option<RollbackEntry>,
    /// Rows of the list that read like the newest, itself among them: a login may commit twice within a second.
    #[serde(default = "one")]
    pub heads: usize,
}

fn one() -> usize {
    1
}

impl Base {
    /// Tells whether the list is as preflight saw it.
    #[must_use]
    pub fn is_on_top_of(&self, list: &[RollbackEntry]) -> bool {
        let same_head = match (&self.head, list.first()) {
            (Some(head), Some(first)) => same_entry(head, first),
            (None, None) => true,
            _ => false,
        };
        same_head && heads(list) == self.heads
    }
}

/// Counts the rows that read like the newest.
#[must_use]
pub fn heads(list: &[RollbackEntry]) -> usize {
    list.first().map_or(0, |first| {
        list.iter().take_while(|entry| same_entry(entry, first)).count()
    })
}

/// Tells whether two readings of the list show the same entries. Two commits of one login within a second read alike, so
/// the whole lists are compared and not their newest rows alone.
#[must_use]
pub fn same_list(left: &[RollbackEntry], right: &[RollbackEntry]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| same_entry(left, right))
}

/// What one of our commits does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommitKind {
    /// The plan's change.
    Forward,
    /// Its reverse, by lines.
    Reverse,
}

/// A `commit confirm` that was sent, or was about to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OurCommit {
    /// What it does.
    pub kind: CommitKind,
    /// The change that its entry must show.
    pub change: Delta,
    /// The device's time before it was sent.
    pub after: Option<NaiveDateTime>,
    /// The device's time in the first answer after it.
    pub before: Option<NaiveDateTime>,
    /// The success line; none when its answer was lost.
    pub success: Option<CommitSuccess>,
}

/// A commit of another that was seen since preflight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OthersCommit {
    /// Its entry.
    pub entry: RollbackEntry,
    /// What it changed, where the layout was readable.
    pub change: Option<Delta>,
}

impl OthersCommit {
    /// User and time as the device prints them.
    #[must_use]
    pub fn who(&self) -> String {
        format!("{} at {}", self.entry.user, self.entry.time)
    }
}

/// All that is known of a device in this deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// What preflight saw.
    pub base: Option<Base>,
    /// Our user as the device names it.
    pub user: Option<String>,
    /// Sessions that we opened, as the device's list shows them.
    pub own_sessions: Vec<SessionFact>,
    /// When a session ended without a sign-out that the device answered.
    pub session_lost_at: Option<DateTime<Utc>>,
    /// The part of our change that the last look found in effect.
    pub live: Delta,
    /// Our commits in the order sent.
    pub commits: Vec<OurCommit>,
    /// Others' commits since preflight.
    pub others: Vec<OthersCommit>,
    /// Notes so far.
    pub notes: Vec<Note>,
    /// The device's own time when it was last seen.
    pub device_time: Option<NaiveDateTime>,
    /// When the device was last heard.
    pub heard: Option<DateTime<Utc>>,
    /// When the pending commit ends by the device's last word, in whole minutes.
    pub until: Option<DateTime<Utc>>,
    /// Our pending commit was seen.
    pub saw_pending: bool,
    /// We sent `clear system commit`.
    pub cancelled: bool,
    /// Attempts to take our lines out of a candidate whose layout can't be read.
    pub blind_cleans: u8,
    /// Digest of the running text that was saved when another's lines first depended on our pending commit. The text
    /// itself stands in the journal beside it.
    pub saved: Option<String>,
    /// The lines were applied again after the timer ended behind the decision record.
    pub reapplied: bool,
    /// How the checks of that re-apply stand.
    #[serde(default)]
    pub recheck: Recheck,
    /// The device said that our candidate is out of sync with another's commit, so that commit did not take it along.
    #[serde(default)]
    pub separate: bool,
    /// The candidate held our whole change when it was last compared.
    #[serde(default)]
    pub whole: bool,
    /// What first showed that another works on the device.
    #[serde(default)]
    pub disturbed: Option<DriftSource>,
    /// A person's consent to commit another's candidate lines, until they are committed.
    #[serde(default)]
    pub consent: Option<Consent>,
}

/// A person consents to commit another's candidate lines, exactly as they were shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who consents.
    pub by: String,
    /// The candidate's compare as the device printed it. With any other text nothing is committed.
    pub lines: String,
}

impl Known {
    /// Tells whether a candidate may hold lines of our way back: before the decision record, and behind it where one that could
    /// not be read was cleared with them.
    #[must_use]
    pub fn sends_back(&self, decided: bool) -> bool {
        !decided || self.blind_cleans > 0
    }

    /// Adds a note once; a note of the same kind with news replaces the older one.
    pub fn note(&mut self, note: Note) {
        let kind = std::mem::discriminant(&note);
        match self
            .notes
            .iter_mut()
            .find(|known| std::mem::discriminant(*known) == kind)
        {
            Some(known) => *known = note,
            None => self.notes.push(note),
        }
    }

    /// Takes from a look what identifies us: our row in the session list, our user, the device's time.
    pub fn hear(&mut self, probe: &Probe, now: DateTime<Utc>) {
        self.heard = Some(now);
        if let Some(own) = probe.sessions.iter().find(|row| row.is_this == Some(true)) {
            let row = SessionFact {
                is_this: None,
                ..own.clone()
            };
            self.user = Some(row.user.clone());
            if !self.own_sessions.contains(&row) {
                self.own_sessions.push(row);
            }
        }
        let Some(time) = probe.device_time.map(|time| time.naive_local()) else {
            return;
        };
        self.device_time = Some(time);
        // A command that was on its way may still run on an earlier session, so the window stays open till that is gone.
        if !self.earlier_session(&probe.sessions, now) {
            for commit in self.commits.iter_mut().filter(|commit| commit.before.is_none()) {
                commit.before = Some(time);
            }
        }
    }

    /// Notes that a commit is about to be sent.
    pub fn sending(&mut self, kind: CommitKind, change: Delta) {
        self.commits.push(OurCommit {
            kind,
            change,
            after: self.device_time,
            before: None,
            success: None,
        });
    }

    /// The device said that the commit which was just sent did not happen.
    pub fn not_sent(&mut self) {
        self.commits.pop();
    }

    /// Tells whether an earlier session of ours may still be on the device.
    ///
    /// Where the device's list doesn't tell which session asks, a lost session counts as there until the idle limit of
    /// a session has passed (30 minutes, REF 1.1).
    #[must_use]
    pub fn earlier_session(&self, sessions: &[SessionFact], now: DateTime<Utc>) -> bool {
        let told_apart = sessions.iter().any(|row| row.is_this == Some(true));
        if told_apart {
            return sessions
                .iter()
                .filter(|row| row.is_this != Some(true))
                .any(|row| {
                    self.own_sessions
                        .iter()
                        .any(|own| own.user == row.user && own.from == row.from && own.since == row.since)
                });
        }
        sessions.len() != 1
            && self
                .session_lost_at
                .is_some_and(|lost| now - lost < chrono::Duration::minutes(30))
    }
}

/// Reads the time of a success line, a rollback entry or a pending commit, without its zone (REF 7.2).
#[must_use]
pub fn stamp(printed: &str) -> Option<NaiveDateTime> {
    let head: String = printed.trim().chars().take(20).collect();
    NaiveDateTime::parse_from_str(&head, "%d-%b-%Y %H:%M:%S").ok()
}

/// Tells whether two printed times are the same moment, allowing for a success line that is printed a little after its
/// entry was made.
#[must_use]
pub fn same_moment(left: &str, right: &str) -> bool {
    match (stamp(left), stamp(right)) {
        (Some(left), Some(right)) => (left - right).abs() <= chrono::Duration::seconds(2),
        _ => left.trim() == right.trim(),
    }
}

/// Tells whether two rows of the rollback list are the same entry, wherever later commits moved it.
#[must_use]
pub fn same_entry(left: &RollbackEntry, right: &RollbackEntry) -> bool {
    left.user == right.user && left.via == right.via && left.time == right.time && left.log == right.log
}

/// Returns the entries made since preflight, newest first.
///
/// A revert can take the head of then itself out of the list; then the entries with a later time count.
#[must_use]
pub fn entries_since<'a>(list: &'a [RollbackEntry], base: &Base) -> &'a [RollbackEntry] {
    let Some(head) = &base.head else { return list };
    let like_head = |entry: &RollbackEntry| same_entry(entry, head);
    let end = match list.iter().position(like_head) {
        Some(first) => {
            let rows = list[first..].iter().take_while(|entry| like_head(entry)).count();
            first + rows.saturating_sub(base.heads)
        }
        None => {
            let since = stamp(&head.time);
            list.iter().take_while(|entry| stamp(&entry.time) > since).count()
        }
    };
    &list[..end]
}
