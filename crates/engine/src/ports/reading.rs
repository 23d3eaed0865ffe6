//! What a device tells when it is asked.

use bk_config::ConfigText;
use bk_model::{AdminState, DnosVersion, InterfaceName, OperState};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// Which part of the configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadScope {
    /// `network-services bridge-domain`, `interfaces`, `protocols lacp`, `protocols lldp`, flattened, in this order.
    L2,
    /// The whole configuration, flattened.
    Full,
}

/// Configuration text as read at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Flattened configuration text without its frame lines.
    pub text: ConfigText,
    /// The device's own time from the header of the first part.
    pub device_time: Option<DateTime<FixedOffset>>,
    /// Broadcasts and other lines that the device put beside the answer, unedited.
    pub notices: Vec<String>,
}

/// A row of `show interfaces` (REF 8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterfaceFact {
    /// The interface.
    pub name: InterfaceName,
    /// Admin column.
    pub admin: AdminState,
    /// Operational column.
    pub oper: OperState,
    /// MTU column, bytes.
    pub mtu: Option<u16>,
    /// Network-Service column as printed.
    pub service: String,
}

/// A row of `show lldp neighbors` that names a neighbour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LldpFact {
    /// Local physical port.
    pub local: InterfaceName,
    /// System name as the neighbour advertises it.
    pub system: String,
    /// The neighbour's port as advertised; may be a MAC address.
    pub remote: String,
}

/// A bundle of `show lacp interfaces`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LacpBundleFact {
    /// The bundle.
    pub bundle: InterfaceName,
    /// Local key: the local bundle number (DOMAIN 2).
    pub local_key: Option<u32>,
    /// Peer key: the remote bundle number.
    pub peer_key: Option<u32>,
    /// Member ports with whether they are in sync (protocol state holds `s`, `c` and `d`).
    pub members: Vec<(InterfaceName, bool)>,
}

/// A row of the MAC table of one bridge domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacFact {
    /// Address as printed.
    pub mac: String,
    /// Interface.
    pub interface: InterfaceName,
}

/// What the tables of a device tell, beside its configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// `show system version`.
    pub version: Option<DnosVersion>,
    /// `System Name`.
    pub system_name: Option<String>,
    /// `show interfaces`.
    pub interfaces: Vec<InterfaceFact>,
    /// `show lldp neighbors`.
    pub lldp: Vec<LldpFact>,
    /// `show lacp interfaces`.
    pub lacp: Vec<LacpBundleFact>,
    /// Rows that could not be read, unedited, with the command they belong to.
    pub unread: Vec<(String, String)>,
}

/// An entry of `show rollback`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackEntry {
    /// Position now; 0 is the running configuration.
    pub id: u8,
    /// Time as printed: with user and via it names the entry wherever later commits move it.
    pub time: String,
    /// User.
    pub user: String,
    /// `cli`, `netconf`...
    pub via: String,
    /// Log text, continuation rows joined.
    pub log: String,
}

/// A pending commit confirm as `show system commit` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// User who armed it.
    pub user: String,
    /// `cli`, `netconf`...
    pub via: String,
    /// Time as printed.
    pub time: String,
    /// Whole minutes left as the device reports them.
    pub minutes_left: u32,
}

/// One row of the session list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFact {
    /// User.
    pub user: String,
    /// Where from, as printed.
    pub from: String,
    /// Start time as printed.
    pub since: String,
    /// Whether this is the session that asked. `None` where the device doesn't tell.
    pub is_this: Option<bool>,
}

/// What the candidate holds against running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Candidate {
    /// `show config compare` is empty.
    Empty,
    /// It is not; the text as printed, with added and removed flattened paths where the layout was readable.
    Differs {
        /// The device's text.
        text: String,
        /// Added paths, if the layout was read.
        added: Option<Vec<String>>,
        /// Deleted paths, if the layout was read.
        deleted: Option<Vec<String>>,
    },
}

/// What a fresh look at a device shows. Reads only; leaves configuration mode before it returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Release.
    pub version: DnosVersion,
    /// Host name in the prompt.
    pub host: String,
    /// The device's own present time, if a header told it.
    pub device_time: Option<DateTime<FixedOffset>>,
    /// Rollback entries, newest first.
    pub rollback: Vec<RollbackEntry>,
    /// Whether another commit is running now.
    pub commit_running: bool,
    /// Pending commit confirm.
    pub pending: Option<Pending>,
    /// The candidate that this session sees.
    pub candidate: Candidate,
    /// All sessions on the device.
    pub sessions: Vec<SessionFact>,
    /// Broadcasts seen on the way.
    pub notices: Vec<String>,
}

/// The change that one rollback entry made: `show config compare rollback x rollback y`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDelta {
    /// The device's text.
    pub text: String,
    /// Added flattened paths, if the layout was read.
    pub added: Option<Vec<String>>,
    /// Deleted flattened paths, if the layout was read.
    pub deleted: Option<Vec<String>>,
}
