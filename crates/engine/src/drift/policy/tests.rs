use bk_model::{BridgeDomainName, InterfaceName};

use super::super::SeverityRule;
use super::*;

fn moment(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

fn patterns(raw: &[&str]) -> Vec<NamePattern> {
    raw.iter().map(|raw| NamePattern::new(*raw).unwrap()).collect()
}

fn terms(devices: &[&str], objects: &[&str], action: PolicyAction) -> PolicyTerms {
    PolicyTerms {
        name: "Nights".to_owned(),
        devices: patterns(devices),
        objects: patterns(objects),
        kinds: BTreeSet::new(),
        at_most: Severity::High,
        action,
        expires: moment(24 * 30),
    }
}

fn policy(devices: &[&str], objects: &[&str], action: PolicyAction) -> Policy {
    Policy::new(terms(devices, objects, action), moment(0)).unwrap()
}

const BACK: PolicyAction = PolicyAction::Override(OverrideLimits {
    objects: 2,
    lines: 4,
    per_day: 2,
});

fn difference(object: &str, kind: DriftKind, severity: Severity) -> Difference {
    let interface = InterfaceName::parse(object).unwrap();
    Difference {
        object: DriftObject::Interface { interface },
        kind,
        severity,
        rule: SeverityRule::EndLost,
        domains: vec![BridgeDomainName::new("g_kestrel_v251").unwrap()],
        expected: vec!["a".to_owned(), "b".to_owned()],
        actual: vec!["a".to_owned(), "c".to_owned()],
        taken_from: None,
    }
}

fn covers(policy: &Policy, device: &str, difference: &Difference) -> bool {
    policy.covers(Happened {
        device: &DeviceName::new(device).unwrap(),
        difference,
        at: moment(1),
    })
}

#[test]
fn a_policy_is_for_its_scope_only() {
    let one = difference("ge100-0/0/1.7", DriftKind::Mismatch, Severity::High);
    let leaves = policy(&["LEAF-*"], &["ge100-*"], PolicyAction::Sync);
    assert!(covers(&leaves, "LEAF-A01", &one));
    assert!(!covers(&leaves, "SPINE-A01", &one));
    let service = policy(&[], &["g_kestrel_*"], PolicyAction::Sync);
    assert!(covers(&service, "LEAF-A01", &one));
    let critical = difference("ge100-0/0/1.7", DriftKind::Mismatch, Severity::Critical);
    assert!(!covers(&service, "LEAF-A01", &critical));
    let kinds = BTreeSet::from([DriftKind::MissingOnDevice]);
    let missing = PolicyTerms {
        kinds,
        ..terms(&[], &[], PolicyAction::Sync)
    };
    assert!(!covers(
        &Policy::new(missing, moment(0)).unwrap(),
        "LEAF-A01",
        &one
    ));
}

#[test]
fn putting_back_needs_names_and_something_to_put_back() {
    let now = moment(0);
    for (devices, objects) in [
        (&["LEAF-*"][..], &["ge100-0/0/1.7"][..]),
        (&["LEAF-A01"], &["ge100-*"]),
        (&[], &["ge100-0/0/1.7"]),
        (&["LEAF-A01"], &[]),
    ] {
        let refused = Policy::new(terms(devices, objects, BACK), now);
        assert_eq!(refused, Err(InvalidPolicy::NotNamed), "{devices:?} {objects:?}");
    }
    let named = policy(&["LEAF-A01"], &["ge100-0/0/1.7"], BACK);
    assert!(covers(
        &named,
        "LEAF-A01",
        &difference("ge100-0/0/1.7", DriftKind::Mismatch, Severity::High)
    ));
    assert!(!covers(
        &named,
        "LEAF-A01",
        &difference("ge100-0/0/1.7", DriftKind::Unknown, Severity::High)
    ));
    // A service that is named is not every interface in it.
    let service = policy(&["LEAF-A01"], &["g_kestrel_v251"], BACK);
    assert!(!covers(
        &service,
        "LEAF-A01",
        &difference("ge100-0/0/1.7", DriftKind::Mismatch, Severity::High)
    ));
}

#[test]
fn terms_out_of_their_ranges_are_refused() {
    let now = moment(0);
    let check = |terms: PolicyTerms, why| assert_eq!(Policy::new(terms, now), Err(why));
    let good = || terms(&[], &[], PolicyAction::Leave);
    check(
        PolicyTerms {
            name: " ".to_owned(),
            ..good()
        },
        InvalidPolicy::Name,
    );
    check(
        PolicyTerms {
            name: "a\nb".to_owned(),
            ..good()
        },
        InvalidPolicy::Name,
    );
    check(
        PolicyTerms {
            expires: now,
            ..good()
        },
        InvalidPolicy::Expiry,
    );
    check(
        PolicyTerms {
            expires: moment(24 * 400),
            ..good()
        },
        InvalidPolicy::Expiry,
    );
    check(
        PolicyTerms {
            devices: patterns(&["a"; 65]),
            ..good()
        },
        InvalidPolicy::Patterns,
    );
    let endless = PolicyAction::Override(OverrideLimits {
        objects: 1,
        lines: 1,
        per_day: 99,
    });
    check(terms(&["LEAF-A01"], &["x"], endless), InvalidPolicy::Limits);
}

#[test]
fn the_most_cautious_policy_in_force_decides() {
    let one = difference("ge100-0/0/1.7", DriftKind::Mismatch, Severity::High);
    let device = DeviceName::new("LEAF-A01").unwrap();
    let policies = [
        (1, policy(&["LEAF-A01"], &["ge100-0/0/1.7"], BACK)),
        (2, policy(&[], &[], PolicyAction::Sync)),
        (3, policy(&["LEAF-*"], &[], PolicyAction::Sync)),
    ];
    let at = |at| Happened {
        device: &device,
        difference: &one,
        at,
    };
    assert_eq!(decide(&policies, at(moment(1))).map(|(id, _)| id), Some(2));
    assert_eq!(decide(&policies[..1], at(moment(1))).map(|(id, _)| id), Some(1));
    assert!(decide(&policies, at(moment(24 * 30))).is_none());
}

#[test]
fn a_dry_run_keeps_the_limits() {
    let one = difference("ge100-0/0/1.7", DriftKind::Mismatch, Severity::High);
    let other = difference("ge100-0/0/2.7", DriftKind::Mismatch, Severity::High);
    let device = DeviceName::new("LEAF-A01").unwrap();
    let named = policy(&["LEAF-A01"], &["ge100-0/0/1.7"], BACK);
    let past: Vec<Happened<'_>> = [(1, &one), (2, &other), (3, &one), (4, &one), (26, &one)]
        .into_iter()
        .map(|(hours, difference)| Happened {
            device: &device,
            difference,
            at: moment(hours),
        })
        .collect();
    use Would::{Act, Ask, NotCovered};
    assert_eq!(dry_run(&named, &past), [Act, NotCovered, Act, Ask, Act]);
    // Three at one moment are one plan, and too many for it.
    let many = [past[0]; 3];
    assert_eq!(dry_run(&named, &many), [Ask; 3]);
}
