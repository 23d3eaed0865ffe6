//! Bridge domains, the fabric map, search.

use std::collections::BTreeMap;

use bk_engine::draft::{Severity, service_findings};
use bk_engine::ports::Facts;
use bk_model::classify::{classify, service_vlan};
use bk_model::topology::upper_of;
use bk_model::{
    Attachment, DeclaredScope, DeviceName, DnaasType, Encapsulation, Fabric, Link, Manipulation, OperState,
    Service,
};
use bk_store::Drift;
use chrono::{DateTime, Utc};

use super::sentence::{encapsulation_words, manipulation_words, oper_word, tags};
use super::{finding_view, number, tier_word};
use crate::views::{
    AttachmentView, DomainDetail, DomainDevice, DomainLink, DomainRow, FabricEdge, FabricMap, FabricNode,
    ObjectSync, ScopeWord, SearchHit,
};

/// What rows and details need beside the fabric.
#[derive(Debug, Default)]
pub(crate) struct DomainContext {
    /// Draft by bridge domain.
    pub(crate) drafts: BTreeMap<String, String>,
    /// Deployments by bridge domain, newest first.
    pub(crate) history: BTreeMap<String, Vec<u32>>,
    /// Deployment in doubt by bridge domain.
    pub(crate) in_doubt: BTreeMap<String, u32>,
    /// Open drift events that ask for something.
    pub(crate) drift: Vec<Drift>,
    /// Last read per device.
    pub(crate) read: BTreeMap<DeviceName, DateTime<Utc>>,
    /// Moment since which the device's text stands as it is.
    pub(crate) changed: BTreeMap<DeviceName, DateTime<Utc>>,
    /// Devices that did not answer last time.
    pub(crate) silent: Vec<DeviceName>,
    /// Tables of the last read per device.
    pub(crate) facts: BTreeMap<DeviceName, Facts>,
}

/// One row of the table.
pub(crate) fn domain_row(fabric: &Fabric, service: &Service, context: &DomainContext) -> DomainRow {
    let name = service.name.as_str();
    let facts = service.name.facts();
    let kind = classify(&service.attachments);
    let access = service.access().count();
    let warnings = service_findings(fabric, &service.name)
        .iter()
        .filter(|f| f.severity <= Severity::Warning)
        .count();
    let changed = service
        .devices
        .iter()
        .filter_map(|device| context.changed.get(device))
        .max();
    DomainRow {
        name: name.to_owned(),
        owner: facts.owner,
        vlan: service_vlan(&service.attachments).map(bk_model::VlanId::get),
        kind: kind.word().to_owned(),
        kind_label: kind.label().to_owned(),
        scope: match facts.scope {
            DeclaredScope::Global => ScopeWord::Global,
            DeclaredScope::Local => ScopeWord::Local,
            DeclaredScope::Manual | DeclaredScope::Unspecified => ScopeWord::Manual,
        },
        access: number(access),
        fabric: number(service.attachments.len() - access),
        devices: service.devices.iter().map(ToString::to_string).collect(),
        drift: count(context, |event| event.difference.domains.contains(&service.name)),
        warnings: number(warnings),
        draft: context.drafts.get(name).cloned(),
        changed: changed.map(DateTime::to_rfc3339),
        in_doubt: context.in_doubt.get(name).copied(),
        editable: not_editable(kind).is_none(),
    }
}

fn count(context: &DomainContext, is_meant: impl Fn(&Drift) -> bool) -> u32 {
    number(context.drift.iter().filter(|event| is_meant(event)).count())
}

/// Why a type can't be edited in the editor of this release.
pub(crate) fn not_editable(kind: DnaasType) -> Option<String> {
    match kind {
        DnaasType::SingleTagged => None,
        DnaasType::Unknown => {
            Some("The tags of this service are not fully known, so it can only be read here.".to_owned())
        }
        other => Some(format!(
            "This service is type {other}, {}. Only single-tagged services can be edited here.",
            other.label()
        )),
    }
}

