//! Bridge domains, the fabric map and port offers.

word! {
    /// Weight of a finding.
    pub enum Severity {
        /// Stops a plan.
        Error,
        /// Should be looked at.
        Warning,
        /// Worth knowing.
        Info,
    }

    /// Declared or observed scope of a name (DOMAIN 3).
    pub enum ScopeWord {
        /// `g_...`.
        Global,
        /// `l_...`.
        Local,
        /// `M_...` and free forms.
        Manual,
    }

    /// Group of the port picker.
    pub enum PortGroup {
        /// Free and up, or admin-down and free.
        Ready,
        /// Possible, with something to look at.
        Look,
        /// In another service.
        InUse,
        /// Never offered.
        Never,
    }
}

view! {
    /// A row of the bridge domain table.
    pub struct DomainRow {
        /// Name.
        pub name: String,
        /// Owner from the name, if it tells.
        pub owner: Option<String>,
        /// Service VLAN, if known.
        pub vlan: Option<u16>,
        /// DNAAS type: `1`, `2A`, `2B`, `3`, `4A`, `4B`, `5` or `?`.
        pub kind: String,
        /// The type in words.
        pub kind_label: String,
        /// Scope the name declares.
        pub scope: ScopeWord,
        /// Access attachments.
        pub access: u32,
        /// Fabric attachments.
        pub fabric: u32,
        /// Devices, in fabric order.
        pub devices: Vec<String>,
        /// Open drift events.
        pub drift: u32,
        /// Number of findings of severity warning or worse.
        pub warnings: u32,
        /// Open draft, if any.
        pub draft: Option<String>,
        /// Moment of the snapshot in which it was last seen to change.
        pub changed: Option<String>,
        /// Deployment in doubt that touches it.
        pub in_doubt: Option<u32>,
        /// Whether the editor can edit it (single-tagged).
        pub editable: bool,
    }

    /// Everything about one bridge domain.
    pub struct DomainDetail {
        /// Its row.
        pub row: DomainRow,
        /// `p2p`, `p2mp`, `local`, in words.
        pub topology: String,
        /// Attachments by device, in fabric order (superspine, spines, leaves).
        pub devices: Vec<DomainDevice>,
        /// Links that carry it.
        pub links: Vec<DomainLink>,
        /// Findings.
        pub notices: Vec<Finding>,
        /// Numbers of the deployments that changed it, newest first.
        pub history: Vec<u32>,
        /// Why it can't be edited here, if so.
        pub not_editable: Option<String>,
        /// Oldest read among its devices.
        pub record_from: Option<String>,
        /// When each of its attachments was last seen as the records hold it, in the order of the devices.
        pub synced: Vec<ObjectSync>,
    }

    /// The last moment at which a device was seen to hold an object as the records do.
    pub struct ObjectSync {
        /// Device.
        pub device: String,
        /// Interface.
        pub interface: String,
        /// When the device was read; none where the record never knew the object.
        pub at: Option<String>,
        /// What it was read for, in words ("discovery", "deployment 12, settle").
        pub source: Option<String>,
        /// The open drift event since when it differs.
        pub drift: Option<u32>,
    }

    /// One device of a bridge domain.
    pub struct DomainDevice {
        /// Name.
        pub device: String,
        /// Tier word.
        pub tier: String,
        /// Device one tier up that it hangs from.
        pub under: Option<String>,
        /// Attachments.
        pub attachments: Vec<AttachmentView>,
    }

    /// One attachment.
    pub struct AttachmentView {
        /// Device.
        pub device: String,
        /// Interface.
        pub interface: String,
        /// Whether it carries the service between tiers.
        pub is_fabric: bool,
        /// Encapsulation in words ("single tag").
        pub encapsulation: String,
        /// Tags as written ("251", "list 251", "outer 3180 inner 251-500").
        pub vlan: Option<String>,
        /// Manipulation in words ("push 100, pop") or "none".
        pub manipulation: String,
        /// `up`, `down`, `not-present`, `unknown`.
        pub oper: String,
        /// MAC addresses learned at the last look, if told.
        pub macs: Option<u32>,
        /// Whether the editor can change it.
        pub editable: bool,
        /// The lines that make it up, as the device prints them flattened.
        pub lines: Vec<String>,
    }

    /// A link that carries a bridge domain.
    pub struct DomainLink {
        /// Upper device.
        pub upper: String,
        /// Its interface.
        pub upper_interface: String,
        /// Lower device.
        pub lower: String,
        /// Its interface.
        pub lower_interface: String,
        /// Tag on the link, as written.
        pub tag: Option<String>,
        /// Whether both ends carry the service with equal tags.
        pub complete: bool,
    }

    /// A finding: rule, object, sentence.
    pub struct Finding {
        /// Stable code of the rule.
        pub code: String,
        /// Severity.
        pub severity: Severity,
        /// Device.
        pub device: Option<String>,
        /// Interface, VLAN or field.
        pub object: Option<String>,
        /// The sentence.
        pub sentence: String,
        /// Change it belongs to, by id, if any: the editor jumps there.
        pub change: Option<String>,
    }

    /// Configuration text of one device that concerns a bridge domain.
    pub struct DeviceText {
        /// Device.
        pub device: String,
        /// Text.
        pub text: String,
        /// Short hash of the snapshot it comes from.
        pub hash: String,
        /// When it was read.
        pub read: String,
    }

    /// The fabric map.
    pub struct FabricMap {
        /// Devices.
        pub devices: Vec<FabricNode>,
        /// Links.
        pub links: Vec<FabricEdge>,
    }

    /// A device on the map.
    pub struct FabricNode {
        /// Name.
        pub device: String,
        /// Tier word.
        pub tier: String,
        /// Device above it.
        pub under: Option<String>,
        /// Bridge domains on it.
        pub domains: u32,
        /// Last read.
        pub last_read: Option<String>,
        /// Whether it answered last time.
        pub reachable: bool,
        /// Open drift events.
        pub drift: u32,
    }

    /// A link on the map.
    pub struct FabricEdge {
        /// Upper device.
        pub upper: String,
        /// Lower device.
        pub lower: String,
        /// Bundle at the upper end.
        pub upper_interface: String,
        /// Bundle at the lower end.
        pub lower_interface: String,
        /// Members up.
        pub members_up: u32,
        /// Members in all.
        pub members: u32,
        /// Whether LLDP saw it.
        pub lldp: bool,
    }

    /// A port in the picker.
    pub struct PortRow {
        /// Device.
        pub device: String,
        /// Port or bundle.
        pub port: String,
        /// "100G", "bundle of 2".
        pub speed: String,
        /// Group.
        pub group: PortGroup,
        /// Facts or reason in words.
        pub reason: String,
        /// Whether it can be chosen.
        pub selectable: bool,
    }

    /// Ports of one device, in picker order.
    pub struct PortOffer {
        /// Device.
        pub device: String,
        /// Rows.
        pub ports: Vec<PortRow>,
        /// When the device was read.
        pub read: Option<String>,
    }

    /// A hit of the search field.
    pub struct SearchHit {
        /// `device`, `domain`, `vlan`, `interface`.
        pub group: String,
        /// Title.
        pub title: String,
        /// Second line.
        pub detail: String,
        /// Place to open, as the window's route.
        pub route: String,
    }
}
