//! Checks for drift: schedules, runs, and what each device gave.

word! {
    /// Why a check ran.
    pub enum CheckWhy {
        /// It was due.
        Scheduled,
        /// It had been due while Bridgekeeper or the machine slept.
        CaughtUp,
        /// A person asked in the window.
        ByHand,
        /// `bk` was told to.
        Command,
    }

    /// How far a check is.
    pub enum CheckRunState {
        /// This process is at it.
        Running,
        /// It ended; a device that could not be read is "not checked".
        Ended,
        /// No end of it is kept and this process is not at it: another process is, or was cut off before the end.
        NotEnded,
    }

    /// What came of a device.
    pub enum CheckOutcome {
        /// It was read and holds what is expected.
        InSync,
        /// It was read and differs.
        Drift,
        /// It was not read, or not compared: nothing is known of it.
        NotChecked,
    }
}

/// What a schedule checks.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum CheckScope {
    /// The whole inventory, as it is when the check runs.
    All,
    /// Some devices.
    Devices {
        /// Their names.
        devices: Vec<String>,
    },
    /// The devices that have one of some groups when the check runs.
    Groups {
        /// The groups.
        groups: Vec<String>,
    },
}

view! {
    /// What a person says of a schedule.
    pub struct ScheduleInput {
        /// Number of the one that is changed; none adds one.
        pub id: Option<u32>,
        /// Name.
        pub name: String,
        /// What is checked.
        pub scope: CheckScope,
        /// Five fields: minute, hour, day of month, month, weekday; or `@hourly`, `@daily`, `@weekly`, `@monthly`.
        pub cron: String,
        /// Time zone, as `Europe/Berlin`.
        pub zone: String,
        /// Seconds by which a run may be late, 0 to 3600.
        pub jitter_seconds: u32,
        /// Devices read at once, 1 to 128.
        pub at_once: u16,
        /// Seconds after which a run ends, 5 to 86400; what was not read by then is not checked.
        pub limit_seconds: u32,
        /// Whether it runs by itself.
        pub enabled: bool,
    }

    /// A schedule.
    pub struct ScheduleView {
        /// Number.
        pub id: u32,
        /// What a person said of it; its `id` is this number.
        pub input: ScheduleInput,
        /// What is checked, in words.
        pub scope_words: String,
        /// When it is due next; none while it is switched off.
        pub next: Option<DueView>,
        /// The newest moment that a run answered for.
        pub last_due: Option<String>,
        /// When it was added.
        pub created: String,
        /// When it was changed last.
        pub changed: String,
    }

    /// A moment at which a schedule is due.
    pub struct DueView {
        /// The moment.
        pub at: String,
        /// As clocks in its time zone show it: "2026-05-09 02:00 CEST".
        pub local: String,
    }

    /// When a schedule would be due.
    pub struct SchedulePreview {
        /// The next five moments, jitter included.
        pub times: Vec<DueView>,
    }

    /// What is to be checked now.
    pub struct CheckRequest {
        /// Only these devices; all without them and without a schedule.
        pub devices: Option<Vec<String>>,
        /// What this schedule checks, with its breadth and limit.
        pub schedule: Option<u32>,
    }

    /// A check that began.
    pub struct CheckStarted {
        /// Number of the run.
        pub run: u32,
        /// It, as an activity.
        pub activity: super::ActivityView,
    }

    /// A run of a check.
    pub struct CheckRunView {
        /// Number.
        pub id: u32,
        /// Number of its schedule.
        pub schedule: Option<u32>,
        /// Name of its schedule.
        pub schedule_name: Option<String>,
        /// Why it ran.
        pub why: CheckWhy,
        /// The same in words.
        pub why_words: String,
        /// The moment of the schedule that it answers for.
        pub due: Option<String>,
        /// Who ran it.
        pub by: String,
        /// When it began.
        pub started: String,
        /// How far it is.
        pub state: CheckRunState,
        /// When it ended; set exactly where its state says that it did.
        pub ended: Option<String>,
        /// Devices that hold what is expected.
        pub in_sync: u32,
        /// Devices that differ.
        pub drift: u32,
        /// Devices of which nothing is known.
        pub not_checked: u32,
        /// What each device gave, by name.
        pub devices: Vec<CheckDeviceView>,
    }

    /// What one device gave.
    pub struct CheckDeviceView {
        /// The device.
        pub device: String,
        /// When.
        pub at: String,
        /// What came of it.
        pub outcome: CheckOutcome,
        /// Open events of drift.
        pub events: u32,
        /// Stable word of why it was not checked.
        pub code: Option<String>,
        /// Why it was not checked, in a sentence.
        pub reason: Option<String>,
        /// Milliseconds that the reading took.
        pub millis: Option<u32>,
    }
}
