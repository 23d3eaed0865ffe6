//! Names: nothing that could break out of a line, a table or a page.

use bk_model::{BridgeDomainName, DeviceName, DnosVersion};
use proptest::prelude::*;

#[test]
fn bridge_domain_names() {
    for good in [
        "g_kestrel_v251",
        "l_birch_x",
        "M_rowan_1360",
        "g_kestrel-New_v290",
        "a.b:c",
        "1",
        &"x".repeat(255),
    ] {
        assert_eq!(BridgeDomainName::new(good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        " ",
        "a b",
        "a\nb",
        "a\tb",
        "a\"b",
        "a|b",
        "a?b",
        "a#b",
        "a;b",
        "<b>",
        "a\u{202e}b",
        "é",
        "a/b",
        &"x".repeat(256),
    ] {
        assert!(BridgeDomainName::new(bad).is_err(), "{bad:?}");
        assert!(
            serde_json::from_value::<BridgeDomainName>(bad.into()).is_err(),
            "{bad:?}"
        );
    }
}

#[test]
fn errors_name_the_character_before_the_length() {
    let error = BridgeDomainName::new(format!("{}\u{202e}", "x".repeat(300))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a bridge domain name can't contain '\\u{202e}'"
    );
    assert_eq!(
        BridgeDomainName::new("").unwrap_err().to_string(),
        "a bridge domain name must have 1 to 255 characters, this has 0"
    );
}

#[test]
fn device_names_allow_what_inventories_hold() {
    for good in ["LEAF-A01", "LEAF-B06-2 (NCPL)", "SSPINE_1", "r1.example.net"] {
        assert_eq!(DeviceName::new(good).unwrap().to_string(), good);
    }
    for bad in ["", "a\nb", "<script>", "a\u{200b}b", "a;b", "a&b"] {
        assert!(DeviceName::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn releases_are_ordered_by_their_numbers() {
    let version = |raw: &str| DnosVersion::parse(raw).unwrap();
    assert!(
        version("25.4.13") > version("25.4.2")
            && version("26.1") > version("25.4.13")
            && version("9.1") < version("17.2")
    );
    assert!(
        version("17.2").at_least(17, 2)
            && !version("17.1.9").at_least(17, 2)
            && version("19").at_least(18, 3)
    );
    assert_eq!(version("25.4.13").to_string(), "25.4.13");
    for bad in ["", "x", "25.", "25.4a", "-1", "70000.1"] {
        assert_eq!(DnosVersion::parse(bad), None, "{bad:?}");
    }
}

proptest! {
    #[test]
    fn no_name_holds_a_character_that_ends_or_steers_a_line(raw in "\\PC*|[\\x00-\\x7f]{0,40}") {
        if let Ok(name) = BridgeDomainName::new(raw.as_str()) {
            let safe = name.as_str().bytes().all(|b| b.is_ascii_graphic() && !b"\"|?#;\\<>&'`$".contains(&b));
            prop_assert!(safe);
        }
        if let Ok(name) = DeviceName::new(raw.as_str()) {
            let safe = name.as_str().bytes().all(|b| b == b' ' || b.is_ascii_graphic() && !b"\"|?#;\\<>&'`$".contains(&b));
            prop_assert!(safe);
        }
    }
}
