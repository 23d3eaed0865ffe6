//! Interface names of REF 6.

/// What an interface name says about the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterfaceKind {
    /// `ge100-0/0/5`, a breakout lane `ge10-0/0/11/2` included.
    Physical,
    /// `bundle-60000`.
    Bundle,
    /// A physical port or bundle with a unit: `bundle-60000.251`.
    SubInterface,
    /// `irb10`.
    Irb,
    /// `lo0`, `mgmt0` and everything else that carries no bridge domain.
    Other,
}

impl InterfaceKind {
    /// Reads a name; `None` if the device has no such form of name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let (parent, unit) = split_unit(name);
        if let Some(unit) = unit {
            number_in(unit, 1, 65_535)?;
        }
        let kind = parent_kind(parent)?;
        match (kind, unit) {
            (kind, None) => Some(kind),
            (Self::Physical | Self::Bundle, Some(_)) => Some(Self::SubInterface),
            (Self::Other, Some(_)) if parent.starts_with("ph") => Some(Self::Other),
            _ => None,
        }
    }
}

/// Splits `bundle-60000.251` into its parent and unit.
#[must_use]
pub fn split_unit(name: &str) -> (&str, Option<&str>) {
    match name.split_once('.') {
        Some((parent, unit)) => (parent, Some(unit)),
        None => (name, None),
    }
}

/// The number behind `bundle-`, if `name` is a bundle without unit.
#[must_use]
pub fn bundle_number(name: &str) -> Option<u32> {
    number_in(name.strip_prefix("bundle-")?, 1, 65_535)
}

fn parent_kind(name: &str) -> Option<InterfaceKind> {
    if let Some(rest) = name.strip_prefix("ge") {
        return physical(rest).then_some(InterfaceKind::Physical);
    }
    if name.starts_with("bundle-") {
        return bundle_number(name).map(|_| InterfaceKind::Bundle);
    }
    if let Some(rest) = name.strip_prefix("irb") {
        return number_in(rest, 1, 65_535).map(|_| InterfaceKind::Irb);
    }
    const OTHERS: [&str; 12] = [
        "lo",
        "mgmt",
        "mgmt-ncc-",
        "ctrl-",
        "ipmi-",
        "console-",
        "fab-",
        "gre-tunnel-",
        "ph",
        "nat-",
        "ipsec-",
        "ice",
    ];
    let known = OTHERS.iter().any(|prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.chars().any(|c| c.is_ascii_digit()))
    });
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-/".contains(c));
    (known && plain).then_some(InterfaceKind::Other)
}

/// `100-0/0/5` or, with a breakout lane, `10-0/0/11/2`.
fn physical(rest: &str) -> bool {
    let Some((speed, place)) = rest.split_once('-') else {
        return false;
    };
    let parts: Vec<&str> = place.split('/').collect();
    matches!(
        speed,
        "1" | "10" | "25" | "40" | "50" | "100" | "200" | "400" | "800"
    ) && (3..=4).contains(&parts.len())
        && parts.iter().all(|part| number_in(part, 0, 255).is_some())
}

/// A decimal number without sign, within bounds.
pub(crate) fn number_in(text: &str, low: u32, high: u32) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = plain.then(|| text.parse::<u32>().ok())??;
    (low..=high).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, kind: Option<InterfaceKind>) {
        assert_eq!(InterfaceKind::of(name), kind, "{name}");
    }

    #[test]
    fn names_of_the_reference_are_known() {
        check("ge100-0/0/5", Some(InterfaceKind::Physical));
        check("ge10-0/0/11/2", Some(InterfaceKind::Physical));
        check("ge100-0/0/31.251", Some(InterfaceKind::SubInterface));
        check("bundle-60000", Some(InterfaceKind::Bundle));
        check("bundle-60000.65535", Some(InterfaceKind::SubInterface));
        check("irb999", Some(InterfaceKind::Irb));
        check("lo0", Some(InterfaceKind::Other));
        check("mgmt-ncc-0/0", Some(InterfaceKind::Other));
        check("ph3.7", Some(InterfaceKind::Other));
    }

    #[test]
    fn other_words_are_not_interfaces() {
        for name in [
            "interface",
            "bundle-0",
            "bundle-65536",
            "bundle-1.0",
            "ge7-0/0/1",
            "ge100-0/0",
            "lo",
            "irb1.2",
            "",
        ] {
            check(name, None);
        }
    }
}
