//! A fabric, and a data folder that knows it: what every case of a worker starts from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use bk_app::views::{ActivityState, DraftOperation, SettingInput};
use bk_app::{PracticeError, PracticeInventory, PracticeLab};
use bk_lab::device::DeviceDump;
use bk_lab::dialect::Dialect;
use bk_lab::generate::practice;
use bk_lab::serve::{Fabric, FabricHandle, ServeOptions};
use bk_lab::tree::Defaults;
use bk_practice::inventory;
use tempfile::TempDir;

use crate::laptop::{Laptop, LaptopClock};

/// A service on two leaves of one row; an end in the other row touches four devices of three tiers.
pub(crate) const DOMAIN: &str = "g_birch_v104";
const LEAF: &str = "LEAF-B06";
const PORT: &str = "ge100-0/0/5";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "dnroot";
/// Our login on every device.
pub(crate) const OURS: &str = "dnroot";
/// The dialect in which all share one candidate.
pub(crate) const SHARED: &str = "candidate=device";
/// Confirm window of every case, in minutes.
pub(crate) const WINDOW: u16 = 5;

/// Lines of a configuration.
pub(crate) type Lines = BTreeSet<String>;

pub(crate) struct Rig {
    pub(crate) fabric: Arc<Fabric>,
    pub(crate) plan: String,
    /// Devices of the plan, in its order.
    pub(crate) devices: Vec<String>,
    /// What each device holds at the start.
    pub(crate) start: BTreeMap<String, Lines>,
    /// What our plan adds and removes on each device.
    pub(crate) added: BTreeMap<String, Lines>,
    pub(crate) removed: BTreeMap<String, Lines>,
    /// Fingerprints at the start.
    pub(crate) host_keys: BTreeMap<String, String>,
    /// Whether the table of outcomes speaks of its dialect, and then whether all share one candidate there.
    pub(crate) tabled: Option<bool>,
    /// Whether `admin-state` is printed where nobody typed it.
    fills_in: bool,
    template: TempDir,
    // Stops the fabric when the rig goes.
    _handle: FabricHandle,
}

impl Rig {
    /// Starts the practice fabric, discovers it and makes the plan.
    pub(crate) async fn start(dialect: Dialect) -> Self {
        let options = ServeOptions {
            dialect,
            control: false,
            ..ServeOptions::default()
        };
        let handle = Fabric::start(practice(bk_practice::SEED), options).await.unwrap();
        let fabric = handle.fabric();
        let template = tempfile::tempdir().unwrap();
        let lab = Arc::new(Given(Arc::clone(&fabric)));
        let clock = Arc::new(LaptopClock::new());
        let laptop = Laptop::open(template.path(), clock, Some(lab), PASSWORD).await;
        for (setting, value) in [
            ("promptQuiet", "5"),
            ("lookAgain", "200"),
            ("answerTimeout", "2"),
            ("commitTimeout", "3"),
            ("connectTimeout", "2"),
        ] {
            let input = SettingInput {
                setting: setting.to_owned(),
                value: value.to_owned(),
            };
            laptop
                .ask(async move |app| app.settings_set(input).await)
                .await
                .unwrap();
        }
        let begun = laptop
            .ask(async |app| app.start_practice_lab().await)
            .await
            .unwrap();
        laptop.until(begun.id, ActivityState::Done).await;
        let plan = laptop
            .ask(async |app| {
                let draft = app.draft_open(DOMAIN.to_owned()).await?;
                let end = DraftOperation::AddAttachment {
                    device: LEAF.to_owned(),
                    port: PORT.to_owned(),
                    vlan: None,
                };
                let draft = app.draft_apply(draft.id, end).await?;
                app.plan_make(draft.id).await
            })
            .await
            .unwrap();
        laptop.close().await;
        let devices: Vec<String> = plan
            .devices
            .iter()
            .filter(|device| !device.forward.is_empty())
            .map(|device| device.device.clone())
            .collect();
        let tiers: BTreeSet<&str> = devices.iter().map(|name| tier(name)).collect();
        assert_eq!((devices.len(), tiers.len()), (4, 3), "{devices:?}");
        let start = texts(&fabric.dump());
        let host_keys = fabric.inventory().into_iter();
        let host_keys = host_keys
            .map(|entry| (entry.name, entry.host_key_fingerprint))
            .collect();
        let mut rig = Self {
            plan: plan.hash,
            devices,
            start,
            added: BTreeMap::new(),
            removed: BTreeMap::new(),
            host_keys,
            fabric,
            tabled: [(Dialect::default(), false), (shared(), true)]
                .into_iter()
                .find_map(|(known, shares)| (known == dialect).then_some(shares)),
            fills_in: dialect.admin_state == Defaults::Filled,
            template,
            _handle: handle,
        };
        rig.learn(
            &plan
                .devices
                .iter()
                .map(|device| (device.device.clone(), device.forward.clone()))
                .collect(),
        );
        rig
    }