/// Everything about one bridge domain.
pub(crate) fn domain_detail(
    fabric: &Fabric,
    service: &Service,
    context: &DomainContext,
    synced: Vec<ObjectSync>,
) -> DomainDetail {
    let row = domain_row(fabric, service, context);
    let read = service
        .devices
        .iter()
        .map(|device| context.read.get(device))
        .collect::<Option<Vec<_>>>();
    let access = row.access;
    DomainDetail {
        topology: match (service.devices.len(), access) {
            (1, _) => "local".to_owned(),
            (_, 2) => "point to point".to_owned(),
            _ => "point to multipoint".to_owned(),
        },
        devices: devices(fabric, service.devices.iter(), &service.attachments),
        links: domain_links(fabric, &service.attachments),
        notices: service_findings(fabric, &service.name)
            .iter()
            .map(finding_view)
            .collect(),
        history: context
            .history
            .get(service.name.as_str())
            .cloned()
            .unwrap_or_default(),
        not_editable: not_editable(classify(&service.attachments)),
        record_from: read.and_then(|read| read.into_iter().min().map(DateTime::to_rfc3339)),
        synced,
        row,
    }
}

/// Attachments by device, in the order given.
pub(crate) fn devices<'a>(
    fabric: &Fabric,
    names: impl Iterator<Item = &'a DeviceName>,
    attachments: &[Attachment],
) -> Vec<DomainDevice> {
    names
        .map(|name| DomainDevice {
            device: name.to_string(),
            tier: tier_word(
                fabric
                    .devices
                    .get(name)
                    .map_or(bk_model::Tier::Unknown, |device| device.tier),
            )
            .to_owned(),
            under: upper_of(&fabric.links, name).map(ToString::to_string),
            attachments: attachments
                .iter()
                .filter(|a| a.device == *name)
                .map(|a| attachment_view(fabric, a))
                .collect(),
        })
        .collect()
}

/// One attachment with the lines that make it up.
pub(crate) fn attachment_view(fabric: &Fabric, attachment: &Attachment) -> AttachmentView {
    let known = fabric.devices.get(&attachment.device).and_then(|device| {
        device
            .interfaces
            .get(&attachment.interface)
            .or_else(|| device.interfaces.get(&attachment.interface.parent()))
    });
    AttachmentView {
        device: attachment.device.to_string(),
        interface: attachment.interface.to_string(),
        is_fabric: attachment.is_fabric,
        encapsulation: encapsulation_words(attachment).to_owned(),
        vlan: tags(&attachment.encapsulation),
        manipulation: manipulation_words(&attachment.manipulation),
        oper: oper_word(known.map_or(OperState::Unknown, |interface| interface.oper_state)).to_owned(),
        macs: None,
        editable: !attachment.is_fabric && is_plain(attachment),
        lines: lines(attachment),
    }
}

fn is_plain(attachment: &Attachment) -> bool {
    attachment.interface.is_subinterface()
        && attachment.encapsulation.single_vlan().is_some()
        && attachment.manipulation == Manipulation::default()
}

fn lines(attachment: &Attachment) -> Vec<String> {
    let name = &attachment.interface;
    let mut lines = Vec::new();
    if attachment.l2_service {
        lines.push(format!("interfaces {name} l2-service enabled"));
    }
    match &attachment.encapsulation {
        Encapsulation::Unread { lines: unread } => {
            lines.extend(unread.iter().map(|line| format!("interfaces {name} {line}")));
        }
        other => {
            let form = bk_config::TagForm::of(other);
            lines.extend(form.map(|form| bk_config::Setting::Tags(name.clone(), form).to_string()));
        }
    }
    for (direction, rewrite) in [
        (bk_config::Direction::Ingress, &attachment.manipulation.ingress),
        (bk_config::Direction::Egress, &attachment.manipulation.egress),
    ] {
        lines.extend(
            rewrite
                .clone()
                .map(|rewrite| bk_config::Setting::Rewrite(name.clone(), direction, rewrite).to_string()),
        );
    }
    lines
}

fn domain_links(fabric: &Fabric, attachments: &[Attachment]) -> Vec<DomainLink> {
    let at = |end: &bk_model::LinkEnd| {
        attachments
            .iter()
            .find(|a| a.device == end.device && a.interface.parent() == end.interface)
    };
    let view = |link: &Link| {
        let (upper, lower) = (at(&link.upper), at(&link.lower));
        let side = upper.or(lower)?;
        Some(DomainLink {
            upper: link.upper.device.to_string(),
            upper_interface: upper.map_or(&link.upper.interface, |a| &a.interface).to_string(),
            lower: link.lower.device.to_string(),
            lower_interface: lower.map_or(&link.lower.interface, |a| &a.interface).to_string(),
            tag: tags(&side.encapsulation),
            complete: matches!((upper, lower), (Some(up), Some(low)) if same_tags(up, low)),
        })
    };
    fabric.links.iter().filter_map(view).collect()
}

