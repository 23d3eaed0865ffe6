//! Which tags the statements of an interface use.

use std::collections::BTreeMap;

use crate::facts::Ranges;
use crate::ifname;

use super::draft::{Device, Draft};

/// The tags of one interface as far as its statements say.
#[derive(Debug, Default, Clone)]
pub(super) struct Tags {
    /// Outer tags of the frames; none = no tag statement.
    outer: Option<Ranges>,
    /// Inner tags, for double-tagged ones.
    inner: Option<Ranges>,
    untagged: bool,
}

impl Tags {
    pub(super) fn read(statements: &[String]) -> Self {
        let mut tags = Self::default();
        for statement in statements {
            let words: Vec<&str> = statement.split(' ').collect();
            match words[..] {
                ["untagged"] => tags.untagged = true,
                ["vlan-id", "list", ref list @ ..] => tags.outer = Ranges::read(&list.join(" ")),
                ["vlan-id", vlan, ..] => tags.outer = Ranges::read(vlan),
                [
                    "vlan-tags",
                    "outer-tag",
                    outer,
                    "inner-tag" | "inner-tag-list",
                    ref inner @ ..,
                ] => {
                    tags.outer = Ranges::read(outer);
                    let inner = inner.iter().take_while(|word| **word != "outer-tpid");
                    tags.inner = Ranges::read(&inner.copied().collect::<Vec<_>>().join(" "));
                }
                _ => {}
            }
        }
        tags
    }

    /// True if a statement says which frames belong to the interface.
    pub(super) fn are_told(&self) -> bool {
        self.untagged || self.outer.is_some()
    }

    /// True if a frame could belong to both.
    pub(super) fn overlap(&self, other: &Self) -> bool {
        if self.untagged || other.untagged {
            return self.untagged && other.untagged;
        }
        let (Some(a), Some(b)) = (&self.outer, &other.outer) else {
            return false;
        };
        let inner = match (&self.inner, &other.inner) {
            (Some(a), Some(b)) => a.overlaps(b),
            (None, None) => true,
            // A double-tagged frame goes to the double-tagged unit, all others to the single-tagged one.
            _ => false,
        };
        a.overlaps(b) && inner
    }

    /// The tags, outer first, of a frame that belongs to the interface.
    pub(super) fn example(&self) -> (Option<u16>, Option<u16>) {
        (
            self.outer.as_ref().map(Ranges::lowest),
            self.inner.as_ref().map(Ranges::lowest),
        )
    }
}

/// The tag that an interface gives its service: what it pushes, or else its only outer tag.
fn service_tag(statements: &[String]) -> Option<u16> {
    let pushed = statements.iter().find_map(|statement| {
        statement
            .strip_prefix("vlan-manipulation ingress-mapping action push outer-tag ")?
            .split(' ')
            .next()?
            .parse()
            .ok()
    });
    let single = || {
        let tagged = |statement: &&String| {
            statement.starts_with("vlan-tags ")
                || statement.starts_with("vlan-id ") && !statement.contains("list")
        };
        statements
            .iter()
            .any(|statement| tagged(&statement))
            .then(|| Tags::read(statements).example().0)
            .flatten()
    };
    pushed.or_else(single)
}

/// The tag that most members of a bridge domain carry, on this device or else on all devices.
pub(super) struct ServiceTags {
    everywhere: BTreeMap<String, BTreeMap<u16, usize>>,
}

impl ServiceTags {
    pub(super) fn read(draft: &Draft) -> Self {
        let mut everywhere: BTreeMap<String, BTreeMap<u16, usize>> = BTreeMap::new();
        for device in &draft.devices {
            for (service, member) in device.members() {
                if let Some(tag) = service_tag(device.statements(member)) {
                    *everywhere
                        .entry(service.to_owned())
                        .or_default()
                        .entry(tag)
                        .or_default() += 1;
                }
            }
        }
        Self { everywhere }
    }

    pub(super) fn of(&self, device: &Device, service: &str) -> Option<u16> {
        let mut here: BTreeMap<u16, usize> = BTreeMap::new();
        for (_, member) in device.members().filter(|(name, _)| *name == service) {
            if let Some(tag) = service_tag(device.statements(member)) {
                *here.entry(tag).or_default() += 1;
            }
        }
        most(&here).or_else(|| self.everywhere.get(service).and_then(most))
    }
}

fn most(counts: &BTreeMap<u16, usize>) -> Option<u16> {
    counts
        .iter()
        .max_by_key(|&(tag, count)| (*count, std::cmp::Reverse(*tag)))
        .map(|(tag, _)| *tag)
}

/// True if no other unit of the same port takes frames with this tag.
pub(super) fn is_free(device: &Device, interface: &str, vlan: u16) -> bool {
    let wanted = Tags {
        outer: Ranges::read(&vlan.to_string()),
        ..Tags::default()
    };
    let parent = ifname::parent(interface);
    let mut others = device.interfaces.iter().filter(|(name, _)| {
        name.as_str() != interface && name.contains('.') && ifname::parent(name) == parent
    });
    !others.any(|(_, statements)| Tags::read(statements).overlap(&wanted))
}

/// The lowest VLAN that no other unit of the same port uses.
pub(super) fn lowest_free(device: &Device, interface: &str) -> u16 {
    (2..=4094)
        .find(|&vlan| is_free(device, interface, vlan))
        .unwrap_or(4094)
}
