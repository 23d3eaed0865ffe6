//! Bridge domains: on one device, and as one service over several.

use serde::{Deserialize, Serialize};

use crate::{BridgeDomainName, DeviceName, Encapsulation, InterfaceName, Manipulation};

/// `admin-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdminState {
    /// `enabled`.
    Enabled,
    /// `disabled`.
    Disabled,
}

/// A bridge domain instance on one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeDomain {
    /// The instance's name.
    pub name: BridgeDomainName,
    /// `admin-state` if it is written; the device's default is enabled (REF 5).
    pub admin_state: Option<AdminState>,
    /// `description` if it is written, without quotes.
    pub description: Option<String>,
    /// `router-interface`, in the order of the text.
    pub router_interfaces: Vec<InterfaceName>,
    /// Member interfaces, in the order of the text.
    pub members: Vec<Member>,
}

/// One member line of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The interface.
    pub interface: InterfaceName,
    /// Whether the member carries lines of its own (storm control): such a member is never removed by a plan.
    pub has_own_lines: bool,
}

/// One interface as a member of a bridge domain on one device, with its encapsulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The device.
    pub device: DeviceName,
    /// Port, bundle or sub-interface.
    pub interface: InterfaceName,
    /// Which frames belong to it.
    pub encapsulation: Encapsulation,
    /// What happens to their tags.
    pub manipulation: Manipulation,
    /// Whether the attachment carries the service between tiers instead of facing a customer or tester.
    pub is_fabric: bool,
    /// Whether `l2-service enabled` is written.
    pub l2_service: bool,
}

/// One L2 service: the same instance on one or more devices, with its attachments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The instance name, equal on all devices.
    pub name: BridgeDomainName,
    /// Attachments, ordered by device then by the order of the device's text.
    pub attachments: Vec<Attachment>,
    /// Devices that hold the instance, also those where it has no member.
    pub devices: Vec<DeviceName>,
}