/// Two ends of a link agree when the outer tag on the wire is the same, in whichever form each is written.
fn same_tags(left: &Attachment, right: &Attachment) -> bool {
    let outer = |a: &Attachment| match &a.encapsulation {
        Encapsulation::Double { outer, .. } | Encapsulation::DoubleList { outer, .. } => Some(*outer),
        other => other.single_vlan(),
    };
    outer(left).is_some() && outer(left) == outer(right)
}

/// The map of all devices and links.
pub(crate) fn fabric_map(fabric: &Fabric, context: &DomainContext) -> FabricMap {
    let node = |device: &bk_model::Device| FabricNode {
        device: device.name.to_string(),
        tier: tier_word(device.tier).to_owned(),
        under: upper_of(&fabric.links, &device.name).map(ToString::to_string),
        domains: number(device.bridge_domains.len()),
        last_read: context.read.get(&device.name).map(DateTime::to_rfc3339),
        reachable: !context.silent.contains(&device.name),
        drift: count(context, |event| event.device == device.name),
    };
    let edge = |link: &Link| {
        let bundle = context
            .facts
            .get(&link.lower.device)
            .and_then(|facts| facts.lacp.iter().find(|b| b.bundle == link.lower.interface));
        let (up, all) = bundle.map_or((link.members.len(), link.members.len()), |bundle| {
            (
                bundle.members.iter().filter(|(_, in_sync)| *in_sync).count(),
                bundle.members.len(),
            )
        });
        FabricEdge {
            upper: link.upper.device.to_string(),
            lower: link.lower.device.to_string(),
            upper_interface: link.upper.interface.to_string(),
            lower_interface: link.lower.interface.to_string(),
            members_up: number(up),
            members: number(all),
            lldp: !link.members.is_empty(),
        }
    };
    FabricMap {
        devices: fabric.devices.values().map(node).collect(),
        links: fabric.links.iter().map(edge).collect(),
    }
}

/// How many hits each group shows.
const HITS: usize = 8;

/// Finds devices, bridge domains, VLANs and interfaces. `@`, `#` and `/` in front choose a group. A unit is never offered as a VLAN.
pub(crate) fn search(fabric: &Fabric, query: &str) -> Vec<SearchHit> {
    let (only, text) = match query.trim().split_at_checked(1) {
        Some(("@", rest)) => (Some("device"), rest.trim()),
        Some(("#", rest)) => (Some("vlan"), rest.trim()),
        Some(("/", rest)) => (Some("interface"), rest.trim()),
        _ => (None, query.trim()),
    };
    if text.is_empty() {
        return Vec::new();
    }
    let needle = text.to_ascii_lowercase();
    let has = |name: &str| name.to_ascii_lowercase().contains(&needle);
    let hit = |group: &str, title: String, detail: String, route: String| SearchHit {
        group: group.to_owned(),
        title,
        detail,
        route,
    };
    let mut hits = Vec::new();
    let wanted = |group: &str| only.is_none_or(|only| only == group);
    if wanted("device") {
        let found = fabric
            .devices
            .values()
            .filter(|device| has(device.name.as_str()))
            .take(HITS);
        hits.extend(found.map(|d| {
            hit(
                "device",
                d.name.to_string(),
                tier_word(d.tier).to_owned(),
                format!("/devices/{}", d.name),
            )
        }));
    }
    if wanted("domain") {
        let found = fabric
            .services
            .iter()
            .filter(|service| has(service.name.as_str()))
            .take(HITS);
        hits.extend(found.map(|s| {
            hit(
                "domain",
                s.name.to_string(),
                format!("{} devices", s.devices.len()),
                format!("/domains/{}", s.name),
            )
        }));
    }
    if wanted("vlan") {
        let found = fabric
            .services
            .iter()
            .filter_map(|service| Some((service, service_vlan(&service.attachments)?)));
        let found = found.filter(|(_, vlan)| vlan.to_string() == needle).take(HITS);
        hits.extend(found.map(|(s, vlan)| {
            hit(
                "vlan",
                format!("VLAN {vlan}"),
                s.name.to_string(),
                format!("/domains/{}", s.name),
            )
        }));
    }
    if wanted("interface") {
        let found = fabric
            .services
            .iter()
            .flat_map(|service| service.attachments.iter().map(move |a| (service, a)));
        let found = found.filter(|(_, a)| has(&a.interface.to_string())).take(HITS);
        hits.extend(found.map(|(s, a)| {
            hit(
                "interface",
                format!("{} {}", a.device, a.interface),
                s.name.to_string(),
                format!("/domains/{}", s.name),
            )
        }));
    }
    hits
}
