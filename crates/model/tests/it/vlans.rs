//! VLAN ids, lists and TPIDs.

use std::collections::BTreeSet;

use bk_model::{InvalidVlanList, Tpid, VlanId, VlanList};
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn ids_are_1_to_4094() {
    for good in [1, 2, 4094] {
        assert_eq!(
            VlanId::try_from(good).unwrap().get(),
            u16::try_from(good).unwrap()
        );
    }
    for bad in [0, 4095, 4096, 65_536 + 5, u32::MAX] {
        assert_eq!(
            VlanId::try_from(bad).unwrap_err().to_string(),
            format!("a VLAN id is 1 to 4094, not {bad}")
        );
    }
    assert!(serde_json::from_str::<VlanId>("0").is_err() && serde_json::from_str::<VlanId>("4095").is_err());
}

fn ranges(list: &str) -> Vec<(u16, u16)> {
    VlanList::parse(list)
        .unwrap()
        .ranges()
        .iter()
        .map(|(low, high)| (low.get(), high.get()))
        .collect()
}

#[test]
fn lists_keep_what_is_written_and_know_what_it_means() {
    assert_eq!(ranges("350, 360, 400-410"), [(350, 350), (360, 360), (400, 410)]);
    assert_eq!(ranges("400-410 350 360"), [(350, 350), (360, 360), (400, 410)]);
    assert_eq!(ranges("1,2,3,5-9,7-12"), [(1, 3), (5, 12)]);
    assert_eq!(VlanList::parse(" 350, 360 ").unwrap().as_written(), "350, 360");
    assert!(
        VlanList::parse("1-4094").unwrap().is_full()
            && VlanList::parse("1-2000,2001-4094").unwrap().is_full()
    );
    assert_eq!(VlanList::parse("1794").unwrap().single().unwrap().get(), 1794);
    assert_eq!(VlanList::parse("5,5").unwrap().single().unwrap().get(), 5);
    assert_eq!(VlanList::parse("5-6").unwrap().single(), None);
}

#[test]
fn bad_lists_name_the_item() {
    let check =
        |raw: &str, expected: InvalidVlanList| assert_eq!(VlanList::parse(raw), Err(expected), "{raw:?}");
    check("", InvalidVlanList::Empty);
    check(" , ", InvalidVlanList::Empty);
    check("5,x", InvalidVlanList::Item { item: "x".into() });
    check("5-", InvalidVlanList::Item { item: "5-".into() });
    check("5--7", InvalidVlanList::Item { item: "5--7".into() });
    check("9-7", InvalidVlanList::Backwards { item: "9-7".into() });
    assert!(matches!(VlanList::parse("0-5"), Err(InvalidVlanList::Vlan(_))));
    assert!(matches!(VlanList::parse("5-4095"), Err(InvalidVlanList::Vlan(_))));
    assert!(
        VlanList::parse("99999999999").is_err()
            && VlanList::parse("5\n6").is_err()
            && VlanList::parse("+5").is_err()
    );
}

#[test]
fn tpids_read_as_the_device_prints_them() {
    for word in ["0x8100", "0x88a8", "0x9100", "0x9200"] {
        let tpid = Tpid::parse(word).unwrap();
        assert_eq!(tpid.to_string(), word);
        assert_eq!(serde_json::to_value(tpid).unwrap(), word);
    }
    assert_eq!(Tpid::parse("0x8200"), None);
    assert_eq!(Tpid::default().as_str(), "0x8100");
}

proptest! {
    #[test]
    fn ranges_hold_exactly_the_listed_vlans(items in vec((1u32..=4094, 0u32..30), 1..12), blank in any::<bool>()) {
        let bounds: Vec<(u32, u32)> = items.iter().map(|(low, width)| (*low, (low + width).min(4094))).collect();
        let written: Vec<String> = bounds.iter().map(|(low, high)| format!("{low}-{high}")).collect();
        let list = VlanList::parse(&written.join(if blank { " " } else { "," })).unwrap();
        let listed: BTreeSet<u32> = bounds.iter().flat_map(|(low, high)| *low..=*high).collect();
        let held: BTreeSet<u32> = (1..=4094).filter(|id| list.contains(VlanId::try_from(*id).unwrap())).collect();
        prop_assert_eq!(held, listed);
        let gaps = list.ranges().windows(2).all(|pair| pair[0].1.get() + 1 < pair[1].0.get());
        prop_assert!(gaps, "ranges are sorted and merged");
        let json = serde_json::to_string(&list).unwrap();
        prop_assert_eq!(serde_json::from_str::<VlanList>(&json).unwrap(), list);
    }
}
