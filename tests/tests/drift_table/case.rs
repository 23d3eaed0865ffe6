//! A case up to the choice: the edit, and another engineer at the moment at which one source sees it first.

use bk_app::views::{DeploymentDetail, DeploymentStatus, DraftOperation, DriftDecided, DriftRow};
use bk_engine::drift::{DriftKind, DriftSource};
use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use bk_tests::{DOMAIN, Ground, Lines, Scene};

use crate::rows::{Place, Work, work};

async fn place(scene: &Scene) -> (Place, Vec<DraftOperation>) {
    let (leaf, port) = scene.free_port(DOMAIN).await;
    let (device, second) = scene.port_inside().await;
    let detail = scene.app.domain_detail(DOMAIN.to_owned()).await.unwrap();
    let (holder, end) = scene.attachment().await;
    let place = Place {
        leaf: leaf.clone(),
        port: port.clone(),
        vlan: detail.row.vlan.unwrap(),
        inside: device.clone(),
        holder,
        end,
    };
    let add = |device, port| DraftOperation::AddAttachment {
        device,
        port,
        vlan: None,
    };
    (place, vec![add(leaf, port), add(device, second)])
}

/// What all cases of a kind start from, and what the fabric holds when nobody works in between.
pub(crate) struct Stage {
    ground: Ground,
    pub(crate) target: Lines,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        // Each session has a candidate of its own, as the vendor says: what another commits carries none of our lines.
        let dialect = Dialect::parse("candidate=session").unwrap();
        let ground = Ground::of(bk_lab::generate::practice(bk_practice::SEED), dialect).await;
        let scene = ground.scene().await;
        let (_, edit) = place(&scene).await;
        let plan = scene.plan(&scene.edit(DOMAIN, edit).await).await;
        let done = scene.deploy(&plan).await;
        assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
        let target = scene.lines();
        scene.leave().await;
        Self { ground, target }
    }
}

/// A case that has run up to the choice.
pub(crate) struct Case {
    pub(crate) scene: Scene,
    pub(crate) work: Work,
    /// Devices of the edit; no other is touched by anybody.
    devices: Vec<String>,
    pub(crate) start: Lines,
    /// The deployment, where one saw it.
    pub(crate) ended: Option<DeploymentDetail>,
    /// What the other engineer got in.
    pub(crate) taken: bool,
}

fn commits(work: &Work) -> Action {
    let typed = work.typed.iter().flat_map(|line| ["top", line.as_str()]);
    Action::Foreign {
        user: "rowan".to_owned(),
        lines: typed.chain(["top", "commit"]).map(str::to_owned).collect(),
    }
}

/// Lets the other engineer work at the moment at which the source sees it first.
pub(crate) async fn run(stage: &Stage, kind: DriftKind, source: DriftSource) -> Case {
    let scene = stage.ground.scene().await;
    let start = scene.lines();
    let (place, edit) = place(&scene).await;
    let work = work(kind, source, &place);
    let plan = scene.plan(&scene.edit(DOMAIN, edit).await).await;
    let begin = async || {
        let options = bk_app::views::DeployOptions {
            window_minutes: plan.window_minutes,
            policy: bk_app::views::Policy::AllOrNothing,
        };
        scene
            .app
            .deployment_start(plan.hash.clone(), options)
            .await
            .unwrap()
            .row
            .id
    };
    let inject = |on: &str, skip, action| {
        let fault = Fault {
            skip,
            ..Fault::on(on, Moment::BeforeLine, action)
        };
        scene.fabric.inject(&work.device, fault).unwrap();
    };
    let mut taken = true;
    let changed = plan.devices.iter().filter(|device| !device.forward.is_empty());
    let mut devices: Vec<String> = changed.map(|device| device.device.clone()).collect();
    if !devices.contains(&work.device) {
        devices.push(work.device.clone());
    }
    let mut deployment = None;
    match source {
        DriftSource::Preflight => {
            taken = scene.another_commits(&work.device, &work.typed);
            deployment = Some(begin().await);
        }
        DriftSource::CommitCheck => {
            inject("commit check", 0, commits(&work));
            deployment = Some(begin().await);
        }
        DriftSource::Commit => {
            inject("commit confirm", 0, commits(&work));
            deployment = Some(begin().await);
        }
        // The tables are read after the configuration, at preflight and again over what was committed.
        DriftSource::Verification => {
            inject("show lldp", 1, Action::Gate("verify".to_owned()));
            let id = begin().await;
            scene.fabric.gates().arrived("verify", 1).await;
            taken = scene.another_commits(&work.device, &work.typed);
            scene.fabric.gates().open("verify");
            deployment = Some(id);
        }
        // One refuses that is not committed together with the other, which has passed its own steps by then.
        DriftSource::DeploymentFailure => {
            let changed = || plan.devices.iter().filter(|device| !device.forward.is_empty());
            let own = changed().find(|device| device.device == work.device).unwrap();
            let before = changed().find(|device| device.group < own.group);
            let first = before.or_else(|| changed().find(|device| device.group > own.group));
            let first = first.unwrap();
            for action in [
                Action::Gate("refuse".to_owned()),
                Action::Refuse("ERROR: Not now.".to_owned()),
            ] {
                let fault = Fault::on("commit confirm", Moment::BeforeLine, action);
                scene.fabric.inject(&first.device, fault).unwrap();
            }
            let id = begin().await;
            scene.fabric.gates().arrived("refuse", 1).await;
            taken = scene.another_commits(&work.device, &work.typed);
            scene.fabric.gates().open("refuse");
            deployment = Some(id);
        }
        DriftSource::Discovery | DriftSource::Check | DriftSource::ScheduledCheck => {
            taken = scene.another_commits(&work.device, &work.typed);
            read(&scene, source, &devices).await;
        }
    }
    let ended = match deployment {
        Some(id) => Some(scene.until_ended(id).await),
        None => None,
    };
    Case {
        scene,
        work,
        devices,
        start,
        ended,
        taken,
    }
}

