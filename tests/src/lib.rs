//! Scenarios over the simulated fabric: the service in process, the fabric's own dump as the truth.

mod chance;
mod clock;
pub mod dialects;
mod drift;
mod ground;
mod sent;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bk_app::views::{
    ActivityState, ActivityView, DeployOptions, DeploymentDetail, DeploymentStatus, DraftOperation,
    DraftView, PlanView,
};
use bk_app::{App, AppEvent, AppOptions, PracticeLab as _, SecretStoreChoice};
use bk_engine::ports::Clock;
use bk_lab::device::DeviceDump;
use bk_lab::dialect::Dialect;
use bk_lab::serve::{Fabric, ServeOptions};
use bk_lab::spec::FabricSpec;
use bk_practice::LocalPracticeLab;
use tempfile::TempDir;
use tokio::sync::watch;

pub use chance::mix;
pub use clock::SetClock;
pub use drift::Lines;
use ground::Stays;
pub use ground::{Ground, copy};
pub use sent::{SentLines, forbidden, offences};

/// The service of the practice fabric that most scenarios edit: superspine, two spines, leaves under both.
pub const DOMAIN: &str = "g_kestrel_v251";

/// A service over a fabric of its own, in a data folder of its own.
pub struct Scene {
    /// The service.
    pub app: App,
    /// The fabric.
    pub fabric: Arc<Fabric>,
    /// Events that the service told.
    pub events: Arc<Mutex<Vec<AppEvent>>>,
    /// The clock of the service.
    pub clock: Arc<SetClock>,
    moved: watch::Receiver<u64>,
    lab: Arc<LocalPracticeLab>,
    folder: TempDir,
    _sent: SentLines,
}

/// What one device holds, in a form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Running configuration, flattened.
    pub flattened: String,
    /// Running configuration, indented.
    pub hierarchical: String,
    /// What stands in candidates.
    pub candidates: Vec<String>,
    /// Who has a commit pending.
    pub pending: bool,
    /// Number of rollback entries.
    pub rollbacks: usize,
}

impl Scene {
    /// Starts the practice fabric and discovers it.
    pub async fn practice() -> Self {
        Self::with(bk_lab::generate::practice(bk_practice::SEED), Dialect::default()).await
    }

    /// Starts any fabric and discovers it.
    pub async fn with(spec: FabricSpec, dialect: Dialect) -> Self {
        let scene = Self::undiscovered(spec, dialect).await;
        let begun = scene.app.start_practice_lab().await.expect("the scene works");
        let ended = scene.wait_for(begun).await;
        assert_eq!(ended.state, ActivityState::Done, "{ended:?}");
        scene
    }

    /// Starts any fabric; the service knows nothing of it yet.
    pub async fn undiscovered(spec: FabricSpec, dialect: Dialect) -> Self {
        let folder = tempfile::tempdir().expect("the scene works");
        let options = ServeOptions {
            seed: bk_practice::SEED,
            dialect,
            control: false,
            ..ServeOptions::default()
        };
        let lab = Arc::new(LocalPracticeLab::of(spec, options));
        lab.start().await.expect("the scene works");
        let fabric = lab.fabric().await.expect("the scene works");
        Self::over(folder, &lab, &fabric).await
    }

    /// A service on a data folder, over a fabric that runs.
    async fn over(folder: TempDir, lab: &Arc<LocalPracticeLab>, fabric: &Arc<Fabric>) -> Self {
        let clock = Arc::new(SetClock::default());
        let (app, events, moved) = open(&folder, lab, &clock).await;
        Self {
            clock,
            _sent: SentLines::of(fabric),
            app,
            fabric: Arc::clone(fabric),
            events,
            moved,
            lab: Arc::clone(lab),
            folder,
        }
    }

    /// Closes the service; the fabric runs on. Returns the data folder.
    pub async fn leave(self) -> TempDir {
        self.app.close().await;
        self.folder
    }

    /// The data folder of the service.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the service and opens the same data folder again, with the fabric as it is.
    pub async fn restart(&mut self) {
        self.app.close().await;
        let (app, events, moved) = open(&self.folder, &self.lab, &self.clock).await;
        (self.app, self.events, self.moved) = (app, events, moved);
    }

    /// Waits until an activity has ended.
    pub async fn wait_for(&self, begun: ActivityView) -> ActivityView {
        let mut moved = self.moved.clone();
        loop {
            moved.mark_unchanged();
            let now = self
                .app
                .activities()
                .await
                .expect("the scene works")
                .into_iter()
                .find(|view| view.id == begun.id)
                .expect("the scene works");
            if now.state != ActivityState::Running {
                return now;
            }
            moved.changed().await.expect("the scene works");
        }
    }

    /// Waits until something that the service tells makes `found` find what it looks for.
    pub async fn until<T>(&self, mut found: impl AsyncFnMut(&App) -> Option<T>) -> T {
        let mut moved = self.moved.clone();
        loop {
            moved.mark_unchanged();
            if let Some(found) = found(&self.app).await {
                return found;
            }
            moved.changed().await.expect("the scene works");
        }
    }

    /// Opens a draft and applies operations.
    pub async fn edit(
        &self,
        domain: &str,
        operations: impl IntoIterator<Item = DraftOperation>,
    ) -> DraftView {
        let mut view = self
            .app
            .draft_open(domain.to_owned())
            .await
            .expect("the scene works");
        for operation in operations {
            view = self
                .app
                .draft_apply(view.id, operation)
                .await
                .expect("the scene works");
        }
        view
    }

