//! Interface names.

use bk_model::{InterfaceName, Port, SubinterfaceUnit, VlanId};
use proptest::prelude::*;

fn name(raw: &str) -> InterfaceName {
    InterfaceName::parse(raw).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_kind_reads_and_prints() {
    for raw in [
        "ge100-0/0/5",
        "ge10-0/0/11/2",
        "ge100-0/0/31.251",
        "ge10-0/0/11/2.9",
        "ge400-255/0/3",
        "bundle-60000",
        "bundle-1.65535",
        "irb999",
        "lo0",
        "mgmt0",
        "ctrl-ncp-0/0",
        "ph2301.1",
        "gre-tunnel-0",
        "ipmi-ncc-0/0",
    ] {
        assert_eq!(name(raw).to_string(), raw);
        assert_eq!(
            serde_json::from_value::<InterfaceName>(raw.into()).unwrap(),
            name(raw)
        );
    }
    assert!(
        name("ge100-0/0/5").is_physical()
            && name("bundle-5.1").is_bundle()
            && name("bundle-5.1").is_subinterface()
    );
    assert!(matches!(name("irb7").port(), Port::Irb(7)) && matches!(name("lo0").port(), Port::Other(_)));
}

#[test]
fn what_is_no_name_is_refused() {
    for raw in [
        "",
        ".",
        "5",
        "ge100-0/0/5.",
        "ge100-0/0/5.0",
        "ge100-0/0/5.65536",
        "ge100-0/0/5.251.251",
        "ge100-0/0/5.05",
        "bundle-",
        "bundle-0",
        "bundle-65536",
        "bundle-05",
        "irb0",
        "ge100-0/0/5 ",
        "ge100-0/0/5\n",
        "ge100 0/0/5",
        "lo0|x",
        "<b>",
        "ge100-0/0/5.x",
        &"a".repeat(65),
    ] {
        assert!(InterfaceName::parse(raw).is_err(), "{raw:?}");
    }
}

#[test]
fn numbers_sort_as_numbers() {
    let mut names: Vec<InterfaceName> = [
        "bundle-10",
        "ge100-0/0/10",
        "bundle-9",
        "ge100-0/0/9.2",
        "ge100-0/0/9",
        "ge10-0/0/1",
        "ge100-0/0/9.10",
    ]
    .map(name)
    .to_vec();
    names.sort();
    let sorted: Vec<String> = names.iter().map(InterfaceName::to_string).collect();
    assert_eq!(
        sorted,
        [
            "ge10-0/0/1",
            "ge100-0/0/9",
            "ge100-0/0/9.2",
            "ge100-0/0/9.10",
            "ge100-0/0/10",
            "bundle-9",
            "bundle-10"
        ]
    );
}

#[test]
fn units_and_parents() {
    let unit = SubinterfaceUnit::from(VlanId::try_from(251).unwrap());
    assert_eq!(name("ge100-0/0/5").with_unit(unit), name("ge100-0/0/5.251"));
    assert_eq!(name("ge100-0/0/5.7").with_unit(unit), name("ge100-0/0/5.251"));
    assert_eq!(name("ge100-0/0/5.7").parent(), name("ge100-0/0/5"));
    assert!(SubinterfaceUnit::try_from(0).is_err() && SubinterfaceUnit::try_from(65_536).is_err());
}

proptest! {
    #[test]
    fn a_name_prints_what_it_read(raw in "(ge[0-9]{1,3}-[0-9]{1,3}(/[0-9]{1,3}){2,3}|bundle-[0-9]{1,5}|irb[0-9]{1,5}|[a-z][a-z0-9-]{0,8})(\\.[0-9]{1,5})?|\\PC{0,20}") {
        if let Ok(name) = InterfaceName::parse(&raw) {
            prop_assert_eq!(name.to_string(), raw);
        }
    }
}
