//! Snapshots: read-only, offline.

view! {
    /// A device with its snapshots.
    pub struct SnapshotDevice {
        /// Device.
        pub device: String,
        /// Reads in all.
        pub reads: u32,
        /// Different texts.
        pub texts: u32,
        /// First read.
        pub first: String,
        /// Last read.
        pub last: String,
    }

    /// One read of a device.
    pub struct SnapshotRow {
        /// Identity of the read.
        pub id: u32,
        /// Device.
        pub device: String,
        /// When it was read.
        pub at: String,
        /// By what: `discovery`, `deployment 12, preflight`, `deployment 12, settle`...
        pub source: String,
        /// Short hash of the text.
        pub hash: String,
        /// Full hash.
        pub full_hash: String,
        /// Lines of the text.
        pub lines: u32,
        /// Bytes of the text.
        pub bytes: u32,
        /// Whether the text differs from the read before it.
        pub changed: bool,
    }

    /// Totals.
    pub struct SnapshotOverview {
        /// Devices.
        pub devices: Vec<SnapshotDevice>,
        /// Reads in all.
        pub reads: u32,
        /// Different texts.
        pub texts: u32,
        /// Bytes on disk.
        pub bytes: f64,
        /// Moments of all deployments with number and status word, for the lanes.
        pub deployments: Vec<LaneMark>,
        /// Moments of reads, newest first, at most 2,000.
        pub read_marks: Vec<LaneMark>,
    }

    /// A mark on a lane of the time range.
    pub struct LaneMark {
        /// Moment.
        pub at: String,
        /// Word or number.
        pub word: String,
    }

    /// A device whose text differs between two moments.
    pub struct ChangedDevice {
        /// Device.
        pub device: String,
        /// Lines added.
        pub added: u32,
        /// Lines removed.
        pub removed: u32,
        /// Read nearest before or at A.
        pub a: u32,
        /// Read nearest before or at B.
        pub b: u32,
    }

    /// A line found in history.
    pub struct HistoryHit {
        /// Device.
        pub device: String,
        /// Line.
        pub line: String,
        /// First read that holds it.
        pub first: String,
        /// Last read that holds it.
        pub last: String,
        /// Whether the newest read holds it.
        pub now: bool,
        /// Newest read that holds it.
        pub snapshot: u32,
        /// Hits on this device in all.
        pub hits: u32,
    }
}

/// What is to be put back, and as of which moment (RFC 3339).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum RestoreRequest {
    /// A bridge domain on all devices.
    Domain {
        /// Its name.
        domain: String,
        /// The moment.
        at: String,
    },
    /// The L2 parts of a device.
    Device {
        /// Its name.
        device: String,
        /// The moment.
        at: String,
    },
}
