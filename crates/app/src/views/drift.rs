//! Drift: where devices differ from what is expected of them.

use super::{DeviceLines, DriftDecisionView, ErrorView, TextDiffView};

word! {
    /// How a device differs.
    pub enum DriftKind {
        /// It holds something that nobody expected.
        AlreadyConfigured,
        /// It holds a bridge domain that nobody expected.
        DomainExists,
        /// A tag is taken by another sub-interface of the port.
        VlanConflict,
        /// The object is there with other lines.
        Mismatch,
        /// The object is not there.
        MissingOnDevice,
        /// Another committed.
        ForeignCommit,
        /// Lines differ that Bridgekeeper does not understand.
        Unknown,
    }

    /// How much it matters.
    pub enum DriftSeverity {
        /// No traffic is concerned.
        Low,
        /// What the records know works; something else is there.
        Medium,
        /// An end of a service does not work as recorded.
        High,
        /// A service is cut between devices.
        Critical,
    }

    /// What can be done about an event.
    pub enum DriftChoice {
        /// Take what the device holds as what is expected.
        Sync,
        /// Put back what is expected, as a deployment.
        Override,
        /// Leave it open.
        Leave,
    }
}

view! {
    /// All that differs, and what differed lately.
    pub struct DriftInbox {
        /// Open events, by device and object.
        pub open: Vec<DriftRow>,
        /// Closed ones, the newest first.
        pub closed: Vec<DriftRow>,
        /// What background sync did last on each device since the program was started, the newest first.
        pub background: Vec<SyncNotice>,
    }

    /// What background sync did on a device.
    pub struct SyncNotice {
        /// When.
        pub at: String,
        /// The device.
        pub device: String,
        /// Objects that were taken.
        pub taken: u32,
        /// Whether it tries no more.
        pub gave_up: bool,
        /// The same in a sentence.
        pub sentence: String,
        /// What a person can do, if something is left to do.
        pub next: Option<String>,
    }

    /// One object of one device.
    pub struct DriftRow {
        /// Number.
        pub id: u32,
        /// The device.
        pub device: String,
        /// The object: an interface, a bridge domain, a line.
        pub object: String,
        /// How it differs.
        pub kind: DriftKind,
        /// The same in words.
        pub title: String,
        /// How much it matters.
        pub severity: DriftSeverity,
        /// Why it matters so much, in a sentence.
        pub why: String,
        /// Services that hold the object.
        pub domains: Vec<String>,
        /// What saw it first, in words.
        pub source: String,
        /// When it was seen first.
        pub first_seen: String,
        /// When it was seen last.
        pub last_seen: String,
        /// How often it was seen.
        pub times: u32,
        /// How it ended; none while it is open.
        pub closed: Option<DriftClosed>,
        /// Who left it open as it is; it asks for nothing then.
        pub left: Option<DriftLeft>,
    }

    /// A decision to leave an event open.
    pub struct DriftLeft {
        /// When.
        pub at: String,
        /// By whom, or by which policy.
        pub by: String,
        /// Why; may be empty.
        pub why: String,
    }

    /// How an event ended.
    pub struct DriftClosed {
        /// When.
        pub at: String,
        /// By whom or what.
        pub by: String,
        /// How, in words.
        pub how: String,
    }

    /// Commits of others that an event may have come with, since its object was last in sync.
    pub struct DriftCommits {
        /// User of the newest.
        pub user: String,
        /// By what: `cli`, `netconf`...; empty where the device does not tell.
        pub via: String,
        /// When, as the device prints it.
        pub time: String,
        /// How many there are; of more than one it is not known which it was.
        pub count: u32,
        /// Their users, each once, that of the newest first.
        pub users: Vec<String>,
    }

    /// One event with its evidence and what can be done.
    pub struct DriftDetail {
        /// The event.
        pub row: DriftRow,
        /// Whose commit it came with; none where that was not observable.
        pub commits: Option<DriftCommits>,
        /// The same in words.
        pub committed: String,
        /// When what is expected was read; none if nothing was.
        pub expected_read: Option<String>,
        /// When what the device holds was read.
        pub actual_read: String,
        /// Expected and actual lines of the object.
        pub text: TextDiffView,
        /// The same on meaning, a sentence a line.
        pub meaning: TextDiffView,
        /// What can be done; empty when the event is closed.
        pub choices: Vec<DriftChoiceView>,
        /// Lines that putting it back would send; none where that is not possible.
        pub override_lines: Vec<DeviceLines>,
        /// What was decided about it, the newest last.
        pub decisions: Vec<DriftDecisionView>,
    }

    /// A choice with what it does.
    pub struct DriftChoiceView {
        /// The choice.
        pub choice: DriftChoice,
        /// Its name.
        pub label: String,
        /// What it does, in a sentence.
        pub consequence: String,
        /// Why it can't be taken, if so.
        pub refused: Option<String>,
    }

    /// What a sync did.
    pub struct DriftSynced {
        /// Objects that are new in the records.
        pub added: u32,
        /// Objects that are recorded otherwise now.
        pub updated: u32,
        /// Objects that had come back to what was expected.
        pub unchanged: u32,
        /// Objects whose device could not be read, with the reason.
        pub failed: Vec<DriftNotSynced>,
    }

    /// An object that could not be synced.
    pub struct DriftNotSynced {
        /// Number of the event; it stays open.
        pub id: u32,
        /// The device.
        pub device: String,
        /// Why.
        pub error: ErrorView,
    }
}
