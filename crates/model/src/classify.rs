//! The DNAAS type of a bridge domain (DOMAIN 6), decided over its access attachments.

use std::fmt;

use crate::{Attachment, Encapsulation, TagAction, TagRewrite, VlanId};

/// How a bridge domain tags its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DnaasType {
    /// Type 1: both tags arrive from the access side.
    DoubleTagged,
    /// Type 2A: one outer tag is pushed for everything that arrives.
    QinqSingle,
    /// Type 2B: several ranges of one port, each into its own bridge domain.
    QinqMulti,
    /// Type 3: some ends push, others arrive tagged.
    Hybrid,
    /// Type 4A: one tag.
    SingleTagged,
    /// Type 4B: a range or list of tags.
    Range,
    /// Type 5: whole ports.
    PortMode,
    /// None of them.
    Unknown,
}

impl DnaasType {
    /// Returns the short word: `1`, `2A`, `2B`, `3`, `4A`, `4B`, `5` or `?`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DoubleTagged => "1",
            Self::QinqSingle => "2A",
            Self::QinqMulti => "2B",
            Self::Hybrid => "3",
            Self::SingleTagged => "4A",
            Self::Range => "4B",
            Self::PortMode => "5",
            Self::Unknown => "?",
        }
    }

    /// Returns the type in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::DoubleTagged => "double-tagged",
            Self::QinqSingle => "Q-in-Q",
            Self::QinqMulti => "Q-in-Q, several ranges",
            Self::Hybrid => "hybrid",
            Self::SingleTagged => "single-tagged",
            Self::Range => "range or list",
            Self::PortMode => "port mode",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for DnaasType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The outer tag that a push on ingress adds, if that is what the attachment does.
fn pushed(attachment: &Attachment) -> Option<VlanId> {
    match &attachment.manipulation.ingress {
        Some(TagRewrite {
            action: TagAction::Push,
            outer,
            ..
        }) => *outer,
        _ => None,
    }
}

/// Decides the type over the access attachments; fabric attachments just carry the service tag.
///
/// A bridge domain without access attachments is judged over all of them.
#[must_use]
pub fn classify(attachments: &[Attachment]) -> DnaasType {
    let mut judged: Vec<&Attachment> = attachments.iter().filter(|a| !a.is_fabric).collect();
    if judged.is_empty() {
        judged = attachments.iter().collect();
    }
    let all = |test: fn(&Attachment) -> bool| judged.iter().all(|a| test(a));
    let any = |test: fn(&Attachment) -> bool| judged.iter().any(|a| test(a));
    if judged.is_empty()
        || any(|a| {
            matches!(
                a.encapsulation,
                Encapsulation::Unknown | Encapsulation::Unread { .. }
            ) && a.manipulation.is_none()
        })
    {
        return DnaasType::Unknown;
    }
    if all(|a| a.encapsulation == Encapsulation::Port && a.manipulation.is_none()) {
        return DnaasType::PortMode;
    }
    if any(|a| !a.manipulation.is_none()) {
        return classify_manipulated(&judged);
    }
    if all(|a| {
        matches!(
            a.encapsulation,
            Encapsulation::Double { .. } | Encapsulation::DoubleList { .. }
        )
    }) {
        return DnaasType::DoubleTagged;
    }
    if all(|a| a.encapsulation.single_vlan().is_some()) {
        return DnaasType::SingleTagged;
    }
    if all(|a| matches!(a.encapsulation, Encapsulation::List { .. })) {
        return DnaasType::Range;
    }
    DnaasType::Unknown
}

fn classify_manipulated(judged: &[&Attachment]) -> DnaasType {
    let pushes = judged.iter().filter(|a| pushed(a).is_some()).count();
    if pushes < judged.len() {
        let others_are_tagged = judged.iter().filter(|a| pushed(a).is_none()).all(|a| {
            matches!(
                a.encapsulation,
                Encapsulation::Double { .. } | Encapsulation::DoubleList { .. }
            )
        });
        return if pushes > 0 && others_are_tagged {
            DnaasType::Hybrid
        } else {
            DnaasType::Unknown
        };
    }
    let partial_range =
        |a: &&Attachment| matches!(&a.encapsulation, Encapsulation::List { vlans } if !vlans.is_full());
    if judged.iter().any(partial_range) {
        DnaasType::QinqMulti
    } else {
        DnaasType::QinqSingle
    }
}

