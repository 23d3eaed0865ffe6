//! Generated edits: planned by the product, typed into the shell of the simulated devices, taken back, typed again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bk_config::{CliLine, ConfigText, Tree};
use bk_engine::draft::{Draft, Edit};
use bk_engine::fabric::{DeviceRecord, build_fabric};
use bk_engine::plan::{Base, Plan, PlanError, make_plan};
use bk_lab::clock::{Clock, ClockMode};
use bk_lab::device::{Device, SessionId};
use bk_lab::dialect::Dialect;
use bk_lab::forwarding::FabricView;
use bk_lab::generate::practice;
use bk_lab::spec::DeviceSpec;
use bk_model::classify::{DnaasType, classify};
use bk_model::{DeviceName, Fabric, InterfaceName, VlanId};
use bk_store::{Store, StoreOptions};
use bk_tests::mix;
use chrono::{TimeZone, Utc};

/// What came of all edits.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    pub(crate) done: usize,
    pub(crate) lines: usize,
    pub(crate) refused: usize,
    pub(crate) nothing: usize,
    pub(crate) wrong: Vec<String>,
    pub(crate) took: Duration,
}

/// The records that a data folder holds.
pub(crate) async fn records(folder: &Path) -> Vec<DeviceRecord> {
    let folder = folder.to_owned();
    let store = Store::open(StoreOptions { folder }).await.unwrap();
    let mut records = Vec::new();
    for snapshot in store.snapshots().of_records().await.unwrap() {
        let text = store.snapshots().text(snapshot.id).await.unwrap();
        let facts = store.snapshots().facts(snapshot.id).await.unwrap();
        records.push(DeviceRecord {
            name: snapshot.device,
            tree: Tree::read(&text).0,
            facts: facts.unwrap_or_default(),
        });
    }
    store.close().await;
    records
}

/// The first so many edits that give a plan, with the plan's hash.
pub(crate) fn planned(records: &[DeviceRecord], wanted: usize, seed: u64) -> Vec<(Draft, String)> {
    let base = Known::of(records);
    let mut planned = Vec::new();
    for number in 1.. {
        let draft = base.draw(&mut Chance {
            seed,
            number,
            drawn: 0,
        });
        if let Ok(plan) = base.plan(&draft)
            && !plan.devices.is_empty()
        {
            planned.push((draft, plan.hash.to_hex()));
        }
        if planned.len() == wanted {
            break;
        }
    }
    planned
}

/// Checks so many edits, each on the fabric as it was at the start.
pub(crate) fn check(records: &[DeviceRecord], wanted: usize, seed: u64) -> Edits {
    let began = Instant::now();
    let base = Known::of(records);
    let mut boxes = Boxes::new();
    let mut edits = Edits::default();
    let mut number = 0_u64;
    while edits.done < wanted {
        number += 1;
        let mut chance = Chance {
            seed,
            number,
            drawn: 0,
        };
        let draft = base.draw(&mut chance);
        let words = || {
            let edits: Vec<String> = draft.edits().iter().map(ToString::to_string).collect();
            format!(
                "edit {number} of seed {seed}: {} of {}",
                edits.join(", "),
                draft.domain()
            )
        };
        let plan = match base.plan(&draft) {
            Ok(plan) => plan,
            Err(PlanError::Invalid { .. }) => {
                edits.refused += 1;
                continue;
            }
            Err(error) => {
                edits.wrong.push(format!("{}: {error}", words()));
                edits.done += 1;
                continue;
            }
        };
        if plan.devices.iter().all(|device| device.forward.is_empty()) {
            edits.nothing += 1;
            continue;
        }
        edits.done += 1;
        edits.lines += plan
            .devices
            .iter()
            .map(|device| device.forward.len() + device.reverse.len())
            .sum::<usize>();
        if let Err(why) = boxes.judge(&base, &draft, &plan) {
            edits.wrong.push(format!("{}: {why}", words()));
            boxes = Boxes::new();
        }
    }
    edits.took = began.elapsed();
    edits
}

/// The fabric as the product knows it.
struct Known {
    records: Vec<DeviceRecord>,
    fabric: Fabric,
    /// Places of the services that the product lets a person edit.
    editable: Vec<usize>,
    /// Leaf ports that may take an end.
    ports: Vec<(DeviceName, InterfaceName)>,
}

impl Known {
    fn of(records: &[DeviceRecord]) -> Self {
        let fabric = build_fabric(records).fabric;
        let ports = fabric
            .devices
            .values()
            .flat_map(|device| {
                device
                    .interfaces
                    .keys()
                    .map(|port| (device.name.clone(), port.clone()))
            })
            .filter(|(_, port)| !port.is_subinterface())
            .collect();
        let is_editable = |at: &usize| classify(&fabric.services[*at].attachments) == DnaasType::SingleTagged;
        Self {
            records: records.to_vec(),
            editable: (0..fabric.services.len()).filter(is_editable).collect(),
            fabric,
            ports,
        }
    }

    fn plan(&self, draft: &Draft) -> Result<Plan, PlanError> {
        let trees = self
            .records
            .iter()
            .map(|record| (record.name.clone(), &record.tree))
            .collect();
        make_plan(
            Base {
                fabric: &self.fabric,
                trees: &trees,
            },
            draft,
        )
    }