async fn read(scene: &Scene, source: DriftSource, devices: &[String]) {
    match source {
        DriftSource::Discovery => {
            let begun = scene.app.discovery_start(Some(devices.to_vec())).await.unwrap();
            scene.wait_for(begun).await;
        }
        DriftSource::ScheduledCheck => {
            let input = bk_app::views::ScheduleInput {
                name: "hourly".to_owned(),
                cron: "0 * * * *".to_owned(),
                zone: "Asia/Kolkata".to_owned(),
                scope: bk_app::views::CheckScope::Devices {
                    devices: devices.to_vec(),
                },
                jitter_seconds: 0,
                ..scene.app.schedule_blank()
            };
            let schedule = scene.app.schedule_save(input).await.unwrap();
            scene.clock.advance_to(&schedule.next.unwrap().at);
            assert_eq!(scene.app.checks_due().await.unwrap().len(), 1);
        }
        _ => {
            scene.check_drift(Some(devices.to_vec())).await;
        }
    }
}

fn words(source: DriftSource) -> String {
    match source {
        DriftSource::Discovery | DriftSource::Check | DriftSource::ScheduledCheck => source.to_string(),
        source => format!("deployment 1, {source}"),
    }
}

impl Case {
    pub(crate) async fn open(&self) -> Vec<DriftRow> {
        self.scene.app.drift_list().await.unwrap().open
    }

    pub(crate) async fn ids(&self) -> Vec<u32> {
        self.open().await.iter().map(|row| row.id).collect()
    }

    /// What the fabric holds with their lines on top.
    pub(crate) fn with_theirs(&self, mut lines: Lines) -> Lines {
        let device = lines.get_mut(&self.work.device).unwrap();
        for line in &self.work.typed {
            match line.strip_prefix("no ") {
                Some(gone) => device.retain(|line| line != gone && !line.starts_with(&format!("{gone} "))),
                None => {
                    let key = format!("{} ", line.rsplit_once(' ').unwrap().0);
                    device.retain(|line| !line.starts_with(&key));
                    device.insert(line.clone());
                }
            }
        }
        lines
    }

    /// The event is there, once, by its source, and all that is open is theirs.
    pub(crate) async fn judge_event(&self, kind: DriftKind, source: DriftSource) {
        let open = self.open().await;
        let of = |row: &&DriftRow| row.object == self.work.object;
        let found: Vec<&DriftRow> = open.iter().filter(of).collect();
        assert_eq!(
            found.len(),
            1,
            "{} of {open:#?}\n{:#?}",
            self.work.object,
            self.ended
        );
        assert_eq!(format!("{:?}", found[0].kind), format!("{kind:?}"));
        for row in &open {
            assert_eq!(
                (&row.device, &row.source),
                (&self.work.device, &words(source)),
                "{row:#?}"
            );
        }
        assert!(open.len() <= 2, "{open:#?}");
    }

    /// Nothing is open, and a check finds nothing either.
    pub(crate) async fn judge_records(&self) {
        let open = self.open().await;
        assert!(open.is_empty(), "{open:#?}");
        let inbox = self.scene.check_drift(Some(self.devices.clone())).await;
        assert!(inbox.open.is_empty(), "{:#?}", inbox.open);
    }

    pub(crate) fn offered(&self) -> Vec<&str> {
        let card = self.ended.as_ref().and_then(|ended| ended.card.as_ref());
        let choices = card.map(|card| card.choices.iter().map(|choice| choice.choice.as_str()));
        choices.map(Iterator::collect).unwrap_or_default()
    }

    /// Whether a deployment stands on it.
    pub(crate) fn stops(&self) -> bool {
        self.offered().contains(&"discover-and-sync")
    }

    pub(crate) async fn choose(&self, choice: &str) -> DeploymentDetail {
        let id = self.ended.as_ref().unwrap().row.id;
        let begun = self
            .scene
            .app
            .deployment_choose(id, choice.to_owned(), None)
            .await;
        let begun = begun.unwrap_or_else(|error| panic!("{choice}: {:?}", error.view()));
        self.scene.until_ended(begun.row.id).await
    }

    pub(crate) async fn decided(&self, choice: DriftDecided) {
        let decisions = self.scene.app.drift_decisions().await.unwrap();
        assert!(decisions.iter().any(|one| one.choice == choice), "{decisions:#?}");
    }
}
