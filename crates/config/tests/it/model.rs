//! From lines to the model.

use bk_config::{ConfigPath, line_shape, read_model, to_hierarchical};
use bk_model::{AdminState, Encapsulation, InterfaceName, TagAction};

use crate::support::tree;

fn name(raw: &str) -> InterfaceName {
    InterfaceName::parse(raw).unwrap()
}

/// Reads the lines of `bundle-5.1` in both forms.
fn encapsulation(lines: &[&str]) -> Encapsulation {
    let text: String = lines
        .iter()
        .map(|line| format!("interfaces bundle-5.1 {line}\n"))
        .collect();
    let flattened = read_model(&tree(&text));
    let nested = read_model(&to_hierarchical(&tree(&text)));
    assert_eq!(flattened.value, nested.value);
    flattened.value.interfaces[&name("bundle-5.1")]
        .encapsulation
        .clone()
}

fn check(lines: &[&str], expected: &str) {
    let json = serde_json::to_string(&encapsulation(lines)).unwrap();
    assert_eq!(json, expected, "{lines:?}");
}

#[test]
fn every_tag_form_is_read() {
    check(&["untagged"], r#"{"form":"untagged"}"#);
    check(&["vlan-id 5"], r#"{"form":"single","vlan":5,"tpid":null}"#);
    check(
        &["vlan-id 5 tpid 0x9100"],
        r#"{"form":"single","vlan":5,"tpid":"0x9100"}"#,
    );
    check(&["vlan-id list 5"], r#"{"form":"list","vlans":"5"}"#);
    check(
        &["vlan-id list 350, 360, 400-410"],
        r#"{"form":"list","vlans":"350, 360, 400-410"}"#,
    );
    check(&["vlan-id list 350 360"], r#"{"form":"list","vlans":"350 360"}"#);
    check(
        &["vlan-tags outer-tag 5 inner-tag 6"],
        r#"{"form":"double","outer":5,"inner":6,"outer_tpid":null}"#,
    );
    check(
        &["vlan-tags outer-tag 5 inner-tag 6 outer-tpid 0x88a8"],
        r#"{"form":"double","outer":5,"inner":6,"outer_tpid":"0x88a8"}"#,
    );
    check(
        &["vlan-tags outer-tag 5 inner-tag-list 6-9"],
        r#"{"form":"double-list","outer":5,"inner":"6-9"}"#,
    );
    check(&["l2-service enabled"], r#"{"form":"unknown"}"#);
}

#[test]
fn what_no_single_form_explains_is_kept_as_written() {
    check(
        &["vlan-id 5", "untagged"],
        r#"{"form":"unread","lines":["vlan-id 5","untagged"]}"#,
    );
    check(&["vlan-id 5000"], r#"{"form":"unread","lines":["vlan-id 5000"]}"#);
    check(
        &["vlan-id 5 color blue"],
        r#"{"form":"unread","lines":["vlan-id 5 color blue"]}"#,
    );
    check(
        &["vlan-id list 5,6", "vlan-id list 9"],
        r#"{"form":"list","vlans":"5,6,9"}"#,
    );
}

#[test]
fn manipulations_are_read_and_unknown_words_kept() {
    let text = "\
interfaces ge100-0/0/1 vlan-manipulation ingress-mapping action push outer-tag 7 outer-tpid 0x8100
interfaces ge100-0/0/1 vlan-manipulation egress-mapping action pop
interfaces ge100-0/0/2 vlan-manipulation ingress-mapping action translate outer-tag 7 to 8
";
    let parsed = read_model(&tree(text));
    let port = &parsed.value.interfaces[&name("ge100-0/0/1")];
    assert_eq!(port.encapsulation, Encapsulation::Port);
    assert_eq!(port.manipulation.egress.as_ref().unwrap().action, TagAction::Pop);
    assert_eq!(
        port.manipulation.ingress.as_ref().unwrap().outer.unwrap().get(),
        7
    );
    let kept = parsed.value.interfaces[&name("ge100-0/0/2")]
        .manipulation
        .ingress
        .clone()
        .unwrap();
    assert_eq!(
        (kept.action, kept.rest.as_deref()),
        (TagAction::Other("translate".into()), Some("to 8"))
    );
    assert_eq!((parsed.coverage.l2_lines, parsed.coverage.l2_understood), (3, 2));
    assert_eq!(
        parsed.unread[0].path.as_str(),
        "interfaces ge100-0/0/2 vlan-manipulation ingress-mapping action translate outer-tag 7 to 8"
    );
}

#[test]
fn bridge_domains_in_the_order_of_the_text() {
    let text = "\
network-services bridge-domain mac-handling mac-table-aging-time 640
network-services bridge-domain instance l_rowan_b admin-state disabled
network-services bridge-domain instance l_rowan_b description \"spare set\"
network-services bridge-domain instance l_rowan_b interface ge100-0/0/9 ^
network-services bridge-domain instance l_rowan_b router-interface irb7
network-services bridge-domain instance a_empty ^
network-services bridge-domain instance l_rowan_b interface bundle-5.1 storm-control broadcast-packet-rate 1000
";
    let parsed = read_model(&tree(text));
    assert_eq!(parsed.unread, []);
    let [domain, empty] = &parsed.value.bridge_domains[..] else {
        panic!("two instances")
    };
    assert_eq!(
        (domain.name.as_str(), empty.name.as_str()),
        ("l_rowan_b", "a_empty")
    );
    assert_eq!(
        (domain.admin_state, domain.description.as_deref()),
        (Some(AdminState::Disabled), Some("spare set"))
    );
    assert_eq!(domain.router_interfaces, [name("irb7")]);
    let members: Vec<_> = domain
        .members
        .iter()
        .map(|member| (member.interface.to_string(), member.has_own_lines))
        .collect();
    assert_eq!(
        members,
        [("ge100-0/0/9".to_owned(), false), ("bundle-5.1".to_owned(), true)]
    );
    assert_eq!(
        parsed.value.interfaces[&name("bundle-5.1")].encapsulation,
        Encapsulation::Unknown
    );
}

#[test]
fn interfaces_with_everything() {
    let text = "\
interfaces
  bundle-5
  !
  ge100-0/0/1
    admin-state enabled
    bundle-id 5
    mtu 9216
    description \"to tester 7\"
  !
  ge100-0/0/2
    ipv4-address 10.0.0.1/24
  !
  ge100-0/0/3
    l2-service enabled
  !
!
network-services
  vrf
    instance ALPHA
      interface ge100-0/0/4
    !
  !
!
";
    let interfaces = read_model(&tree(text)).value.interfaces;
    let port = &interfaces[&name("ge100-0/0/1")];
    assert_eq!(
        (port.admin_state, port.mtu, port.bundle.clone()),
        (Some(AdminState::Enabled), Some(9216), Some(name("bundle-5")))
    );
    assert_eq!(port.description.as_deref(), Some("to tester 7"));
    assert!(interfaces[&name("ge100-0/0/2")].has_l3 && interfaces[&name("ge100-0/0/4")].has_l3);
    assert!(interfaces[&name("ge100-0/0/3")].l2_service && !interfaces[&name("ge100-0/0/3")].has_l3);
    assert!(interfaces.contains_key(&name("bundle-5")));
}

#[test]
fn names_that_no_device_would_take_stay_unread() {
    let parsed = read_model(&tree(
        "network-services bridge-domain instance <b>x</b> admin-state enabled\n",
    ));
    assert_eq!(
        (
            parsed.value.bridge_domains.len(),
            parsed.unread.len(),
            parsed.unread[0].is_l2
        ),
        (0, 1, true)
    );
}

#[test]
fn shapes_hold_no_name_and_no_secret() {
    let check = |path: &str, shape: &str| assert_eq!(line_shape(&ConfigPath::new(path)), shape);
    check(
        "interfaces ge100-0/0/1.5 ipv4-address 10.0.0.1/24",
        "interfaces <interface> ipv4-address <value>",
    );
    check(
        "system login user kestrel password enc-gAAAAAbcd==",
        "system login user <name> password <name>",
    );
    check(
        "system login user kestrel description \"main user\"",
        "system login user <name> description <text>",
    );
    check(
        "protocols bgp 65000 neighbor 2.2.2.2 remote-as 65001",
        "protocols bgp <n> neighbor <name> remote-as <n>",
    );
    check(
        "system snmp community birch vrf mgmt0",
        "system snmp community <name> vrf <interface>",
    );
}
