//! Line sets, changes, and how much of a change is in effect.

use std::collections::BTreeSet;

use bk_config::{CliLine, ConfigText, Tree, apply};

use crate::deploy::effect::{Effect, lines_back};
use crate::deploy::lines::{Agreement, Delta, LineSet};

const UNIT: &str = "interfaces ge100-0/0/5.251";

fn set(lines: &[&str]) -> LineSet {
    lines.iter().copied().collect()
}

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn delta(added: &[&str], removed: &[&str]) -> Delta {
    let lines = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<BTreeSet<_>>()
    };
    Delta {
        added: lines(added),
        removed: lines(removed),
    }
}

#[test]
fn an_entry_that_gains_lines_is_not_removed() {
    let before = set(&["network-services bridge-domain instance B ^"]);
    let after = set(&["network-services bridge-domain instance B interface ge100-0/0/5.251 ^"]);
    let change = Delta::between(&before, &after);
    assert_eq!(
        change,
        delta(
            &["network-services bridge-domain instance B interface ge100-0/0/5.251"],
            &[]
        )
    );
    assert_eq!(before.with(&change), after);
}

#[test]
fn a_change_and_its_inverse_lead_back() {
    let before = set(&[
        "interfaces ge1-0/0/1 admin-state enabled",
        "interfaces ge1-0/0/1.5 vlan-id 5",
    ]);
    let after = set(&[
        "interfaces ge1-0/0/1 admin-state enabled",
        "interfaces ge1-0/0/1.5 vlan-id 6",
    ]);
    let change = Delta::between(&before, &after);
    assert_eq!(before.with(&change), after);
    assert_eq!(after.with(&change.inverse()), before);
}

#[test]
fn what_a_device_shows_agrees_or_not() {
    let vlan = format!("{UNIT} vlan-id 251");
    let l2 = format!("{UNIT} l2-service enabled");
    let change = delta(&[&vlan, &l2], &[]);
    let none = LineSet::default();
    let check = |change: &Delta, added: &[&str], deleted: &[&str], base: &LineSet, wanted: Agreement| {
        assert_eq!(change.compare(&strings(added), &strings(deleted), base), wanted);
    };
    let more = |lines: &[&str]| Agreement::More {
        extra: strings(lines),
    };
    let differs = |lines: &[&str]| Agreement::Differs {
        extra: strings(lines),
    };
    check(&change, &[&l2, &vlan], &[], &none, Agreement::Exact);
    // The device prints the new parent too.
    check(
        &change,
        &["interfaces", UNIT, &l2, &vlan],
        &[],
        &none,
        Agreement::Exact,
    );
    check(&change, &[&l2], &[], &none, differs(&[]));
    check(
        &change,
        &[&l2, &vlan, "interfaces ge1 mtu 9000"],
        &[],
        &none,
        more(&["+ interfaces ge1 mtu 9000"]),
    );
    let gone = delta(&[], &[&vlan, &l2]);
    let base = set(&[&vlan, &l2]);
    check(&gone, &[], &[&vlan, &l2], &base, Agreement::Exact);
    // A whole removed object may be one line, if all that stood there is ours to remove.
    check(&gone, &[], &[UNIT], &base, Agreement::Exact);
    let theirs = format!("{UNIT} description \"theirs\"");
    check(
        &gone,
        &[],
        &[UNIT],
        &set(&[&vlan, &l2, &theirs]),
        more(&[&format!("- {UNIT}")]),
    );
    check(
        &gone,
        &[],
        &[&vlan, &l2, &theirs],
        &set(&[&vlan, &l2, &theirs]),
        more(&[&format!("- {theirs}")]),
    );
}

#[test]
fn the_effect_tells_ours_from_theirs() {
    let vlan = |id: u16| format!("{UNIT} vlan-id {id}");
    let l2 = format!("{UNIT} l2-service enabled");
    let base = set(&[&l2, &vlan(251)]);
    let change = delta(&[&vlan(252)], &[&vlan(251)]);
    let check = |now: &LineSet, live: Delta, complete: bool, others: Delta| {
        assert_eq!(
            Effect::judge(&change, &base, now),
            Effect {
                live,
                complete,
                others
            }
        );
    };
    check(&base, Delta::default(), false, Delta::default());
    check(&set(&[&l2, &vlan(252)]), change.clone(), true, Delta::default());
    // Another's value stands where ours would: nothing of ours is in effect.
    check(
        &set(&[&l2, &vlan(300)]),
        Delta::default(),
        false,
        delta(&[&vlan(300)], &[&vlan(251)]),
    );
    // Ours and a line of another beside it.
    let theirs = format!("{UNIT} description \"theirs\"");
    check(
        &set(&[&l2, &vlan(252), &theirs]),
        change.clone(),
        true,
        delta(&[&theirs], &[]),
    );
    // Only the removal was taken over.
    check(&set(&[&l2]), Delta::default(), false, delta(&[], &[&vlan(251)]));
}

#[test]
fn lines_back_take_only_ours() {
    let vlan = format!("{UNIT} vlan-id 251");
    let l2 = format!("{UNIT} l2-service enabled");
    let theirs = format!("{UNIT} description \"theirs\"");
    let check = |now: &LineSet, live: &Delta, wanted: &[&str]| {
        let lines = lines_back(now, live).unwrap();
        assert_eq!(lines.iter().map(CliLine::as_str).collect::<Vec<_>>(), wanted);
    };
    let live = delta(&[&vlan, &l2], &[]);
    check(&set(&[&vlan, &l2]), &live, &["no interfaces ge100-0/0/5.251"]);
    // A line of another stays beside what is taken back.
    check(
        &set(&[&l2, &theirs]),
        &delta(&[&l2], &[]),
        &["no interfaces ge100-0/0/5.251 l2-service"],
    );
    // A tag alone can't be taken out of a unit: the unit goes and theirs is set again in the same candidate, so that
    // the change as a whole is ours alone.
    let now = set(&[&vlan, &l2, &theirs]);
    let tree = Tree::read_flattened(&ConfigText::new(now.text()).unwrap()).0;
    let after = apply(&tree, &lines_back(&now, &live).unwrap()).unwrap();
    assert_eq!(LineSet::of_tree(&after), set(&[&theirs]));
    check(&set(&[&theirs]), &delta(&[], &[]), &[]);
}