    /// Makes the plan of a draft.
    pub async fn plan(&self, draft: &DraftView) -> PlanView {
        match self.app.plan_make(draft.id.clone()).await {
            Ok(plan) => plan,
            Err(error) => panic!("{:?}\n{:?}", error.view(), draft.findings),
        }
    }

    /// Starts a plan and waits for its end.
    pub async fn deploy(&self, plan: &PlanView) -> DeploymentDetail {
        let options = DeployOptions {
            window_minutes: plan.window_minutes,
            policy: bk_app::views::Policy::AllOrNothing,
        };
        let begun = self
            .app
            .deployment_start(plan.hash.clone(), options)
            .await
            .expect("the scene works");
        self.until_ended(begun.row.id).await
    }

    /// Waits until a deployment no longer runs.
    pub async fn until_ended(&self, deployment: u32) -> DeploymentDetail {
        let mut moved = self.moved.clone();
        loop {
            moved.mark_unchanged();
            let detail = self
                .app
                .deployment_detail(deployment)
                .await
                .expect("the scene works");
            if detail.row.status != DeploymentStatus::Running {
                return detail;
            }
            moved.changed().await.expect("the scene works");
        }
    }

    /// Another engineer types lines on a device and commits; false if the device refuses, and then nothing is left in the
    /// candidate.
    #[must_use]
    pub fn another_commits(&self, device: &str, lines: &[String]) -> bool {
        const WHO: &str = "rowan";
        let typed: Vec<String> = lines
            .iter()
            .flat_map(|line| ["top", line.as_str()])
            .chain(["top", "commit"])
            .map(str::to_owned)
            .collect();
        let answers = self.fabric.foreign(device, WHO, &typed);
        let taken = answers
            .last()
            .is_some_and(|answer| answer.contains("Commit succeeded"));
        if !taken {
            self.fabric.foreign(device, WHO, &["rollback 0".to_owned()]);
        }
        taken
    }

    /// The truth about every device.
    #[must_use]
    pub fn truth(&self) -> BTreeMap<String, Truth> {
        self.fabric
            .dump()
            .into_iter()
            .map(|dump| (dump.name.clone(), truth(dump)))
            .collect()
    }

    /// A leaf outside a service with a free port.
    pub async fn free_port(&self, domain: &str) -> (String, String) {
        let members = self
            .app
            .domain_detail(domain.to_owned())
            .await
            .expect("the scene works")
            .row
            .devices;
        for node in self.app.fabric_map().await.expect("the scene works").devices {
            if node.tier != "leaf" || members.contains(&node.device) {
                continue;
            }
            let offer = self
                .app
                .ports_of(node.device.clone(), None)
                .await
                .expect("the scene works");
            if let Some(port) = offer
                .ports
                .into_iter()
                .find(|port| port.group == bk_app::views::PortGroup::Ready)
            {
                return (node.device, port.port);
            }
        }
        panic!("no leaf outside {domain} has a free port");
    }

    /// A VLAN that no service uses.
    pub async fn free_vlan(&self) -> u16 {
        let used: Vec<_> = self
            .app
            .domains_list()
            .await
            .expect("the scene works")
            .into_iter()
            .filter_map(|row| row.vlan)
            .collect();
        (2..4094)
            .rev()
            .find(|vlan| !used.contains(vlan))
            .expect("the scene works")
    }

    /// The three-tier edit: one more leaf, and another VLAN everywhere.
    pub async fn three_tier_plan(&self) -> PlanView {
        let (device, port) = self.free_port(DOMAIN).await;
        let vlan = self.free_vlan().await;
        let operations = [
            DraftOperation::ChangeServiceVlan { vlan },
            DraftOperation::AddAttachment {
                device,
                port,
                vlan: None,
            },
        ];
        let draft = self.edit(DOMAIN, operations).await;
        self.plan(&draft).await
    }
}

async fn open(
    folder: &TempDir,
    lab: &Arc<LocalPracticeLab>,
    clock: &Arc<SetClock>,
) -> (App, Arc<Mutex<Vec<AppEvent>>>, watch::Receiver<u64>) {
    let events: Arc<Mutex<Vec<AppEvent>>> = Arc::default();
    let (sender, moved) = watch::channel(0);
    let kept = Arc::clone(&events);
    let options = AppOptions {
        data_dir: folder.path().to_owned(),
        practice: Some(Arc::new(Stays(Arc::clone(lab)))),
        events: Arc::new(move |event| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            sender.send_modify(|count| *count += 1);
        }),
        secrets: SecretStoreChoice::SessionOnly,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
    };
    (App::open(options).await.expect("the scene works"), events, moved)
}

fn truth(dump: DeviceDump) -> Truth {
    Truth {
        flattened: dump.flattened,
        hierarchical: dump.hierarchical,
        candidates: dump
            .candidates
            .into_iter()
            .map(|candidate| candidate.compare)
            .collect(),
        pending: dump.pending.is_some(),
        rollbacks: dump.rollbacks.len(),
    }
}

/// Names of devices whose running configuration differs.
#[must_use]
pub fn changed(before: &BTreeMap<String, Truth>, after: &BTreeMap<String, Truth>) -> Vec<String> {
    before
        .iter()
        .filter(|(name, truth)| after[*name].flattened != truth.flattened)
        .map(|(name, _)| name.clone())
        .collect()
}
