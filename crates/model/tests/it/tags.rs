//! Tag actions and encapsulations.

use bk_model::offer::carries;
use bk_model::{Encapsulation, Manipulation, TagAction, VlanId, VlanList};

fn vlan(id: u32) -> VlanId {
    VlanId::try_from(id).unwrap()
}

#[test]
fn every_documented_action_word_reads_and_prints() {
    for word in [
        "pop",
        "pop-pop",
        "preserve-preserve",
        "preserve",
        "push",
        "swap",
        "pop-swap",
        "push-push",
        "swap-push",
        "swap-swap",
        "preserve-swap",
    ] {
        let action = TagAction::parse(word);
        assert!(!matches!(action, TagAction::Other(_)), "{word}");
        assert_eq!(action.as_str(), word);
    }
    assert_eq!(
        TagAction::parse("translate"),
        TagAction::Other("translate".into())
    );
    assert_eq!(TagAction::parse("translate").as_str(), "translate");
}

#[test]
fn which_tags_an_encapsulation_carries() {
    let check = |encapsulation: Encapsulation, inside: &[u32], outside: &[u32], single: Option<u32>| {
        assert!(
            inside.iter().all(|id| carries(&encapsulation, vlan(*id))),
            "{encapsulation:?}"
        );
        assert!(
            outside.iter().all(|id| !carries(&encapsulation, vlan(*id))),
            "{encapsulation:?}"
        );
        assert_eq!(encapsulation.single_vlan(), single.map(vlan));
    };
    check(
        Encapsulation::Single {
            vlan: vlan(5),
            tpid: None,
        },
        &[5],
        &[6],
        Some(5),
    );
    check(
        Encapsulation::List {
            vlans: VlanList::parse("5,7-9").unwrap(),
        },
        &[5, 7, 9],
        &[6, 10],
        None,
    );
    check(
        Encapsulation::List {
            vlans: VlanList::parse("1794").unwrap(),
        },
        &[1794],
        &[1],
        Some(1794),
    );
    check(
        Encapsulation::Double {
            outer: vlan(5),
            inner: vlan(6),
            outer_tpid: None,
        },
        &[5],
        &[6],
        None,
    );
    for none in [
        Encapsulation::Port,
        Encapsulation::Unknown,
        Encapsulation::Untagged,
    ] {
        check(none, &[], &[1, 4094], None);
    }
}

#[test]
fn no_manipulation_is_the_default() {
    assert!(Manipulation::default().is_none());
}
