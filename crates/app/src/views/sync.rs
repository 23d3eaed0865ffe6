//! Discovery of something in particular, and what came of it.

use super::{DriftRow, ErrorView};

/// What is read again and taken as it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum SyncTarget {
    /// Whole devices; all without names.
    Devices {
        /// Their names.
        devices: Option<Vec<String>>,
    },
    /// Interfaces, on one device or on all.
    Interfaces {
        /// A name; `*` stands for any characters.
        pattern: String,
        /// The device.
        device: Option<String>,
    },
    /// A bridge domain with its members, wherever the records or the devices hold it.
    Domain {
        /// Its name.
        domain: String,
    },
}

word! {
    /// What came of an object.
    pub enum SyncOutcome {
        /// New in the records.
        Added,
        /// Recorded otherwise now.
        Updated,
        /// No longer in the records.
        Removed,
        /// Somebody decided to leave it open, so it stays as it was.
        Left,
    }
}

view! {
    /// What a targeted discovery would take, as the records know it.
    pub struct SyncPreview {
        /// Devices that would be read.
        pub devices: u32,
        /// Interfaces that are meant, by device and name: the first of them.
        pub interfaces: Vec<KnownInterface>,
        /// All of them.
        pub total: u32,
    }

    /// An interface that the records know.
    pub struct KnownInterface {
        /// The device.
        pub device: String,
        /// Its name.
        pub interface: String,
    }

    /// What a targeted discovery did, object by object.
    pub struct SyncReport {
        /// What was read, in words.
        pub target: String,
        /// Each device, by name.
        pub devices: Vec<SyncedDevice>,
        /// Objects that are new in the records.
        pub added: u32,
        /// Objects that are recorded otherwise now.
        pub updated: u32,
        /// Objects that are no longer in the records.
        pub removed: u32,
        /// Objects of the target that the device holds as recorded.
        pub unchanged: u32,
        /// Devices that could not be read.
        pub failed: u32,
        /// All of it in a sentence.
        pub sentence: String,
    }

    /// One device of a targeted discovery.
    pub struct SyncedDevice {
        /// The device.
        pub device: String,
        /// When it was read; none if it was not.
        pub read: Option<String>,
        /// Why it could not be read.
        pub error: Option<ErrorView>,
        /// Objects that differed from the records.
        pub objects: Vec<SyncedObject>,
        /// Objects of the target that it holds as recorded.
        pub unchanged: u32,
        /// Open events on objects outside the target: they were seen, and stay open.
        pub beside: Vec<DriftRow>,
    }

    /// One object that differed.
    pub struct SyncedObject {
        /// The event, as it was before.
        pub event: DriftRow,
        /// What came of it.
        pub outcome: SyncOutcome,
    }
}
