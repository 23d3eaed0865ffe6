//! Drafts: a person's edit on top of a base.

use super::{AttachmentView, DeviceLines, DomainDevice, Finding};

view! {
    /// An edit. Interfaces are ports; the sub-interface unit follows from the VLAN.
    #[serde(tag = "op")]
    pub enum DraftOperation {
        /// Add an access attachment.
        #[serde(rename_all = "camelCase")]
        AddAttachment {
            /// Device.
            device: String,
            /// Port or bundle, without unit.
            port: String,
            /// VLAN; none takes the service VLAN.
            vlan: Option<u16>,
        },
        /// Remove an access attachment.
        #[serde(rename_all = "camelCase")]
        RemoveAttachment {
            /// Device.
            device: String,
            /// Interface with unit.
            interface: String,
        },
        /// Change the service VLAN on every attachment.
        #[serde(rename_all = "camelCase")]
        ChangeServiceVlan {
            /// New VLAN.
            vlan: u16,
        },
    }

    /// A draft with everything that is computed live from it.
    pub struct DraftView {
        /// Identity.
        pub id: String,
        /// Bridge domain.
        pub domain: String,
        /// Type word.
        pub kind: String,
        /// Service VLAN before.
        pub vlan_before: Option<u16>,
        /// Service VLAN after.
        pub vlan: Option<u16>,
        /// When it was saved.
        pub saved: String,
        /// The operation that undo takes back, in words.
        pub undo: Option<String>,
        /// The operation that redo brings back, in words.
        pub redo: Option<String>,
        /// Attachment rows by device, before and after merged.
        pub rows: Vec<DraftRow>,
        /// Devices of the service after the edit, for the canvas.
        pub devices: Vec<DomainDevice>,
        /// Links after the edit.
        pub links: Vec<DraftLink>,
        /// Findings, errors first.
        pub findings: Vec<Finding>,
        /// Changes in the order of the change list.
        pub changes: Vec<ChangeView>,
        /// Exact lines per device, in plan order.
        pub lines: Vec<DeviceLines>,
        /// What is touched.
        pub impact: ImpactView,
        /// Whether a plan can be made.
        pub can_plan: bool,
    }

    /// A row of the editor's table.
    pub struct DraftRow {
        /// Identity of the change or attachment.
        pub id: String,
        /// Device.
        pub device: String,
        /// Tier word of the device.
        pub tier: String,
        /// Sign.
        pub sign: ChangeSign,
        /// Before, unless added.
        pub before: Option<AttachmentView>,
        /// After, unless removed.
        pub after: Option<AttachmentView>,
        /// Whether it follows from the topology and can't be edited.
        pub derived: bool,
        /// Why it stands so ("derived", "in the record", "added by you").
        pub note: String,
    }

    /// A link in the canvas.
    pub struct DraftLink {
        /// Upper device.
        pub upper: String,
        /// Lower device.
        pub lower: String,
        /// Sign.
        pub sign: ChangeSign,
    }

    /// A semantic change: device, attachment, fields.
    pub struct ChangeView {
        /// Identity, stable within the draft.
        pub id: String,
        /// Device.
        pub device: String,
        /// Sign.
        pub sign: ChangeSign,
        /// Interface or object.
        pub object: String,
        /// The change in words.
        pub sentence: String,
        /// Fields.
        pub fields: Vec<FieldChange>,
        /// Whether it was derived, and from which change.
        pub derived_from: Option<String>,
        /// Whether it is derived.
        pub derived: bool,
        /// Whether it is part of the plan.
        pub included: bool,
        /// Lines it sends.
        pub lines: u32,
        /// Why it can't be left out, or what leaving it out takes along.
        pub leave_out: Option<String>,
    }

    /// One field before and after.
    pub struct FieldChange {
        /// Field name.
        pub field: String,
        /// Before.
        pub before: Option<String>,
        /// After.
        pub after: Option<String>,
    }

    /// What an edit touches.
    pub struct ImpactView {
        /// Devices touched.
        pub devices: u32,
        /// Devices in the fabric.
        pub devices_total: u32,
        /// Services touched, by name.
        pub services: Vec<String>,
        /// Access attachments added.
        pub access_added: u32,
        /// Access attachments removed.
        pub access_removed: u32,
        /// Access attachments changed.
        pub access_changed: u32,
        /// Fabric attachments added, removed or changed.
        pub derived: u32,
        /// Services that share a touched port: "LEAF-B06 ge100-0/0/5: vlan42".
        pub others_on_ports: Vec<String>,
        /// Sentence about traffic that is interrupted, if any.
        pub traffic: Option<String>,
    }

    /// A draft in a list.
    pub struct DraftSummary {
        /// Identity.
        pub id: String,
        /// Bridge domain.
        pub domain: String,
        /// Number of changes.
        pub changes: u32,
        /// When it was saved.
        pub saved: String,
    }
}

word! {
    /// Sign of a change.
    pub enum ChangeSign {
        /// As it was.
        Same,
        /// New.
        Added,
        /// Gone.
        Removed,
        /// Different.
        Changed,
    }
}