/// Returns the VLAN that names the service in the fabric: the single tag, or the outer one. Types 4B and 5 have none.
#[must_use]
pub fn service_vlan(attachments: &[Attachment]) -> Option<VlanId> {
    let carried = |a: &Attachment| match &a.encapsulation {
        Encapsulation::Double { outer, .. } | Encapsulation::DoubleList { outer, .. } => Some(*outer),
        _ => pushed(a).or_else(|| a.encapsulation.single_vlan()),
    };
    let kind = classify(attachments);
    if matches!(kind, DnaasType::Range | DnaasType::PortMode | DnaasType::Unknown) {
        return None;
    }
    let mut judged = attachments.iter().filter(|a| !a.is_fabric).peekable();
    let tags: Vec<Option<VlanId>> = if judged.peek().is_some() {
        judged.map(carried).collect()
    } else {
        attachments.iter().map(carried).collect()
    };
    match tags.split_first() {
        Some((first, rest)) if rest.iter().all(|tag| tag == first) => *first,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DeviceName, InterfaceName, Manipulation, VlanList};

    fn vlan(raw: u32) -> VlanId {
        VlanId::try_from(raw).unwrap()
    }

    fn attachment(interface: &str, encapsulation: Encapsulation, push: Option<u32>) -> Attachment {
        let rewrite = |action, outer: Option<u32>| TagRewrite {
            action,
            outer: outer.map(vlan),
            outer_tpid: None,
            inner: None,
            inner_tpid: None,
            rest: None,
        };
        let manipulation = match push {
            None => Manipulation::default(),
            Some(_) => Manipulation {
                ingress: Some(rewrite(TagAction::Push, push)),
                egress: Some(rewrite(TagAction::Pop, None)),
            },
        };
        Attachment {
            device: DeviceName::new("LEAF-A01").unwrap(),
            interface: InterfaceName::parse(interface).unwrap(),
            encapsulation,
            manipulation,
            is_fabric: interface.starts_with("bundle-60"),
            l2_service: true,
        }
    }

    fn single(raw: u32) -> Encapsulation {
        Encapsulation::Single {
            vlan: vlan(raw),
            tpid: None,
        }
    }

    fn list(raw: &str) -> Encapsulation {
        Encapsulation::List {
            vlans: VlanList::parse(raw).unwrap(),
        }
    }

    fn double(outer: u32, inner: u32) -> Encapsulation {
        Encapsulation::Double {
            outer: vlan(outer),
            inner: vlan(inner),
            outer_tpid: None,
        }
    }

    fn check(attachments: &[Attachment], kind: DnaasType, service: Option<u32>) {
        assert_eq!(classify(attachments), kind, "{attachments:?}");
        assert_eq!(service_vlan(attachments), service.map(vlan), "{attachments:?}");
    }

    #[test]
    fn types_follow_the_access_side() {
        let up = attachment("bundle-60000.251", single(251), None);
        check(
            &[attachment("ge100-0/0/5.251", single(251), None), up.clone()],
            DnaasType::SingleTagged,
            Some(251),
        );
        check(
            &[attachment("ge100-0/0/5.1794", list("1794"), None)],
            DnaasType::SingleTagged,
            Some(1794),
        );
        check(
            &[attachment("ge100-0/0/5.1", list("10-20"), None), up.clone()],
            DnaasType::Range,
            None,
        );
        check(
            &[attachment("ge100-0/0/5", Encapsulation::Port, None)],
            DnaasType::PortMode,
            None,
        );
        check(
            &[
                attachment("ge100-0/0/5", Encapsulation::Port, Some(100)),
                up.clone(),
            ],
            DnaasType::QinqSingle,
            Some(100),
        );
        check(
            &[attachment("ge100-0/0/5.1", list("1-4094"), Some(100))],
            DnaasType::QinqSingle,
            Some(100),
        );
        check(
            &[attachment("ge100-0/0/5.1", list("1-100"), Some(100))],
            DnaasType::QinqMulti,
            Some(100),
        );
        check(
            &[attachment("ge100-0/0/5.7", double(2636, 1005), None)],
            DnaasType::DoubleTagged,
            Some(2636),
        );
        check(
            &[
                attachment("ge100-0/0/5.7", double(100, 5), None),
                attachment("ge100-0/0/6", Encapsulation::Port, Some(100)),
            ],
            DnaasType::Hybrid,
            Some(100),
        );
        check(
            &[
                attachment("ge100-0/0/5.7", Encapsulation::Unknown, None),
                up.clone(),
            ],
            DnaasType::Unknown,
            None,
        );
        check(&[up], DnaasType::SingleTagged, Some(251));
        check(&[], DnaasType::Unknown, None);
        check(
            &[
                attachment("ge100-0/0/5.1", single(1), None),
                attachment("ge100-0/0/6.2", single(2), None),
            ],
            DnaasType::SingleTagged,
            None,
        );
    }
}
