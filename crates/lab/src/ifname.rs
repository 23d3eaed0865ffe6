//! Interface names: parts, and the order in which a device lists them.

use std::cmp::Ordering;

/// The parent of a sub-interface, or the name itself.
pub fn parent(name: &str) -> &str {
    name.split_once('.').map_or(name, |(parent, _)| parent)
}

/// The unit of a sub-interface.
pub fn unit(name: &str) -> Option<u32> {
    name.split_once('.').and_then(|(_, unit)| unit.parse().ok())
}

/// The number of a bundle: 445 for `bundle-445`.
pub fn bundle_number(name: &str) -> Option<u32> {
    name.strip_prefix("bundle-")?.parse().ok()
}

/// True for a physical port, a breakout lane among them: `ge100-0/0/5`, `ge10-0/0/11/2`.
pub fn is_physical(name: &str) -> bool {
    name.starts_with("ge") && name.contains('/') && !name.contains('.')
}

/// Compares names the way a device lists them: digits as numbers, so `ge100-6/0/2` stands before
/// `ge100-18/0/0`, and a port before its sub-interfaces (REF 8, `show interfaces`).
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        match (left.is_empty(), right.is_empty()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let (left_run, left_rest) = split_run(left);
        let (right_run, right_rest) = split_run(right);
        let order = match (left_run.parse::<u64>(), right_run.parse::<u64>()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            _ => left_run.cmp(right_run),
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
}

/// Splits off the leading run of digits or of other characters.
fn split_run(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text
        .find(|c: char| c.is_ascii_digit() != digits)
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_ports_as_a_device_does() {
        let mut names = vec![
            "lo0",
            "ge100-18/0/0",
            "ge100-6/0/10",
            "ge100-6/0/2.14",
            "ge100-6/0/2",
            "bundle-12.1",
            "bundle-12",
            "bundle-445",
            "ge10-0/0/11/2",
        ];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(
            names,
            [
                "bundle-12",
                "bundle-12.1",
                "bundle-445",
                "ge10-0/0/11/2",
                "ge100-6/0/2",
                "ge100-6/0/2.14",
                "ge100-6/0/10",
                "ge100-18/0/0",
                "lo0",
            ]
        );
    }

    #[test]
    fn takes_names_apart() {
        assert_eq!(parent("ge100-0/0/5.251"), "ge100-0/0/5");
        assert_eq!(unit("ge100-0/0/5.251"), Some(251));
        assert_eq!(unit("bundle-1"), None);
        assert_eq!(bundle_number("bundle-60000"), Some(60000));
        assert_eq!(bundle_number("bundle-60000.5"), None);
        assert!(is_physical("ge10-0/0/11/2"));
        assert!(!is_physical("ge100-0/0/5.251"));
        assert!(!is_physical("bundle-1"));
    }
}
