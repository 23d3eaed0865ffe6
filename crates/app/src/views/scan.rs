//! A device beside the records, row by row, with what can be done about each.

use super::{DriftLeft, ErrorView};

word! {
    /// How an object of a device stands against the records.
    pub enum ScanState {
        /// As expected.
        InSync,
        /// On both sides, and not the same.
        Differs,
        /// Only on the device.
        NotInRecords,
        /// Only in the records.
        Missing,
    }
}

/// What a recommendation does.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum ScanAction {
    /// Takes what the device holds of these events' objects.
    Sync {
        /// Numbers of the events.
        events: Vec<u32>,
    },
    /// Plans what puts back what these events expect.
    Override {
        /// Numbers of the events.
        events: Vec<u32>,
    },
    /// Leaves these events open.
    Leave {
        /// Numbers of the events.
        events: Vec<u32>,
    },
    /// Plans the removal of what carries no service on a device, by the records.
    CleanUp {
        /// The device.
        device: String,
    },
    /// Opens a bridge domain.
    OpenDomain {
        /// Its name.
        domain: String,
    },
}

view! {
    /// Devices beside the records, as they were read for this.
    pub struct ScanReport {
        /// Number of the check that read them.
        pub check: u32,
        /// Each device, by name.
        pub devices: Vec<ScannedDevice>,
        /// All devices together.
        pub totals: ScanTotals,
        /// Devices that could not be compared.
        pub failed: u32,
        /// All of it in a sentence.
        pub sentence: String,
    }

    /// One device. Without a row if it could not be compared.
    pub struct ScannedDevice {
        /// The device.
        pub device: String,
        /// Why it could not be compared.
        pub error: Option<ErrorView>,
        /// When it was read.
        pub read: Option<String>,
        /// The snapshot of that read.
        pub snapshot: Option<u32>,
        /// When its record was read.
        pub record_read: Option<String>,
        /// How many objects stand how.
        pub totals: ScanTotals,
        /// Open events that ask for something: those that nobody left open.
        pub asks: u32,
        /// Bridge domains, by name.
        pub domains: Vec<ScanDomain>,
        /// VLAN assignments, by interface.
        pub vlans: Vec<ScanVlan>,
        /// L2 states, by interface.
        pub states: Vec<ScanL2>,
        /// What else differs.
        pub others: Vec<ScanOther>,
        /// What can be done about all of it at once.
        pub advice: Vec<Recommendation>,
    }

    /// How many objects stand how. A bridge domain, an interface and any other object count once each.
    #[derive(Default)]
    pub struct ScanTotals {
        /// As expected.
        pub in_sync: u32,
        /// On both sides, and not the same.
        pub differs: u32,
        /// Only on the device.
        pub not_in_records: u32,
        /// Only in the records.
        pub missing: u32,
        /// On the device and carrying no service, whether or not the records know it.
        pub leftovers: u32,
    }

    /// How a row stands and what can be done.
    pub struct ScanVerdict {
        /// How it stands.
        pub state: ScanState,
        /// Why it carries no service, in a sentence, if so.
        pub leftover: Option<String>,
        /// Who left all of its events open, if so; it asks for nothing then.
        pub left_open: Option<DriftLeft>,
        /// What can be done, the best first.
        pub advice: Vec<Recommendation>,
    }

    /// A bridge domain on a device.
    pub struct ScanDomain {
        /// Its name.
        pub name: String,
        /// What the device holds of it.
        pub live: Option<ScanInstance>,
        /// What is expected.
        pub expected: Option<ScanInstance>,
        /// How it stands.
        pub verdict: ScanVerdict,
    }

    /// One side of a bridge domain on one device.
    pub struct ScanInstance {
        /// The VLAN that names the service, as this device's attachments tell it.
        pub vlan: Option<u16>,
        /// Its attachments on this device.
        pub attachments: u32,
    }

    /// The tags of an interface.
    pub struct ScanVlan {
        /// The interface.
        pub interface: String,
        /// What the device holds.
        pub live: Option<ScanAssignment>,
        /// What is expected.
        pub expected: Option<ScanAssignment>,
        /// How it stands.
        pub verdict: ScanVerdict,
    }

    /// One side of a VLAN assignment, read from configuration lines only.
    pub struct ScanAssignment {
        /// The tags in words: `251`, `outer 10 inner 20`, `port`, `untagged`, `unknown`.
        pub tags: String,
        /// What happens to them; `none` where nothing does.
        pub manipulation: String,
        /// The bridge domains that hold the interface.
        pub domains: Vec<String>,
    }

    /// The L2 state of an interface.
    pub struct ScanL2 {
        /// The interface.
        pub interface: String,
        /// Whether the device has `l2-service enabled` on it.
        pub l2_service: bool,
        /// Whether it is expected.
        pub expected: bool,
        /// Admin state in the device's tables: `enabled`, `disabled`; none without a row.
        pub admin: Option<String>,
        /// Operational state there: `up`, `down`, `not-present`, `unknown`.
        pub oper: Option<String>,
        /// How it stands.
        pub verdict: ScanVerdict,
    }

    /// Something else that differs.
    pub struct ScanOther {
        /// The object.
        pub object: String,
        /// How it differs, in words.
        pub title: String,
        /// How it stands.
        pub verdict: ScanVerdict,
    }

    /// Something that can be done.
    pub struct Recommendation {
        /// What.
        pub action: ScanAction,
        /// Its name.
        pub label: String,
        /// Why, in a sentence.
        pub reason: String,
        /// What it does, in a sentence.
        pub consequence: String,
    }
}
