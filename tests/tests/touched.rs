//! Another engineer holds an object of a deployment that was decided: what a person takes on its card, judged by the fabric's
//! dump, the records, the journal and what became of the draft.
#![cfg(test)]

use bk_app::views::{
    DeploymentDetail, DeploymentStatus, DraftOperation, DraftView, DriftDecided, DriftDecisionView,
    PortGroup, PortRow,
};
use bk_engine::deploy::{DeploymentId, Outcome};
use bk_engine::ports::{Journal, JournalEvent};
use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use bk_store::{Store, StoreOptions};
use bk_tests::{DOMAIN, Ground, Scene};

const WHY: &str = "Their port by now";

/// How another came to hold the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touched {
    /// The timer ended before the confirming commit, and they took the place: nothing of ours runs there.
    InOurPlace,
    /// They changed what had just been confirmed: a part of ours runs there.
    AfterUs,
}

/// Two new ends of a service: on a device where nobody else is, and on one where another may be.
struct Ends {
    other: String,
    device: String,
    /// The new end on that device, and its port.
    interface: String,
    port: String,
    vlan: u16,
    draft: DraftView,
}

impl Ends {
    async fn drafted(scene: &Scene) -> Self {
        let (other, free) = scene.free_port(DOMAIN).await;
        let (device, port) = scene.port_inside().await;
        let vlan = scene.edit(DOMAIN, []).await.vlan.unwrap();
        // An end that names its VLAN can be planned while the service has two.
        let add = |device: &str, port: &str| DraftOperation::AddAttachment {
            device: device.to_owned(),
            port: port.to_owned(),
            vlan: Some(vlan),
        };
        let edit = [add(&other, &free), add(&device, &port)];
        let draft = scene.edit(DOMAIN, edit).await;
        let interface = format!("{port}.{vlan}");
        Self {
            other,
            device,
            interface,
            port,
            vlan,
            draft,
        }
    }
}

/// What the cases start from, and how many lines with the word `commit` the device receives before the one that confirms.
struct Stage {
    ground: Ground,
    before_confirm: u32,
}

impl Stage {
    async fn set() -> Self {
        let ground = Ground::of(bk_lab::generate::practice(bk_practice::SEED), Dialect::default()).await;
        let scene = ground.scene().await;
        let ends = Ends::drafted(&scene).await;
        let since = scene.fabric.received().last().map_or(0, |line| line.number + 1);
        let done = scene.deploy(&scene.plan(&ends.draft).await).await;
        assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
        let received = scene.fabric.received().into_iter();
        let own = received.filter(|line| line.number >= since && line.device == ends.device);
        let mut commits = own.filter(|line| line.line.contains("commit"));
        let before_confirm = commits.position(|line| line.line == "commit").unwrap();
        scene.leave().await;
        Self {
            ground,
            before_confirm: u32::try_from(before_confirm).unwrap(),
        }
    }
}

/// A deployment of two new ends, of which another holds one.
struct Case {
    scene: Scene,
    ends: Ends,
    ended: DeploymentDetail,
}

impl Case {
    async fn of(stage: &Stage, touched: Touched) -> Self {
        let scene = stage.ground.scene().await;
        let ends = Ends::drafted(&scene).await;
        let theirs = [
            "top".to_owned(),
            format!("interfaces {} vlan-id 3777", ends.interface),
            "top".to_owned(),
            "commit".to_owned(),
        ];
        let commits = Action::Foreign {
            user: "rowan".to_owned(),
            lines: theirs.to_vec(),
        };
        let confirming = |moment, action| Fault {
            skip: stage.before_confirm,
            ..Fault::on("commit", moment, action)
        };
        let faults = match touched {
            Touched::InOurPlace => vec![
                confirming(Moment::BeforeLine, Action::TimerEnds),
                confirming(Moment::BeforeLine, commits),
            ],
            Touched::AfterUs => vec![confirming(Moment::BeforeAnswer, commits)],
        };
        for fault in faults {
            scene.fabric.inject(&ends.device, fault).unwrap();
        }
        let ended = scene.deploy(&scene.plan(&ends.draft).await).await;
        assert_eq!(ended.row.status, DeploymentStatus::InDoubt, "{ended:#?}");
        Self { scene, ends, ended }
    }

