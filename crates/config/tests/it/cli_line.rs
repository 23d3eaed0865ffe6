//! What may be sent, and what may not.

use bk_config::{CliLine, Description, GrammarError, RefusedLine, Setting, TagForm, grammar};
use bk_model::{BridgeDomainName, DnosVersion, InterfaceName, TagAction, TagRewrite, VlanId};

fn accepted(line: &str) {
    let parsed = CliLine::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(parsed.as_str(), line);
}

fn refused(line: &str) {
    assert!(CliLine::parse(line).is_err(), "{line:?} must be refused");
}

/// Every documented form of REF 5, 6 and 6.1.
#[test]
fn documented_forms_are_accepted() {
    for line in include_str!("documented_lines.txt").lines() {
        accepted(line);
    }
}

#[test]
fn commands_are_no_configuration() {
    for line in [
        "",
        " ",
        "!",
        "top",
        "end",
        "exit",
        "commit",
        "commit confirm 10",
        "commit no-warning",
        "rollback 0",
        "no rollback",
        "load override factory-default",
        "load override golden-config",
        "clear system commit",
        "set cli-no-confirm",
        "run start shell",
        "request system restart",
        "show config",
        "system name x",
        "no system",
        "#remark",
        "interfaces ge100-0/0/1.5 l2-service enabled ; commit",
        "interfaces ge100-0/0/1.5 | no-more",
        "no interfaces",
        "no network-services",
        "no network-services bridge-domain",
    ] {
        refused(line);
    }
}

