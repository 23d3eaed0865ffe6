//! Each check has a fault that fails exactly it.

use bk_model::{AdminState, BridgeDomainName, DeviceName, InterfaceName, OperState};

use super::{Check, CheckResult, DeviceView, device_checks, fabric_checks};
use crate::deploy::effect::Effect;
use crate::deploy::lines::LineSet;
use crate::deploy::tests::world::change;
use crate::deploy::{DeviceChange, Hop};
use crate::ports::{Facts, InterfaceFact, MacFact};

const BEFORE: [&str; 5] = [
    "network-services bridge-domain instance g_kestrel_v251 admin-state enabled",
    "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/9.251 ^",
    "interfaces ge100-0/0/9.251 l2-service enabled",
    "interfaces ge100-0/0/9.251 vlan-id 251",
    "interfaces ge100-0/0/30 admin-state enabled",
];

/// Readings of a change that went well; a case spoils one.
struct Case {
    plan: DeviceChange,
    before: LineSet,
    after: LineSet,
    facts: (Option<Facts>, Option<Facts>),
    macs: (Option<usize>, Option<usize>),
    host: bool,
    guarded: bool,
}

impl Case {
    fn new() -> Self {
        let plan = change("LEAF-A01", 0);
        let before: LineSet = BEFORE.into_iter().collect();
        let after = before.with(&plan.predicted);
        let facts = Facts {
            interfaces: vec![fact("ge100-0/0/5", OperState::Up)],
            ..Facts::default()
        };
        Self {
            plan,
            before,
            after,
            facts: (Some(facts.clone()), Some(facts)),
            macs: (Some(3), Some(3)),
            host: true,
            guarded: true,
        }
    }

    fn without(&mut self, line: &str) {
        self.after = self.after.iter().filter(|other| *other != line).collect();
    }

    fn with(&mut self, line: &'static str) {
        self.after = self.after.iter().chain([line]).collect();
    }

    fn rows(&self) -> Vec<(Check, CheckResult)> {
        let base = self.before.within(&self.plan.touched);
        let effect = Effect::judge(
            &self.plan.predicted,
            &base,
            &self.after.within(&self.plan.touched),
        );
        let domain = BridgeDomainName::new("g_kestrel_v251").unwrap();
        let table = |count: Option<usize>| {
            let mac = MacFact {
                mac: "02:00:00:00:00:01".to_owned(),
                interface: InterfaceName::parse("ge100-0/0/5.251").unwrap(),
            };
            vec![(domain.clone(), count.map(|count| vec![mac; count]))]
        };
        let (macs_before, macs_after) = (table(self.macs.0), table(self.macs.1));
        let view = DeviceView {
            plan: &self.plan,
            before: Some((&self.before, self.facts.0.as_ref(), &macs_before)),
            after: Some((&self.after, self.facts.1.as_ref(), &macs_after)),
            host: self.host.then_some("LEAF-A01"),
            pending_ours: self.guarded,
            confirmed_by_another: false,
            effect: Some(&effect),
            outside_same: true,
        };
        device_checks(&view)
            .into_iter()
            .map(|row| (row.check, row.result))
            .collect()
    }
}

fn fact(name: &str, oper: OperState) -> InterfaceFact {
    InterfaceFact {
        name: InterfaceName::parse(name).unwrap(),
        admin: AdminState::Enabled,
        oper,
        mtu: None,
        service: String::new(),
    }
}

fn check(spoil: impl FnOnce(&mut Case), wanted: &[(Check, CheckResult)]) {
    let mut case = Case::new();
    spoil(&mut case);
    let odd: Vec<_> = case
        .rows()
        .into_iter()
        .filter(|(_, result)| *result != CheckResult::Passed)
        .collect();
    assert_eq!(odd, wanted);
}

