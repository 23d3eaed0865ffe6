//! What is read of some devices and shown or taken: scans and syncs over the practice fabric, judged row by row, by the
//! records and by the fabric's dump.
#![cfg(test)]

use bk_app::AppEvent;
use bk_app::views::{
    ActivityState, DeploymentStatus, PlanView, PortGroup, Recommendation, ScanAction, ScanReport, ScanState,
    ScanVerdict, ScannedDevice, SyncTarget,
};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};

fn types(scene: &Scene, device: &str, lines: &[String]) {
    assert!(scene.another_commits(device, lines), "{device} refuses {lines:?}");
}

/// Single-tagged access attachments of a leaf, each of a service that other devices hold too: service and interface.
async fn ends(scene: &Scene, device: &str) -> Vec<(String, String)> {
    let mut ends = Vec::new();
    for row in scene.app.domains_list().await.unwrap() {
        if row.devices.len() < 2 || !row.devices.iter().any(|on| on == device) {
            continue;
        }
        let detail = scene.app.domain_detail(row.name.clone()).await.unwrap();
        let attachments = detail.devices.into_iter().flat_map(|one| one.attachments);
        let end = attachments
            .filter(|one| one.device == device && !one.is_fabric && one.interface.contains('.'))
            .find(|one| one.encapsulation == "single tag" && one.manipulation == "none");
        ends.extend(end.map(|end| (row.name, end.interface)));
    }
    ends
}

async fn sync_devices(scene: &Scene, devices: &[&str]) -> bk_app::views::SyncReport {
    let devices = Some(devices.iter().map(|&device| device.to_owned()).collect());
    let target = SyncTarget::Devices { devices };
    scene.app.sync_target(target, None).await.unwrap()
}

async fn scan_one(scene: &Scene, device: &str) -> ScannedDevice {
    let report = scene.app.scan(vec![device.to_owned()]).await.unwrap();
    assert_eq!(report.failed, 0, "{report:#?}");
    report.devices.into_iter().next().unwrap()
}

/// State, whether it is a leftover, and the actions in order.
fn judged(verdict: &ScanVerdict) -> (ScanState, bool, Vec<&'static str>) {
    let word = |one: &Recommendation| match one.action {
        ScanAction::Sync { .. } => "sync",
        ScanAction::Override { .. } => "override",
        ScanAction::Leave { .. } => "leave",
        ScanAction::CleanUp { .. } => "clean up",
        ScanAction::OpenDomain { .. } => "open",
    };
    let actions = verdict.advice.iter().map(word).collect();
    (verdict.state, verdict.leftover.is_some(), actions)
}

fn verdicts(device: &ScannedDevice) -> Vec<&ScanVerdict> {
    (device.vlans.iter().map(|row| &row.verdict))
        .chain(device.states.iter().map(|row| &row.verdict))
        .chain(device.domains.iter().map(|row| &row.verdict))
        .chain(device.others.iter().map(|row| &row.verdict))
        .collect()
}