    fn id(&self) -> u32 {
        self.ended.row.id
    }

    fn state_of(&self, device: &str) -> &str {
        let mut devices = self.ended.devices.iter();
        &devices.find(|one| one.device == device).unwrap().state
    }

    async fn detail(&self) -> DeploymentDetail {
        self.scene.app.deployment_detail(self.id()).await.unwrap()
    }

    async fn offered(&self) -> Vec<String> {
        let choices = self.detail().await.card.unwrap().choices.into_iter();
        choices.map(|view| view.choice).collect()
    }

    /// Takes a choice, and waits until the devices were read for it.
    async fn take(&self, choice: &str) -> DeploymentDetail {
        let app = &self.scene.app;
        let why = Some(WHY.to_owned());
        let taken = app.deployment_choose(self.id(), choice.to_owned(), why).await;
        let taken = taken.unwrap_or_else(|error| panic!("{choice}: {:?}", error.view()));
        let reading = app.activities().await.unwrap().remove(0);
        self.scene.wait_for(reading).await;
        taken
    }

    /// What the journal says of the end.
    async fn outcome(&self) -> Option<Outcome> {
        let folder = self.scene.data_dir().to_owned();
        let store = Store::open(StoreOptions { folder }).await.unwrap();
        let entries = store.journal().entries(&DeploymentId(self.id())).await.unwrap();
        match &entries.last().unwrap().event {
            JournalEvent::Ended { outcome } => Some(*outcome),
            _ => None,
        }
    }

    /// A free port of the device that is not that of the new end.
    async fn another_port(&self) -> String {
        let offer = self.scene.app.ports_of(self.ends.device.clone(), None).await;
        let mut ports = offer.unwrap().ports.into_iter();
        let is_meant = |port: &PortRow| port.group == PortGroup::Ready && port.port != self.ends.port;
        ports.find(is_meant).unwrap().port
    }

    async fn drafts(&self) -> Vec<DraftView> {
        let mut drafts = Vec::new();
        for row in self.scene.app.drafts_list().await.unwrap() {
            drafts.push(self.scene.app.draft_get(row.id).await.unwrap());
        }
        drafts
    }
}

/// Takes a choice and judges all that it may touch. Returns the case for what comes after.
async fn check(stage: &Stage, touched: Touched, choice: &str) -> Case {
    let case = Case::of(stage, touched).await;
    let state = match touched {
        Touched::InOurPlace => "old",
        Touched::AfterUs => "live-without-timer",
    };
    assert_eq!(case.state_of(&case.ends.device), state, "{:#?}", case.ended);
    assert_eq!(case.state_of(&case.ends.other), "new", "{:#?}", case.ended);
    assert_eq!(
        case.offered().await,
        ["recover", "recover-then-undo", "keep-theirs", "plan-anew"]
    );
    assert_eq!(case.outcome().await, None);
    let theirs = case.scene.lines();
    let tag = format!("interfaces {} vlan-id 3777", case.ends.interface);
    assert!(theirs[&case.ends.device].contains(&tag));

    let closed = case.take(choice).await;
    assert_eq!(closed.row.status, DeploymentStatus::InDoubt, "{closed:#?}");
    assert!(closed.card.is_none(), "{closed:#?}");
    assert!(
        closed.row.sentence.starts_with("Closed as it is: "),
        "{:?}",
        closed.row
    );
    assert_eq!(case.outcome().await, Some(Outcome::InDoubt));
    assert!(
        case.scene
            .app
            .app_status()
            .await
            .unwrap()
            .open_deployments
            .is_empty()
    );
    assert_eq!(case.scene.lines(), theirs, "nothing is sent");

    // What is there is the record: what was read for the choice, and what is read after it.
    let inbox = case.scene.check_drift(None).await;
    assert!(inbox.open.is_empty(), "{inbox:#?}");
    let told = |one: DriftDecisionView| (one.choice, one.object, one.why, one.deployment);
    let decisions = case
        .scene
        .app
        .drift_decisions()
        .await
        .unwrap()
        .into_iter()
        .map(told);
    let decided = (
        DriftDecided::Sync,
        case.ends.interface.clone(),
        WHY.to_owned(),
        Some(case.id()),
    );
    assert!(decisions.collect::<Vec<_>>().contains(&decided));

    // It can be taken once.
    let again = case
        .scene
        .app
        .deployment_choose(case.id(), choice.to_owned(), None)
        .await;
    assert_eq!(again.unwrap_err().view().code, "not-offered");
    case
}