#[test]
fn ports_and_bundles_are_never_removed_or_rebound() {
    for line in [
        "no interfaces ge100-0/0/1",
        "no interfaces bundle-60000",
        "no interfaces ge10-0/0/11/2",
        "no interfaces lo0",
        "no interfaces mgmt0",
        "interfaces ge100-0/0/1 bundle-id 5",
        "no interfaces ge100-0/0/1 bundle-id",
        "interfaces ge100-0/0/1",
        "interfaces bundle-5",
        "interfaces ge100-0/0/1 vlan-id 5",
        "interfaces bundle-5 vlan-tags outer-tag 1 inner-tag 2",
        "interfaces ge100-0/0/1 untagged",
        "interfaces ge100-0/0/1 speed 10",
        "interfaces ge100-0/0/1.5 ipv4-address 10.0.0.1/24",
        "interfaces irb5 l2-service enabled",
        "network-services bridge-domain mac-handling mac-learning disabled",
    ] {
        refused(line);
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for line in [
        "interfaces ge100-0/0/1.0 l2-service enabled",
        "interfaces ge100-0/0/1.65536 l2-service enabled",
        "interfaces bundle-0.5 vlan-id 5",
        "interfaces ge100-0/0/1.5 vlan-id 0",
        "interfaces ge100-0/0/1.5 vlan-id 4095",
        "interfaces ge100-0/0/1.5 vlan-id 05",
        "interfaces ge100-0/0/1.5 vlan-id +5",
        "interfaces ge100-0/0/1.5 vlan-id 5 tpid 0x88a8",
        "interfaces ge100-0/0/1.5 vlan-id list 7-5",
        "interfaces ge100-0/0/1.5 vlan-id list 0-5",
        "interfaces ge100-0/0/1.5 vlan-id list ",
        "interfaces ge100-0/0/1.5 l2-service enable",
        "interfaces ge100-0/0/1.5 mtu 1513",
        "interfaces ge100-0/0/1.5 mtu 9301",
        "network-services bridge-domain instance a mac-handling mac-table-limit 19",
        "network-services bridge-domain instance a mac-handling mac-table-aging-time 61",
        "network-services bridge-domain instance a storm-control broadcast-packet-rate 9",
        "interfaces ge100-0/0/1.5 vlan-manipulation ingress-mapping action push outer-tag 5",
        "interfaces ge100-0/0/1.5 vlan-manipulation ingress-mapping action teleport",
        "interfaces ge100-0/0/1.5 vlan-id 5  tpid 0x8100",
        "interfaces  ge100-0/0/1.5 vlan-id 5",
    ] {
        refused(line);
    }
}

#[test]
fn nothing_breaks_out_of_a_line() {
    for hostile in [
        "g\nno interfaces lo0",
        "g\rcommit",
        "g\u{1b}[2J",
        "g\u{7}",
        "g\u{202e}x",
        "g\u{200b}x",
        "g\u{2028}x",
        "g ; commit",
        "g | no-more",
        "g\"",
        "g?",
        "g#",
        "<b>g</b>",
        "g\0",
        "g\u{feff}",
        "g\u{e0041}",
        "",
        "g\u{85}x",
    ] {
        refused(&format!(
            "network-services bridge-domain instance {hostile} admin-state enabled"
        ));
        refused(&format!("interfaces ge100-0/0/1.5 description {hostile}\""));
        assert!(BridgeDomainName::new(hostile).is_err(), "{hostile:?}");
    }
    for hostile in [
        "a\nb",
        "a\tb",
        "a\u{1b}b",
        "a\"b",
        "a\\b",
        "a\u{202e}b",
        "a\u{2066}b",
        "",
        &"x".repeat(256),
    ] {
        assert!(Description::new(hostile).is_err(), "{hostile:?}");
    }
    for harmless in [
        "to tester 7",
        "a|b",
        "what?",
        "#1",
        "<script>alert(1)</script>",
        "ünïcode",
    ] {
        let bd = BridgeDomainName::new("g_kestrel_v5").unwrap();
        let line = CliLine::set(Setting::InstanceDescription(
            bd,
            Description::new(harmless).unwrap(),
        ))
        .unwrap();
        assert_eq!(
            line.as_str(),
            format!("network-services bridge-domain instance g_kestrel_v5 description \"{harmless}\"")
        );
    }
}

#[test]
fn words_that_are_only_kept_are_never_sent() {
    let interface = InterfaceName::parse("ge100-0/0/1.5").unwrap();
    let kept = |action, rest: Option<&str>| TagRewrite {
        action,
        outer: None,
        outer_tpid: None,
        inner: None,
        inner_tpid: None,
        rest: rest.map(str::to_owned),
    };
    for rewrite in [
        kept(TagAction::Other("pop\ncommit".into()), None),
        kept(TagAction::Other("translate".into()), None),
        kept(TagAction::Pop, Some("extra")),
    ] {
        let setting = Setting::Rewrite(interface.clone(), bk_config::Direction::Ingress, rewrite);
        assert!(matches!(
            CliLine::set(setting),
            Err(RefusedLine::Character { .. } | RefusedLine::Grammar(_))
        ));
    }
}

#[test]
fn a_trailing_caret_is_dropped() {
    let line = CliLine::parse("network-services bridge-domain instance a interface ge100-0/0/1 ^").unwrap();
    assert_eq!(
        line.as_str(),
        "network-services bridge-domain instance a interface ge100-0/0/1"
    );
}

#[test]
fn releases_gate_what_they_do_not_have() {
    let check = |line: &str, version: &str, since: Option<(u16, u16)>| {
        let version = DnosVersion::parse(version).unwrap();
        match (grammar::check(&CliLine::parse(line).unwrap(), &version), since) {
            (Ok(()), None) => {}
            (Err(GrammarError::NotYet { since: found, .. }), Some(since)) => {
                assert_eq!(found, since, "{line}");
            }
            (other, _) => panic!("{line} on {version}: {other:?}"),
        }
    };
    check(
        "network-services bridge-domain instance a",
        "17.1.9",
        Some((17, 2)),
    );
    check("network-services bridge-domain instance a", "17.2", None);
    check(
        "interfaces bundle-5.5 vlan-manipulation egress-mapping action pop",
        "18.1",
        Some((18, 2)),
    );
    check("interfaces bundle-5.5 untagged", "18.2.1", Some((18, 3)));
    check("interfaces bundle-5.5 vlan-id list 5-7", "19.0", Some((19, 1)));
    check("interfaces bundle-5.5 vlan-id list 5-7", "25.4.13", None);
    check(
        "interfaces bundle-5.5 vlan-id 5 tpid 0x9100",
        "17.0",
        Some((17, 1)),
    );
    check(
        "no interfaces bundle-5.5 vlan-tags outer-tag 5 inner-tag-list 7",
        "18.3",
        Some((19, 1)),
    );
    check(
        "interfaces bundle-5.5 vlan-manipulation ingress-mapping action preserve outer-tpid 0x8100",
        "19.1",
        Some((25, 1)),
    );
}

#[test]
fn a_line_from_a_file_is_checked_again() {
    let line = CliLine::set(Setting::Tags(
        InterfaceName::parse("bundle-5.5").unwrap(),
        TagForm::Single(VlanId::try_from(5).unwrap(), None),
    ))
    .unwrap();
    let json = serde_json::to_string(&line).unwrap();
    assert_eq!(json, "\"interfaces bundle-5.5 vlan-id 5\"");
    assert_eq!(serde_json::from_str::<CliLine>(&json).unwrap(), line);
    assert!(serde_json::from_str::<CliLine>("\"no interfaces bundle-5\"").is_err());
}
