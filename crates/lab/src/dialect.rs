//! What REFERENCE leaves open, as switches of a device (REF 13, DESIGN 8).

use serde::{Deserialize, Serialize};

use crate::tree::{
    CompareLayout, Defaults, EditRules, EmptyNodes, ListSeparator, ListSet, PrintOrder, PrintStyle, Quotes,
    Tree,
};

/// One switch with its values, declared once for Rust, text and JSON.
macro_rules! switch {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$value_doc:meta])* $value:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$value_doc])* $value),+
        }
    };
}

switch! {
    /// Whose candidate a session edits (REF 7.1, 13.1).
    CandidateScope {
        /// All sessions of one login share it.
        User,
        /// Each session has its own.
        Session,
        /// The device has one.
        Device,
    }
}
switch! {
    /// What becomes of a candidate when its session goes (REF 7.1).
    CandidateLife {
        /// It survives.
        Kept,
        /// It is dropped with the last session that could see it.
        Lost,
    }
}
switch! {
    /// What a commit does when another committed since the candidate was opened (REF 7.3).
    OutOfSync {
        /// Asks.
        Ask,
        /// Merges without a word.
        Merge,
    }
}
switch! {
    /// What a commit with changes does to another's pending commit confirm (REF 7.5).
    PendingOnCommit {
        /// Confirms it.
        Confirms,
        /// Leaves it pending, the new commit on top.
        Leaves,
    }
}
switch! {
    /// What expiry and `clear system commit` take back (DESIGN 6).
    Revert {
        /// Everything since the text before the pending commit.
        Before,
        /// Only what the pending commit changed.
        Delta,
        /// Only the last commit.
        Last,
    }
}
switch! {
    /// What the rollback list shows after a revert.
    RevertEntry {
        /// A new entry on top.
        Added,
        /// The reverted entries are gone.
        Vanishes,
    }
}
switch! {
    /// What a reboot does to a pending commit.
    Reboot {
        /// It stays pending.
        Keeps,
        /// Its changes stay, its timer is lost.
        Drops,
        /// It is taken back.
        Reverts,
    }
}
switch! {
    /// Whether `commit confirm` arms its timer.
    Arms {
        /// Yes.
        Yes,
        /// It commits and silently arms nothing.
        No,
    }
}
switch! {
    /// The words of commit confirm (REF 7.2, 13.4).
    ConfirmTexts {
        /// `will be automatically rolled back`, `Commit confirm`, `Configuration commit rollback by`.
        Documented,
        /// `will automatically rollback`, `Commit confirmed`, `Configuration commit confirm rollbacked by`.
        Field,
        /// As documented, but the confirming commit answers like any commit.
        Succeeded,
    }
}
switch! {
    /// What `rollback n` prints (REF 13.2).
    RollbackText {
        /// Nothing, as captured.
        Silent,
        /// `Configuration rollback complete`.
        Complete,
    }
}
switch! {
    /// What `commit check` says with nothing to commit (REF 13.3).
    EmptyCheck {
        /// The NOTICE of `commit`.
        Notice,
        /// `Commit check passed successfully`.
        Passed,
    }
}
switch! {
    /// How a failing commit is reported (REF 7.2).
    CommitErrors {
        /// One `ERROR:` line per reason.
        Lines,
        /// `Commit check failed on:` and indented paths.
        Paths,
    }
}
switch! {
    /// What deleting something that is not there does (REF 4.3).
    DeleteMissing {
        /// Nothing is said.
        Silent,
        /// The last word is unknown.
        Unknown,
    }
}
switch! {
    /// Whether a line may end in ` ^` (REF 4.2).
    CaretInput {
        /// Accepted; acts as `top` afterwards.
        Accepted,
        /// An unknown word.
        Refused,
    }
}
switch! {
    /// Whether a leafless member closes with its own `!` (REF 4.1).
    MemberBang {
        /// `!` is printed.
        Printed,
        /// The next line follows directly.
        Absent,
    }
}
switch! {
    /// Where a `no` line leaves the context (REF 4.3).
    ContextAfterNo {
        /// Where it was.
        Unchanged,
        /// In the parent of what was deleted.
        Parent,
    }
}
switch! {
    /// What `show config compare rollback x rollback y` shows (REF 7.8 leaves the direction open).
    CompareOrder {
        /// The way from x to y.
        FirstIsOld,
        /// The way from y to x.
        FirstIsNew,
    }
}
switch! {
    /// What the session list tells of a session (DESIGN 8).
    SessionList {
        /// User, address and port, uptime.
        Full,
        /// The address of a gateway for everybody: own sessions can't be told apart.
        Anonymous,
    }
}
switch! {
    /// Captions and layouts of the tables (REF 8).
    Tables {
        /// As captured from 25.x.
        Captured,
        /// As documented.
        Documented,
    }
}

impl From<Tables> for crate::tables::TableLayout {
    fn from(tables: Tables) -> Self {
        match tables {
            Tables::Captured => Self::Captured,
            Tables::Documented => Self::Documented,
        }
    }
}