async fn check_keep_theirs(stage: &Stage, touched: Touched) {
    let case = check(stage, touched, "keep-theirs").await;
    assert!(case.drafts().await.is_empty(), "the draft has ended");
    case.scene.leave().await;
}

async fn check_plan_anew(stage: &Stage, touched: Touched) {
    let case = check(stage, touched, "plan-anew").await;
    let drafts = case.drafts().await;
    let [draft] = drafts.as_slice() else {
        panic!("{drafts:#?}");
    };
    assert_eq!(draft.id, case.ends.draft.id);
    // What is deployed is done. What is not is still wanted, and judged on what is there now.
    let ends = &case.ends;
    assert!(ends.draft.changes.iter().any(|one| one.device == ends.other));
    assert!(
        draft.changes.iter().all(|one| one.device != ends.other),
        "{draft:#?}"
    );
    let [finding] = draft.findings.as_slice() else {
        panic!("{draft:#?}");
    };
    let code = match touched {
        Touched::InOurPlace => "unit-taken",
        Touched::AfterUs => "already-attached",
    };
    assert_eq!(
        (finding.code.as_str(), finding.object.as_ref()),
        (code, Some(&ends.interface))
    );
    assert!(!draft.can_plan);

    // A person plans around theirs, or over it: then with a new draft, because the end is one of the service's already.
    let remove = DraftOperation::RemoveAttachment {
        device: ends.device.clone(),
        interface: ends.interface.clone(),
    };
    let port = match touched {
        Touched::InOurPlace => case.another_port().await,
        Touched::AfterUs => {
            case.scene.app.draft_discard(draft.id.clone()).await.unwrap();
            ends.port.clone()
        }
    };
    let add = DraftOperation::AddAttachment {
        device: ends.device.clone(),
        port: port.clone(),
        vlan: Some(ends.vlan),
    };
    let draft = case.scene.edit(DOMAIN, [remove, add]).await;
    let done = case.scene.deploy(&case.scene.plan(&draft).await).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let lines = &case.scene.lines()[&ends.device];
    let tag = |port: &str, tag: u16| format!("interfaces {port}.{} vlan-id {tag}", ends.vlan);
    assert!(lines.contains(&tag(&port, ends.vlan)));
    assert_eq!(
        lines.contains(&tag(&ends.port, 3777)),
        touched == Touched::InOurPlace
    );
    assert!(case.drafts().await.is_empty());
    assert!(case.scene.check_drift(None).await.open.is_empty());
    case.scene.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_they_took_our_place() {
    let stage = Stage::set().await;
    check_keep_theirs(&stage, Touched::InOurPlace).await;
    check_plan_anew(&stage, Touched::InOurPlace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_they_came_after_us() {
    let stage = Stage::set().await;
    check_keep_theirs(&stage, Touched::AfterUs).await;
    check_plan_anew(&stage, Touched::AfterUs).await;
}
