//! Whose the lines are that run without a commit of ours: a shared candidate carries them, or another typed the same.

use bk_model::DnosVersion;
use chrono::Utc;

use super::world::change;
use crate::deploy::judge::{Look, judge, ours_in};
use crate::deploy::known::{Base, Known};
use crate::deploy::lines::LineSet;
use crate::deploy::sight::LinesSeen;
use crate::deploy::table::Sent;
use crate::ports::{Candidate, EntryDelta, Probe, RollbackEntry};

fn entry(id: u8, user: &str, time: &str) -> RollbackEntry {
    RollbackEntry {
        id,
        time: time.to_owned(),
        user: user.to_owned(),
        via: "cli".to_owned(),
        log: String::new(),
    }
}

/// How much of our change is seen after another committed these of our lines, and whether the object counts as touched.
fn seen(theirs: impl Fn(&str) -> bool, readable: bool, known: &Known) -> (LinesSeen, bool) {
    let plan = change("LEAF-A01", 1);
    let added: Vec<String> = (plan.predicted.added.iter())
        .filter(|line| theirs(line))
        .cloned()
        .collect();
    let running = plan.base.with(&crate::deploy::Delta {
        added: added.iter().cloned().collect(),
        removed: std::collections::BTreeSet::new(),
    });
    let head = entry(1, "dnroot", "09-Mar-2026 18:00:00");
    let list = vec![entry(0, "rowan", "09-Mar-2026 19:00:00"), head.clone()];
    let probe = Probe {
        version: DnosVersion::parse("25.4.13").unwrap(),
        host: "LEAF-A01".to_owned(),
        device_time: None,
        rollback: list.clone(),
        commit_running: false,
        pending: None,
        candidate: Candidate::Empty,
        sessions: Vec::new(),
        notices: Vec::new(),
    };
    let delta = EntryDelta {
        text: String::new(),
        added: readable.then_some(added),
        deleted: readable.then(Vec::new),
    };
    let look = Look {
        first: probe.clone(),
        text: running,
        entries: vec![(list[0].clone(), delta)],
        last: probe,
    };
    let mut known = Known {
        base: Some(Base {
            touched: plan.base.clone(),
            outside: LineSet::default().digest(),
            head: Some(head),
            heads: 1,
        }),
        ..known.clone()
    };
    let sight = judge(&plan, &mut known, Sent::Lines, false, &look, Utc::now()).sight;
    (sight.lines, sight.touched)
}

#[test]
fn lines_that_another_typed_as_we_would_have_are_not_ours() {
    let unit = |line: &str| line.starts_with("interfaces ");
    let whole = Known {
        whole: true,
        ..Known::default()
    };
    let told = Known {
        separate: true,
        ..Known::default()
    };
    // A shared candidate goes as a whole.
    assert_eq!(seen(|_| true, true, &whole), (LinesSeen::All, false));
    assert_eq!(seen(unit, true, &whole), (LinesSeen::None, true));
    // What can't be read, and a candidate that was not seen whole, prove nothing: they may be ours.
    assert_eq!(seen(unit, false, &whole), (LinesSeen::Part, false));
    assert_eq!(seen(unit, true, &Known::default()), (LinesSeen::Part, false));
    // Out of sync with their commit: it did not take ours along.
    assert_eq!(seen(|_| true, true, &told), (LinesSeen::None, true));
}

#[test]
fn anothers_value_in_place_of_ours_is_no_part_of_our_change() {
    let plan = change("LEAF-A01", 1);
    let running = plan.base.with(&plan.predicted);
    let own = plan.predicted.added.iter();
    let own = own.clone().find(|line| line.contains(" vlan-id ")).unwrap();
    let check = |added: &[&str], deleted: &[&str], ours: &[&str]| {
        let candidate = Candidate::Differs {
            text: String::new(),
            added: Some(added.iter().map(ToString::to_string).collect()),
            deleted: Some(deleted.iter().map(ToString::to_string).collect()),
        };
        let found = |back| ours_in(&plan, &plan.base, &running, &candidate, back).removed;
        let on_our_way_back: Vec<String> = found(true).into_iter().collect();
        assert_eq!(on_our_way_back, ours, "+{added:?} -{deleted:?}");
        assert!(found(false).is_empty(), "who sends no way back takes nothing out");
    };
    let (key, _) = own.rsplit_once(' ').unwrap();
    let theirs = format!("{key} 3999");
    check(&[&theirs], &[own], &[]);
    check(&[], &[own], &[own]);
    check(&["interfaces ge100-0/0/9 description theirs"], &[own], &[own]);
}