#[test]
fn every_check_of_a_device_has_a_fault_that_fails_only_it() {
    use CheckResult::{Failed, NotObservable};
    check(|_| {}, &[]);
    check(|case| case.host = false, &[(Check::FreshSession, Failed)]);
    check(|case| case.guarded = false, &[(Check::Guarded, Failed)]);
    check(
        |case| case.with("interfaces ge100-0/0/5.251 description \"theirs\""),
        &[(Check::ChangeEqualsPlan, Failed)],
    );
    check(
        |case| case.without("interfaces ge100-0/0/5.251 vlan-id 251"),
        &[(Check::LinesActive, Failed)],
    );
    check(
        |case| {
            // A plan that takes a member and its tag out, and the tag stayed.
            let gone = "interfaces ge100-0/0/9.251 vlan-id 251".to_owned();
            case.plan.predicted.removed.insert(gone);
        },
        &[(Check::NothingObsolete, Failed)],
    );
    check(
        |case| {
            // A plan that takes a member out and forgets its sub-interface.
            case.plan.touched.push("interfaces ge100-0/0/9.251".to_owned());
            let member =
                "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/9.251".to_owned();
            case.without(&member);
            case.plan.predicted.removed.insert(member);
        },
        &[(Check::NoOrphan, Failed)],
    );
    let down = Facts {
        interfaces: vec![fact("ge100-0/0/5", OperState::Down)],
        ..Facts::default()
    };
    check(|case| case.facts.1 = Some(down), &[(Check::InterfacesUp, Failed)]);
    check(
        |case| case.facts.1 = None,
        &[(Check::InterfacesUp, NotObservable)],
    );
    check(
        |case| case.with("interfaces ge100-0/0/31 admin-state disabled"),
        &[(Check::OtherServices, Failed)],
    );
    check(|case| case.macs.1 = Some(1), &[(Check::Macs, Failed)]);
    check(|case| case.macs.1 = None, &[(Check::Macs, NotObservable)]);
}

#[test]
fn only_macs_are_informative() {
    let case = Case::new();
    let informative: Vec<_> = case
        .rows()
        .into_iter()
        .map(|(check, _)| check)
        .filter(|check| check.class() == super::CheckClass::Informative)
        .collect();
    assert_eq!(informative, [Check::Macs]);
}

#[test]
fn a_hop_is_complete_and_its_tags_agree() {
    use CheckResult::{Failed, NotObservable, Passed};
    let name = |raw: &str| DeviceName::new(raw).unwrap();
    let interface = |raw: &str| InterfaceName::parse(raw).unwrap();
    let (leaf, spine) = (name("LEAF-A01"), name("SPINE-1"));
    let hop = Hop {
        domain: BridgeDomainName::new("g_kestrel_v251").unwrap(),
        lower: (leaf.clone(), interface("bundle-60000.251")),
        upper: (spine.clone(), interface("bundle-60001.251")),
    };
    let end = |bundle: &str, member: bool, tag: &str| -> LineSet {
        let tag = format!("interfaces {bundle} {tag}");
        let line = format!("network-services bridge-domain instance g_kestrel_v251 interface {bundle} ^");
        let lines = [Some(tag.as_str()), member.then_some(line.as_str())];
        lines.into_iter().flatten().collect()
    };
    let check = |lower: &LineSet, upper: Option<&LineSet>, wanted: [CheckResult; 2]| {
        let mut after = std::collections::BTreeMap::from([(&leaf, lower)]);
        after.extend(upper.map(|upper| (&spine, upper)));
        let rows = fabric_checks(std::slice::from_ref(&hop), &after);
        assert_eq!(rows.iter().map(|row| row.result).collect::<Vec<_>>(), wanted);
        assert_eq!(
            rows.iter().map(|row| row.check).collect::<Vec<_>>(),
            [Check::PathComplete, Check::TagsAgree]
        );
    };
    let good = end("bundle-60000.251", true, "vlan-id 251");
    let upper = |member, tag| end("bundle-60001.251", member, tag);
    check(&good, Some(&upper(true, "vlan-id 251")), [Passed, Passed]);
    check(
        &good,
        Some(&upper(true, "vlan-id 251 tpid 0x8100")),
        [Passed, Passed],
    );
    check(&good, Some(&upper(false, "vlan-id 251")), [Failed, Passed]);
    check(&good, Some(&upper(true, "vlan-id 252")), [Passed, Failed]);
    check(&good, None, [NotObservable, NotObservable]);
    check(
        &end("bundle-60000.251", false, "vlan-id 251"),
        None,
        [Failed, NotObservable],
    );
}