    /// Types the plan's lines on the devices and commits them, past the product: what then differs is what new means.
    fn learn(&mut self, forward: &BTreeMap<String, Vec<String>>) {
        for (device, lines) in forward.iter().filter(|(_, lines)| !lines.is_empty()) {
            let mut typed: Vec<String> = lines
                .iter()
                .flat_map(|line| ["top".to_owned(), line.clone()])
                .collect();
            typed.extend(["top".to_owned(), "commit".to_owned()]);
            let answers = self.fabric.foreign(device, OURS, &typed);
            let last = answers.last().unwrap();
            assert!(last.contains("Commit succeeded"), "{device}: {answers:?}");
        }
        let after = texts(&self.fabric.dump());
        for device in &self.devices {
            let (old, new) = (&self.start[device], &after[device]);
            // Where it is printed for every object, it tells of nobody who typed it.
            let tells = |line: &&String| !self.fills_in || !line.ends_with(" admin-state enabled");
            let added = new.difference(old).filter(tells).cloned().collect();
            self.added.insert(device.clone(), added);
            self.removed
                .insert(device.clone(), old.difference(new).cloned().collect());
        }
        self.fabric.reset();
    }

    /// A data folder as after discovery and planning.
    pub(crate) fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        bk_tests::copy(self.template.path(), folder.path());
        folder
    }

    /// The fingerprint of the key that a device shows now.
    pub(crate) fn host_key(&self, device: &str) -> String {
        let mut all = self.fabric.inventory().into_iter();
        let entry = all.find(|entry| entry.name == device).unwrap();
        entry.host_key_fingerprint
    }

    /// The truth about every device of the plan.
    pub(crate) fn dump(&self) -> BTreeMap<String, DeviceDump> {
        self.fabric
            .dump()
            .into_iter()
            .filter(|dump| self.devices.contains(&dump.name))
            .map(|dump| (dump.name.clone(), dump))
            .collect()
    }

    /// A line on something that the plan does not touch.
    pub(crate) fn elsewhere(&self, device: &str) -> String {
        let spec = Arc::clone(self.fabric.device(device).unwrap().spec());
        let described = |name: &str| format!("interfaces {name} description ");
        let is_bare = |name: &&str| {
            !self.start[device]
                .iter()
                .any(|line| line.starts_with(&described(name)))
        };
        let names: Vec<&str> = spec.ports.iter().map(|port| port.name.as_str()).collect();
        let port = names.iter().rev().copied().find(|name| is_bare(name)).unwrap();
        format!("{}theirs", described(port))
    }

    /// A line on an object of the plan, beside ours.
    pub(crate) fn beside_ours() -> String {
        format!("network-services bridge-domain instance {DOMAIN} description theirs")
    }

    /// A value of theirs where the plan puts one of ours.
    pub(crate) fn in_place_of_ours(&self, device: &str) -> String {
        let mut added = self.added[device].iter();
        let vlan = added.find_map(|line| line.split_once(" vlan-id ")).unwrap();
        format!("{} vlan-id 3999", vlan.0)
    }
}

/// The tier of a device, as the practice fabric names it.
fn tier(device: &str) -> &str {
    device.split_once('-').map_or(device, |(tier, _)| tier)
}

/// As captures show it, but with one candidate for all.
pub(crate) fn shared() -> Dialect {
    Dialect::parse(SHARED).unwrap()
}

/// Flattened lines of each device.
pub(crate) fn texts(dumps: &[DeviceDump]) -> BTreeMap<String, Lines> {
    dumps
        .iter()
        .map(|dump| (dump.name.clone(), lines(&dump.flattened)))
        .collect()
}

/// Lines of a flattened text. The mark of an entry without leaves comes and goes with its leaves, quotes and TPIDs that are
/// the default with the dialect.
pub(crate) fn lines(text: &str) -> Lines {
    let line = |line: &str| {
        let line = line.trim_end_matches(" ^").trim_end_matches(" tpid 0x8100");
        line.replace('"', "")
    };
    text.lines().map(line).collect()
}

/// The fabric behind the practice port.
struct Given(Arc<Fabric>);

#[async_trait]
impl PracticeLab for Given {
    async fn start(&self) -> Result<PracticeInventory, PracticeError> {
        Ok(inventory(&self.0))
    }

    async fn stop(&self) {}
}