async fn carry_out(scene: &Scene, action: &ScanAction) {
    let deploy = async |plan: PlanView| {
        assert!(!plan.devices.is_empty(), "{plan:#?}");
        let done = scene.deploy(&plan).await;
        assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    };
    match action.clone() {
        ScanAction::Sync { events } => {
            let synced = scene.app.drift_sync(events, None).await.unwrap();
            assert!(synced.failed.is_empty(), "{synced:#?}");
        }
        ScanAction::Override { events } => {
            deploy(scene.app.drift_override_plan(events, None).await.unwrap()).await;
        }
        ScanAction::CleanUp { device } => {
            deploy(scene.app.clean_up_plan(Some(vec![device])).await.unwrap()).await;
        }
        ScanAction::Leave { events } => scene.app.drift_leave(events, None).await.unwrap(),
        ScanAction::OpenDomain { domain } => {
            scene.app.domain_detail(domain).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_tells_row_by_row_and_what_it_recommends_brings_all_in_sync() {
    let scene = Scene::practice().await;
    let (device, _) = scene.attachment().await;
    let ends = ends(&scene, &device).await;
    let [
        (retagged_in, retagged),
        (lost_from, lost),
        (calm_domain, calm),
        ..,
    ] = ends.as_slice()
    else {
        panic!("{device} has too few ends: {ends:?}");
    };
    let offer = scene.app.ports_of(device.clone(), None).await.unwrap();
    let ready = offer
        .ports
        .into_iter()
        .find(|port| port.group == PortGroup::Ready);
    let free = ready.unwrap().port;

    // A leftover that the records know.
    let leftover = format!("{free}.3900");
    types(&scene, &device, &[format!("interfaces {leftover} vlan-id 3900")]);
    sync_devices(&scene, &[&device]).await;
    let start = scan_one(&scene, &device).await;
    assert_eq!(
        (
            start.asks,
            start.totals.differs,
            start.totals.not_in_records,
            start.totals.missing
        ),
        (0, 0, 0, 0),
        "{start:#?}"
    );

    // Another engineer is at work.
    let instance = |domain: &str| format!("network-services bridge-domain instance {domain}");
    let unknown = format!("{free}.3778");
    let typed = [
        format!("interfaces {retagged} vlan-id 3777"),
        format!("no {} interface {lost}", instance(lost_from)),
        format!("no interfaces {lost}"),
        format!("interfaces {unknown} l2-service enabled"),
        format!("interfaces {unknown} vlan-id 3778"),
        format!("{} interface {unknown}", instance(retagged_in)),
    ];
    types(&scene, &device, &typed);
    let held = scene.truth();
    let found = scan_one(&scene, &device).await;
    assert_eq!(scene.truth(), held, "a scan sends nothing");
    assert_eq!(found.record_read, start.record_read, "a scan changes no record");
    assert!(found.snapshot > start.snapshot);

    let vlan = |name: &str| found.vlans.iter().find(|row| row.interface == name).unwrap();
    let tags = |name: &str| {
        let row = vlan(name);
        let side = |one: &Option<bk_app::views::ScanAssignment>| {
            one.as_ref().map(|one| (one.tags.clone(), one.domains.clone()))
        };
        (side(&row.live), side(&row.expected))
    };
    let own = |vlan: &str, domain: &str| Some((vlan.to_owned(), vec![domain.to_owned()]));
    let recorded = tags(calm).1;
    assert_eq!(tags(calm).0, recorded);
    assert_eq!(judged(&vlan(calm).verdict), (ScanState::InSync, false, vec![]));

    let (live, expected) = tags(retagged);
    assert_eq!(live, own("3777", retagged_in));
    assert_ne!(live, expected);
    assert_eq!(
        judged(&vlan(retagged).verdict),
        (
            ScanState::Differs,
            false,
            vec!["override", "sync", "leave", "open"]
        )
    );

    assert_eq!(tags(&unknown), (own("3778", retagged_in), None));
    assert_eq!(
        judged(&vlan(&unknown).verdict),
        (
            ScanState::NotInRecords,
            false,
            vec!["sync", "override", "leave", "open"]
        )
    );

    let (live, expected) = tags(lost);
    assert_eq!((live, expected.is_some()), (None, true));
    assert_eq!(
        judged(&vlan(lost).verdict),
        (
            ScanState::Missing,
            false,
            vec!["override", "sync", "leave", "open"]
        )
    );

    let state = |name: &str| found.states.iter().find(|row| row.interface == name).unwrap();
    assert_eq!(
        judged(&state(&leftover).verdict),
        (ScanState::InSync, true, vec!["clean up"])
    );
    let row = state(&unknown);
    assert_eq!((row.l2_service, row.expected), (true, false));
    assert!(row.admin.is_some() && row.oper.is_some(), "{row:#?}");
    let row = state(lost);
    assert_eq!((row.l2_service, row.expected, &row.oper), (false, true, &None));
    assert_eq!(judged(&state(calm).verdict), (ScanState::InSync, false, vec![]));
    assert_eq!(
        judged(&state(retagged).verdict),
        (ScanState::InSync, false, vec![])
    );

    let domain = |name: &str| found.domains.iter().find(|row| row.name == name).unwrap();
    assert_eq!(domain(calm_domain).verdict.state, ScanState::InSync);
    assert_eq!(domain(retagged_in).verdict.state, ScanState::Differs);
    let row = domain(lost_from);
    let attachments = |side: Option<&bk_app::views::ScanInstance>| side.unwrap().attachments;
    assert_eq!(
        attachments(row.live.as_ref()) + 1,
        attachments(row.expected.as_ref()),
        "{row:#?}"
    );
    assert!(found.others.is_empty(), "{:#?}", found.others);
    assert_eq!(
        (
            found.totals.differs,
            found.totals.not_in_records,
            found.totals.missing,
            found.asks
        ),
        (3, 1, 1, 3),
        "{:#?}",
        found.totals
    );
    let off = verdicts(&found)
        .into_iter()
        .filter(|verdict| verdict.state != ScanState::InSync);
    assert!(off.into_iter().all(|verdict| !verdict.advice.is_empty()));

    // The events are those of a check.
    let open = scene.app.drift_list().await.unwrap().open;
    assert_eq!(open.len(), 3, "{open:#?}");
    assert!(open.iter().all(|row| row.source == "check"), "{open:#?}");

    // What is recommended first, interface by interface.
    let rows =
        (found.vlans.iter().map(|row| &row.verdict)).chain(found.states.iter().map(|row| &row.verdict));
    let mut actions: Vec<&ScanAction> = Vec::new();
    for first in rows.filter_map(|verdict| verdict.advice.first()) {
        if !actions.contains(&&first.action) {
            actions.push(&first.action);
        }
    }
    assert_eq!(actions.len(), 4, "{actions:#?}");
    for action in actions {
        carry_out(&scene, action).await;
    }
    let after = scan_one(&scene, &device).await;
    assert!(
        verdicts(&after)
            .iter()
            .all(|verdict| judged(verdict) == (ScanState::InSync, false, vec![])),
        "{after:#?}"
    );
    assert_eq!((after.totals.leftovers, after.asks), (0, 0));
    let lines = &scene.lines()[&device];
    let holds = |text: &str| lines.iter().any(|line| line.contains(text));
    assert!(holds(&unknown) && holds(lost.as_str()) && !holds(&leftover) && !holds("vlan-id 3777"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_of_several_tells_of_each_and_what_is_left_open_asks_for_nothing() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let map = scene.app.fabric_map().await.unwrap();
    let mut others = map.devices.iter().map(|node| &node.device);
    let silent = others.find(|name| **name != device).unwrap().clone();
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 3777")]);
    scene.fabric.set_reach(&silent, Reach::Refuses);
    let both = vec![silent.clone(), device.clone(), device.clone()];
    let scan = async || -> ScanReport { scene.app.scan(both.clone()).await.unwrap() };
    let of = |report: &ScanReport, name: &str| -> ScannedDevice {
        let mut devices = report.devices.iter();
        devices.find(|one| one.device == name).unwrap().clone()
    };

    let report = scan().await;
    assert_eq!((report.devices.len(), report.failed), (2, 1), "{report:#?}");
    let error = of(&report, &silent).error.unwrap();
    assert_eq!(error.code, "device-unreachable", "{error:?}");
    assert!(of(&report, &silent).vlans.is_empty(), "nothing is claimed of it");
    let found = of(&report, &device);
    assert_eq!(found.asks, 1);
    // All at once: the whole device is taken or put back.
    let actions: Vec<&ScanAction> = found.advice.iter().map(|one| &one.action).collect();
    let open = scene.app.drift_list().await.unwrap().open;
    let events = vec![open[0].id];
    assert_eq!(
        actions,
        [
            &ScanAction::Sync {
                events: events.clone()
            },
            &ScanAction::Override {
                events: events.clone()
            }
        ]
    );

    carry_out(&scene, &ScanAction::Leave { events }).await;
    let found = of(&scan().await, &device);
    let row = found.vlans.iter().find(|row| row.interface == interface).unwrap();
    assert_eq!((found.asks, row.verdict.state), (0, ScanState::Differs));
    assert!(row.verdict.left_open.is_some() && found.advice.is_empty());
    // It was a check, and is filed away as one.
    let run = scene.app.check_run(report.check).await.unwrap();
    assert_eq!((run.drift, run.not_checked), (1, 1), "{run:#?}");

    assert!(scene.app.scan(Vec::new()).await.is_err());
    assert!(scene.app.scan(vec!["LEAF-Z99".to_owned()]).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_several_devices_goes_on_without_one_that_does_not_answer() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let map = scene.app.fabric_map().await.unwrap();
    let names: Vec<&String> = map.devices.iter().map(|node| &node.device).collect();
    let mut others = names.into_iter().filter(|name| **name != device);
    let (silent, calm) = (others.next().unwrap().clone(), others.next().unwrap().clone());
    let port = interface.split('.').next().unwrap();
    let typed = [
        format!("interfaces {interface} vlan-id 3777"),
        format!("interfaces {port}.3999 vlan-id 3999"),
    ];
    types(&scene, &device, &typed);
    let theirs = scene.truth();
    scene.fabric.set_reach(&silent, Reach::Refuses);
    scene.events.lock().unwrap().clear();

    let report = sync_devices(&scene, &[&silent, &device, &calm]).await;
    assert_eq!(
        (report.added, report.updated, report.removed, report.failed),
        (1, 1, 0, 1),
        "{report:#?}"
    );
    let of = |name: &str| report.devices.iter().find(|one| one.device == name).unwrap();
    let error = of(&silent).error.clone().unwrap();
    assert_eq!(
        (error.code.as_str(), error.device.as_deref()),
        ("device-unreachable", Some(silent.as_str()))
    );
    assert!(of(&silent).read.is_none() && of(&silent).objects.is_empty());
    assert!(of(&calm).objects.is_empty() && of(&calm).unchanged > 0);
    assert_eq!(
        report.unchanged,
        of(&calm).unchanged + of(&device).unchanged,
        "nothing is said of what was not read"
    );
    assert!(
        report.sentence.contains("1 device not read"),
        "{}",
        report.sentence
    );
    assert_eq!(scene.truth(), theirs, "a sync sends nothing");
    assert!(scene.app.drift_list().await.unwrap().open.is_empty());

    // Progress was told device by device, and how it ended.
    let told: Vec<_> = (scene.events.lock().unwrap().iter())
        .filter_map(|event| match event {
            AppEvent::ActivityChanged(view) => Some(view.clone()),
            _ => None,
        })
        .collect();
    let done: Vec<u32> = told.iter().map(|view| view.done).collect();
    assert!(
        done.is_sorted() && (0..=3).all(|count| done.contains(&count)),
        "{done:?}"
    );
    let end = told.last().unwrap();
    assert_eq!((end.state, end.total), (ActivityState::Partial, 3), "{end:#?}");
    let failed: Vec<&str> = (end.devices.iter())
        .filter(|one| one.error.is_some())
        .map(|one| one.device.as_str())
        .collect();
    assert_eq!(failed, [silent.as_str()]);

    // The one that did not answer is read when it does.
    scene.fabric.set_reach(&silent, Reach::Up);
    let again = sync_devices(&scene, &[&silent]).await;
    assert_eq!((again.failed, again.added + again.updated), (0, 0), "{again:#?}");
    assert!(
        scene
            .app
            .domain_detail(DOMAIN.to_owned())
            .await
            .unwrap()
            .row
            .drift
            == 0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_the_known_interfaces_that_are_meant() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let preview = async |target: SyncTarget| scene.app.sync_preview(target).await;
    let interfaces = |pattern: &str, device: Option<&str>| SyncTarget::Interfaces {
        pattern: pattern.to_owned(),
        device: device.map(str::to_owned),
    };
    let one = preview(interfaces(&interface, Some(&device))).await.unwrap();
    let names: Vec<_> = (one.interfaces.iter())
        .map(|known| (known.device.as_str(), known.interface.as_str()))
        .collect();
    assert_eq!(
        (one.devices, one.total, names),
        (1, 1, vec![(device.as_str(), interface.as_str())])
    );

    // The same name may stand on other devices.
    let all = preview(interfaces("bundle-*", None)).await.unwrap();
    assert!(all.devices > 1 && all.total > 1 && all.total as usize >= all.interfaces.len());
    assert!(
        all.interfaces
            .iter()
            .all(|known| known.interface.starts_with("bundle-"))
    );

    let domain = SyncTarget::Domain {
        domain: DOMAIN.to_owned(),
    };
    let members = preview(domain).await.unwrap();
    let row = scene.app.domain_detail(DOMAIN.to_owned()).await.unwrap().row;
    assert_eq!(members.total, row.access + row.fabric);

    let none = preview(interfaces("ge999-*", None)).await.unwrap();
    assert_eq!((none.total, none.devices), (0, all.devices));
    assert!(preview(interfaces("ge?", None)).await.is_err());
}