    /// One to four edits of a service.
    fn draw(&self, chance: &mut Chance) -> Draft {
        let service = &self.fabric.services[self.editable[chance.below(self.editable.len())]];
        let mut draft = Draft::new(service.name.clone());
        for _ in 0..=chance.below(4) {
            let edit = match chance.below(8) {
                0 => Edit::ChangeServiceVlan { vlan: chance.vlan() },
                1 | 2 if !service.attachments.is_empty() => {
                    let gone = &service.attachments[chance.below(service.attachments.len())];
                    Edit::RemoveAttachment {
                        device: gone.device.clone(),
                        interface: gone.interface.clone(),
                    }
                }
                _ => {
                    let (device, port) = self.ports[chance.below(self.ports.len())].clone();
                    let vlan = (chance.below(4) == 0).then(|| chance.vlan());
                    Edit::AddAttachment { device, port, vlan }
                }
            };
            draft.push(edit);
        }
        draft
    }
}

/// Numbers that are always the same for a seed and an edit.
struct Chance {
    seed: u64,
    number: u64,
    drawn: u64,
}

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.drawn += 1;
        let drawn = mix(self.seed, &format!("{} {}", self.number, self.drawn));
        usize::try_from(drawn >> 20).unwrap_or(0) % limit
    }

    fn vlan(&mut self) -> VlanId {
        let number = u32::try_from(self.below(4094)).unwrap() + 1;
        VlanId::try_from(number).unwrap()
    }
}

/// The simulated devices, each with one session in configuration mode.
struct Boxes {
    all: BTreeMap<String, (Device, SessionId)>,
}

impl FabricView for Boxes {
    fn running(&self, device: &str) -> Option<Arc<bk_lab::tree::Tree>> {
        self.all.get(device).map(|(device, _)| device.running())
    }

    fn spec(&self, device: &str) -> Option<Arc<DeviceSpec>> {
        self.all.get(device).map(|(device, _)| Arc::clone(device.spec()))
    }
}

impl Boxes {
    fn new() -> Self {
        let start = Utc.with_ymd_and_hms(2026, 3, 9, 17, 0, 0).unwrap();
        let clock = Arc::new(Clock::new(ClockMode::Manual { start }));
        let mut boxes = Self { all: BTreeMap::new() };
        for spec in practice(bk_practice::SEED).devices {
            let name = spec.name.clone();
            let device = Device::new(spec, Dialect::default(), Arc::clone(&clock));
            let id = device.open_session("dnroot", "192.0.2.10:50000").unwrap();
            boxes.all.insert(name, (device, id));
        }
        for name in boxes.all.keys().cloned().collect::<Vec<_>>() {
            boxes.say(&name, "configure");
        }
        boxes
    }

    fn say(&self, device: &str, line: &str) -> String {
        let (device, id) = &self.all[device];
        device.execute_to_end(*id, line, self).text
    }

    fn text(&self, device: &str) -> (String, String) {
        let (tree, style) = (self.all[device].0.running(), Dialect::default().print_style());
        (tree.flattened(style), tree.hierarchical(style))
    }

    /// Types lines, each from the root, and commits. What the commit says.
    fn apply(&self, device: &str, lines: &[CliLine]) -> Result<String, String> {
        for line in lines {
            self.say(device, "top");
            let said = self.say(device, line.as_str());
            if !said.is_empty() {
                return Err(format!("{device} answers {said:?} to {line}"));
            }
        }
        self.say(device, "top");
        Ok(self.say(device, "commit"))
    }

    /// Forward, again, and back.
    fn judge(&mut self, base: &Known, draft: &Draft, plan: &Plan) -> Result<(), String> {
        let mut before = BTreeMap::new();
        let mut after = base.records.clone();
        for step in &plan.devices {
            let name = step.device.as_str();
            before.insert(name, self.text(name));
            let said = self.apply(name, &step.forward)?;
            if !said.contains("Commit succeeded") {
                return Err(format!("{name} does not take the plan: {said}"));
            }
            let said = self.apply(name, &step.forward)?;
            if !said.contains("no configuration changes were made") {
                return Err(format!("{name}: the same lines again change something: {said}"));
            }
            let record = after
                .iter_mut()
                .find(|record| record.name == step.device)
                .unwrap();
            record.tree = Tree::read(&ConfigText::new(l2(&self.text(name).0)).unwrap()).0;
        }
        // Read again and planned again, the same edits send nothing.
        let sent = match Known::of(&after).plan(draft) {
            Ok(again) => again.devices.iter().map(|device| device.forward.len()).sum(),
            Err(PlanError::Invalid { .. }) => 0,
            Err(error) => return Err(error.to_string()),
        };
        if sent > 0 {
            return Err(format!("deployed once more it would send {sent} lines"));
        }
        for step in plan.devices.iter().rev() {
            let name = step.device.as_str();
            let said = self.apply(name, &step.reverse)?;
            if !said.contains("Commit succeeded") {
                return Err(format!("{name} does not take the reverse: {said}"));
            }
            if self.text(name) != before[name] {
                return Err(format!("{name}: the reverse does not give the same bytes"));
            }
        }
        Ok(())
    }
}

/// The part of a text that a discovery reads.
fn l2(text: &str) -> String {
    const READ: [&str; 4] = [
        "network-services bridge-domain",
        "interfaces",
        "protocols lacp",
        "protocols lldp",
    ];
    let read = |line: &&str| READ.iter().any(|part| line.starts_with(&format!("{part} ")));
    text.lines().filter(read).flat_map(|line| [line, "\n"]).collect()
}