switch! {
    /// What a broadcast leaves on a waiting terminal (REF 13.11).
    Broadcast {
        /// The line, then the prompt and what was typed again.
        Redraw,
        /// The line alone.
        Bare,
    }
}
switch! {
    /// Whether `commit confirm N log ".."` parses (REF 13.4).
    ConfirmLog {
        /// Yes.
        Accepted,
        /// `log` is an unknown word.
        Refused,
    }
}
switch! {
    /// The time zone of the device (REF 4.1).
    Zone {
        /// `UTC+02:00 (Israel)`, as captured.
        Israel,
        /// `UTC`.
        Utc,
    }
}
switch! {
    /// What a commit makes of the text of a configuration.
    CommitText {
        /// It stays as it was typed.
        Kept,
        /// It is written anew: sorted, without what is the default.
        Rewritten,
    }
}
switch! {
    /// How a session ends its error output (REF 1.3).
    ErrorReset {
        /// With `ESC[0m`, always.
        Always,
        /// Only while colours are on.
        Coloured,
    }
}

/// One device's dialect. The default is what captures show, else what is documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Dialect {
    /// Candidate scope.
    pub candidate: CandidateScope,
    /// Candidate after disconnect.
    pub candidate_life: CandidateLife,
    /// Out-of-sync commits.
    pub out_of_sync: OutOfSync,
    /// Commits over a pending one.
    pub pending_on_commit: PendingOnCommit,
    /// Reach of a revert.
    pub revert: Revert,
    /// Trace of a revert.
    pub revert_entry: RevertEntry,
    /// Reboots.
    pub reboot: Reboot,
    /// Arming.
    pub arms: Arms,
    /// Commit confirm texts.
    pub confirm_texts: ConfirmTexts,
    /// Log with commit confirm.
    pub confirm_log: ConfirmLog,
    /// Rollback text.
    pub rollback_text: RollbackText,
    /// Check without changes.
    pub empty_check: EmptyCheck,
    /// Failing commits.
    pub commit_errors: CommitErrors,
    /// Deleting nothing.
    pub delete_missing: DeleteMissing,
    /// Trailing caret.
    pub caret_input: CaretInput,
    /// Context after `no`.
    pub context_after_no: ContextAfterNo,
    /// Print order.
    pub order: PrintOrder,
    /// Leafless members.
    pub member_bang: MemberBang,
    /// List separator.
    pub list_separator: ListSeparator,
    /// Quotes around descriptions.
    pub quotes: Quotes,
    /// `admin-state` where it is the default (REF 13.9).
    pub admin_state: Defaults,
    /// TPIDs where they are the default (REF 13.9).
    pub tpid: Defaults,
    /// Text after a commit.
    pub commit_text: CommitText,
    /// List setting.
    pub list_set: ListSet,
    /// Empty containers.
    pub empty_nodes: EmptyNodes,
    /// Comparison layout.
    pub compare: CompareLayout,
    /// Comparison of two rollback entries.
    pub compare_order: CompareOrder,
    /// Tables.
    pub tables: Tables,
    /// Session list.
    pub session_list: SessionList,
    /// Broadcasts.
    pub broadcast: Broadcast,
    /// Time zone.
    pub zone: Zone,
    /// Reset after errors.
    pub error_reset: ErrorReset,
}

/// A dialect text that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("dialect {text:?} is not a list of switch=value")]
pub struct DialectError {
    text: String,
    #[source]
    source: Option<serde_json::Error>,
}

impl Dialect {
    /// Reads `candidate=device,order=insertion`; switches that are not named keep their default.
    ///
    /// # Errors
    /// A switch or value that does not exist, with the possible ones in the source.
    pub fn parse(text: &str) -> Result<Self, DialectError> {
        let refused = |source| DialectError {
            text: text.to_owned(),
            source,
        };
        let mut switches = serde_json::Map::new();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (switch, value) = item.split_once('=').ok_or_else(|| refused(None))?;
            switches.insert(switch.trim().to_owned(), value.trim().into());
        }
        serde_json::from_value(switches.into()).map_err(|error| refused(Some(error)))
    }

    /// How its trees print.
    #[must_use]
    pub fn print_style(&self) -> PrintStyle {
        PrintStyle {
            order: self.order,
            member_bang: self.member_bang == MemberBang::Printed,
            list_separator: self.list_separator,
            quotes: self.quotes,
            admin_state: self.admin_state,
            tpid: self.tpid,
        }
    }

    /// A configuration as a commit leaves it.
    #[must_use]
    pub fn text_of(&self, committed: Tree) -> Tree {
        match self.commit_text {
            CommitText::Kept => committed,
            CommitText::Rewritten => committed.rewritten(),
        }
    }

    /// How its lines change trees.
    #[must_use]
    pub fn edit_rules(&self) -> EditRules {
        EditRules {
            empty_nodes: self.empty_nodes,
            list_set: self.list_set,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_by_name() {
        let dialect = Dialect::parse("candidate=device, order=insertion,revert=delta").expect("a dialect");
        assert_eq!(dialect.candidate, CandidateScope::Device);
        assert_eq!(dialect.order, PrintOrder::Insertion);
        assert_eq!(dialect.revert, Revert::Delta);
        assert_eq!(dialect.out_of_sync, OutOfSync::Ask);
        assert_eq!(Dialect::parse("").expect("nothing to read"), Dialect::default());
    }

    #[test]
    fn unknown_switches_are_refused() {
        for text in ["candidate", "candidate=nobody", "colour=red"] {
            assert!(Dialect::parse(text).is_err(), "{text}");
        }
    }
}
