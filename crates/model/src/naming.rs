//! What names tell: owner and declared scope of a bridge domain, the key that joins spellings of a device (DOMAIN 1, 3).

use crate::{BridgeDomainName, DeviceName, Tier};

/// The scope that a bridge domain's name declares. It may disagree with the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclaredScope {
    /// `g_...`: over the whole fabric.
    Global,
    /// `l_...`: on one device.
    Local,
    /// `M_...`: made by hand.
    Manual,
    /// A free form that declares nothing.
    Unspecified,
}

/// What a bridge domain's name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameFacts {
    /// Declared scope.
    pub scope: DeclaredScope,
    /// Owner, where the form names one.
    pub owner: Option<String>,
    /// The number after `_v`. Shown when it disagrees with the configuration, never used as a VLAN (DOMAIN 5).
    pub declared_vlan: Option<u32>,
}

impl BridgeDomainName {
    /// Returns what the name tells.
    #[must_use]
    pub fn facts(&self) -> NameFacts {
        let raw = self.as_str();
        let (scope, rest) = match raw.split_once('_') {
            Some(("g", rest)) => (DeclaredScope::Global, rest),
            Some(("l", rest)) => (DeclaredScope::Local, rest),
            Some(("M", rest)) => (DeclaredScope::Manual, rest),
            _ => {
                return NameFacts {
                    scope: DeclaredScope::Unspecified,
                    owner: None,
                    declared_vlan: None,
                };
            }
        };
        let (owner, declared_vlan) = match (scope, versioned(rest)) {
            (_, Some((owner, vlan))) => (owner, Some(vlan)),
            (DeclaredScope::Manual, None) => match rest.rsplit_once('_') {
                Some((owner, vlan)) if digits(vlan) => (owner, vlan.parse().ok()),
                _ => (first_part(rest), None),
            },
            _ => (first_part(rest), None),
        };
        let owner = Some(owner).filter(|owner| !owner.is_empty()).map(str::to_owned);
        NameFacts {
            scope,
            owner,
            declared_vlan,
        }
    }
}

/// Splits `<user>_v<digits>` off the front; the user may itself contain `_` and `-`.
fn versioned(rest: &str) -> Option<(&str, u32)> {
    rest.match_indices("_v").find_map(|(at, mark)| {
        let tail = &rest[at + mark.len()..];
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let number = tail[..end].parse().ok()?;
        tail[end..]
            .chars()
            .next()
            .is_none_or(|c| c == '_' || c == '-')
            .then_some((&rest[..at], number))
    })
}

fn first_part(rest: &str) -> &str {
    rest.split('_').next().unwrap_or(rest)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What different spellings of one device's name have in common (DOMAIN 1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey(String);

impl DeviceKey {
    /// Builds the key of any spelling, also of one that LLDP advertised.
    ///
    /// Upper case, only letters and digits; the parts `NCP`, `NCP1`, `NCPL` and the route engine `NCC0`, `NCC1` are dropped.
    #[must_use]
    pub fn of(spelling: &str) -> Self {
        let upper = spelling.to_ascii_uppercase();
        let parts = upper.split(|c: char| !c.is_ascii_alphanumeric());
        Self(
            parts
                .filter(|part| !matches!(*part, "NCP" | "NCP1" | "NCPL" | "NCC0" | "NCC1"))
                .collect(),
        )
    }
}

impl DeviceName {
    /// Returns the key under which all spellings of this name meet.
    #[must_use]
    pub fn key(&self) -> DeviceKey {
        DeviceKey::of(self.as_str())
    }

    /// Returns the tier that the name tells: superspine is tested first, since it contains "spine".
    #[must_use]
    pub fn tier(&self) -> Tier {
        let name = self.as_str().to_ascii_lowercase();
        if name.contains("superspine") || name.contains("sspine") {
            Tier::Superspine
        } else if name.contains("spine") {
            Tier::Spine
        } else if name.contains("leaf") {
            Tier::Leaf
        } else {
            Tier::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, scope: DeclaredScope, owner: Option<&str>, vlan: Option<u32>) {
        let facts = BridgeDomainName::new(name).unwrap().facts();
        assert_eq!(
            (facts.scope, facts.owner.as_deref(), facts.declared_vlan),
            (scope, owner, vlan),
            "{name}"
        );
    }

    #[test]
    fn names_tell_owner_and_scope_only() {
        use DeclaredScope::{Global, Local, Manual, Unspecified};
        check("g_kestrel_v251", Global, Some("kestrel"), Some(251));
        check("g_birch-new_v290", Global, Some("birch-new"), Some(290));
        check("g_test_user5_v264", Global, Some("test_user5"), Some(264));
        check("g_rowan_v104_tester-ncp3", Global, Some("rowan"), Some(104));
        check("l_heron_v1285_sysp65-mx5", Local, Some("heron"), Some(1285));
        check("l_heron_range", Local, Some("heron"), None);
        check("M_wren_1360", Manual, Some("wren"), Some(1360));
        check("vlan42", Unspecified, None, None);
        check("TESTER_V3180_IX", Unspecified, None, None);
        check("g_vortex", Global, Some("vortex"), None);
        check("g_kestrel_v2x", Global, Some("kestrel"), None);
    }

    #[test]
    fn spellings_of_a_device_meet() {
        let same = |a: &str, b: &str| assert_eq!(DeviceKey::of(a), DeviceKey::of(b), "{a} {b}");
        same("LAB-SPINE-NCP1-B08", "LAB_SPINE_B08");
        same("LAB-LEAF-B06-2 (NCPL)", "lab-leaf-b06-2");
        same("LAB-SuperSpine-D04-NCC0", "LAB-SuperSpine-D04-NCC1");
        assert_ne!(DeviceKey::of("LAB-LEAF-B06-1"), DeviceKey::of("LAB-LEAF-B06-2"));
    }

    #[test]
    fn superspine_is_tested_before_spine() {
        for (name, tier) in [
            ("LAB-SuperSpine-D04", Tier::Superspine),
            ("SSPINE-1", Tier::Superspine),
            ("SPINE-2", Tier::Spine),
            ("LAB_LEAF_D13", Tier::Leaf),
            ("box", Tier::Unknown),
        ] {
            assert_eq!(DeviceName::new(name).unwrap().tier(), tier, "{name}");
        }
    }
}
