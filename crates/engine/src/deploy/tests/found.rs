//! What is found of others' work, from what is known of a device.

use std::collections::BTreeSet;

use bk_config::{ConfigText, Tree};
use bk_model::BridgeDomainName;

use crate::deploy::known::OthersCommit;
use crate::deploy::{Delta, Found, LineSet};
use crate::drift::{Difference, DriftKind, DriftObject, DriftSource, Severity, SeverityRule};
use crate::ports::RollbackEntry;

const THEIRS: &str = "interfaces ge100-0/0/5.251 vlan-id 300";

fn difference(object: &str, expected: &[&str], actual: &[&str]) -> Difference {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    Difference {
        object: DriftObject::of_path(object),
        kind: DriftKind::Mismatch,
        severity: Severity::High,
        rule: SeverityRule::EndLost,
        domains: vec![BridgeDomainName::new("g_kestrel_v251").unwrap()],
        expected: owned(expected),
        actual: owned(actual),
        taken_from: None,
    }
}

fn commit(user: &str, added: Option<&[&str]>) -> OthersCommit {
    OthersCommit {
        entry: RollbackEntry {
            id: 0,
            user: user.to_owned(),
            via: "cli".to_owned(),
            time: "09-Mar-2026 19:09:18 UTC".to_owned(),
            log: String::new(),
        },
        change: added.map(|added| Delta {
            added: added.iter().map(|line| (*line).to_owned()).collect(),
            removed: BTreeSet::new(),
        }),
    }
}

fn lines(text: &str) -> LineSet {
    LineSet::of_tree(&Tree::read_flattened(&ConfigText::new(text).unwrap()).0)
}

#[test]
fn what_stood_there_at_preflight_was_found_by_it() {
    let found = |before: Option<&str>, source| Found {
        source,
        before: before.map(lines),
        ..Found::default()
    };
    let ours = "interfaces ge100-0/0/5.251 vlan-id 251";
    let one = difference("interfaces ge100-0/0/5.251", &[ours], &[THEIRS]);
    let commit = Some(DriftSource::Commit);
    for (before, source, is_new, expected) in [
        (Some(THEIRS), commit, true, DriftSource::Preflight),
        (Some(ours), commit, true, DriftSource::Commit),
        (None, commit, false, DriftSource::Commit),
        (Some(ours), None, true, DriftSource::Verification),
        (Some(ours), None, false, DriftSource::DeploymentFailure),
    ] {
        let before = before.map(|before| format!("{before}\n"));
        let found = found(before.as_deref(), source);
        assert_eq!(found.source_of(&one, is_new), expected, "{before:?} {source:?}");
    }
    // What is gone was there.
    let gone = difference("interfaces ge100-0/0/5.251", &[ours], &[]);
    let there = found(Some(&format!("{ours}\n")), commit);
    assert_eq!(there.source_of(&gone, false), DriftSource::Commit);
}

#[test]
fn a_commit_is_told_only_where_no_object_shows_it() {
    let told = |commits: Vec<OthersCommit>, shown: &[Difference], open: Option<&Difference>| {
        let found = Found {
            commits,
            ..Found::default()
        };
        found.unshown(shown, open).map(|one| one.actual)
    };
    let shown = [difference("interfaces ge100-0/0/5.251", &[], &[THEIRS])];
    let elsewhere: &[&str] = &["system contact rowan"];
    assert_eq!(told(Vec::new(), &shown, None), None);
    assert_eq!(told(vec![commit("rowan", Some(&[THEIRS]))], &shown, None), None);
    let who = "rowan via cli at 09-Mar-2026 19:09:18 UTC".to_owned();
    let both = vec![who.clone(), "+ system contact rowan".to_owned()];
    let unshown = || vec![commit("rowan", Some(elsewhere))];
    assert_eq!(told(unshown(), &shown, None), Some(both.clone()));
    // A commit that changes nothing, and one whose change could not be read.
    assert_eq!(
        told(vec![commit("rowan", Some(&[]))], &shown, None),
        Some(vec![who.clone()])
    );
    assert_eq!(told(vec![commit("rowan", None)], &[], None), Some(vec![who]));
    assert_eq!(told(vec![commit("rowan", None)], &shown, None), None);
    // Told already, it is no news.
    let open = Difference {
        actual: both,
        ..difference("", &[], &[])
    };
    assert_eq!(told(unshown(), &shown, Some(&open)), None);
    let more = told(vec![commit("birch", Some(&[]))], &shown, Some(&open)).unwrap();
    assert_eq!(more.len(), 3, "{more:?}");
}
