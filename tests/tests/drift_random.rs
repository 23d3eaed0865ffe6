//! Random changes by another engineer: each is found on its exact object by the next check, and none is invented.
//!
//! `DRIFT_CHANGES=1000 cargo test -p bk-tests --test drift_random -- --nocapture` makes a thousand on a grown lab.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bk_app::views::{ActivityState, DriftKind};
use bk_lab::dialect::Dialect;
use bk_lab::generate::{lab, practice};
use bk_tests::Scene;

const INSTANCE: &str = "network-services bridge-domain instance ";
/// Draws for each wanted change, at most.
const DRAWS: usize = 50;

/// A generator whose numbers depend on nothing but the seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add(0x1405_7B7E_F767_814F);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        (!from.is_empty()).then(|| &from[self.below(from.len())])
    }
}

/// A sub-interface with one tag.
struct End {
    interface: String,
    tag: u16,
    /// The instance that it is in.
    instance: String,
}

/// What one device holds that can be changed.
#[derive(Default)]
struct Holds {
    /// Physical ports that are in no bundle and carry nothing themselves.
    ports: Vec<String>,
    ends: Vec<End>,
    instances: BTreeMap<String, Vec<String>>,
}

fn holds(flattened: &str) -> Holds {
    let mut found = Holds::default();
    let (mut tags, mut busy, mut ports) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    let mut members = Vec::new();
    for line in flattened.lines().map(|line| line.trim_end_matches(" ^")) {
        if let Some(rest) = line.strip_prefix(INSTANCE) {
            let words: Vec<&str> = rest.split(' ').collect();
            let instance = found.instances.entry(words[0].to_owned()).or_default();
            if let ["interface", member] = words[1..] {
                instance.push(member.to_owned());
                busy.insert(member.to_owned());
                members.push((member.to_owned(), words[0].to_owned()));
            }
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["interfaces", name, "vlan-id", tag] if name.contains('.') => {
                tags.extend(tag.parse::<u16>().map(|tag| ((*name).to_owned(), tag)));
            }
            ["interfaces", name, "bundle-id", ..] => {
                busy.insert((*name).to_owned());
            }
            ["interfaces", name, "admin-state", ..] if name.starts_with("ge") && !name.contains('.') => {
                ports.insert((*name).to_owned());
            }
            _ => {}
        }
    }
    found.ports = ports.into_iter().filter(|port| !busy.contains(port)).collect();
    let end = |(interface, instance): (String, String)| {
        let tag = *tags.get(&interface)?;
        Some(End {
            interface,
            tag,
            instance,
        })
    };
    found.ends = members.into_iter().filter_map(end).collect();
    found
}

/// The lines of one change, the objects that it is about, and all objects that no other change may touch.
struct Change {
    typed: Vec<String>,
    objects: Vec<String>,
    claims: Vec<String>,
    /// The object that takes a tag which by the records belongs to another.
    conflict: Option<String>,
}

impl Change {
    /// A change of one object.
    fn of(object: &str, typed: Vec<String>) -> Self {
        Self {
            typed,
            objects: vec![object.to_owned()],
            claims: vec![object.to_owned()],
            conflict: None,
        }
    }

    fn claiming(mut self, more: impl IntoIterator<Item = String>) -> Self {
        self.claims.extend(more);
        self
    }
}

fn unit(name: &str, tag: impl std::fmt::Display) -> Vec<String> {
    vec![
        format!("interfaces {name} l2-service enabled"),
        format!("interfaces {name} vlan-id {tag}"),
    ]
}

/// A new unit takes the tag of an end, which is another's by the records. On the device it is free by then: the end is gone,
/// or has a tag that no record knows.
fn take_tag(dice: &mut Dice, end: &End, name: String, tag: usize) -> Change {
    let (interface, instance) = (&end.interface, &end.instance);
    let mut typed = match dice.below(2) {
        0 => vec![
            format!("no {INSTANCE}{instance} interface {interface}"),
            format!("no interfaces {interface}"),
        ],
        _ => vec![format!("interfaces {interface} vlan-id {tag}")],
    };
    typed.extend(unit(&name, end.tag));
    let objects = vec![interface.clone(), name.clone()];
    Change {
        typed,
        claims: [objects.as_slice(), std::slice::from_ref(instance)].concat(),
        objects,
        conflict: Some(name),
    }
}

fn draw(dice: &mut Dice, number: usize, on: &Holds) -> Option<Change> {
    let tag = 2000 + number % 2000;
    Some(match dice.below(8) {
        0 => {
            let name = format!("{}.{}", dice.pick(&on.ports)?, 50_000 + number);
            Change::of(&name, unit(&name, tag))
        }
        1 => {
            let End { interface, .. } = dice.pick(&on.ends)?;
            Change::of(interface, vec![format!("interfaces {interface} vlan-id {tag}")])
        }
        2 => {
            let End {
                interface, instance, ..
            } = dice.pick(&on.ends)?;
            let typed = vec![format!("no {INSTANCE}{instance} interface {interface}")];
            Change::of(interface, typed).claiming([instance.clone()])
        }
        3 => {
            let instance = on.instances.keys().nth(dice.below(on.instances.len().max(1)))?;
            let typed = vec![format!("{INSTANCE}{instance} description \"change {number}\"")];
            Change::of(instance, typed)
        }
        4 => {
            let End { interface, .. } = dice.pick(&on.ends)?;
            Change::of(
                interface,
                vec![format!("interfaces {interface} admin-state disabled")],
            )
        }
        5 => {
            let name = format!("l_rowan_{number}");
            Change::of(&name, vec![format!("{INSTANCE}{name} admin-state enabled")])
        }
        6 => {
            let end = dice.pick(&on.ends)?;
            let (port, _) = end.interface.split_once('.')?;
            take_tag(dice, end, format!("{port}.{}", 50_000 + number), tag)
        }
        _ => {
            let (instance, members) = on.instances.iter().nth(dice.below(on.instances.len().max(1)))?;
            Change::of(instance, vec![format!("no {INSTANCE}{instance}")]).claiming(members.iter().cloned())
        }
    })
}

/// The objects with an open event.
type Found = BTreeMap<(String, String), DriftKind>;

async fn check_all(scene: &Scene) -> Found {
    let begun = scene.app.drift_check_start(None).await.unwrap();
    let ended = scene.wait_for(begun).await;
    assert_eq!(ended.state, ActivityState::Done, "{ended:?}");
    let open = scene.app.drift_list().await.unwrap().open.into_iter();
    open.map(|row| ((row.device, row.object), row.kind)).collect()
}

/// What was made: the objects that it is about, and those of them that take another's tag.
#[derive(Default)]
struct Made {
    changes: usize,
    objects: BTreeSet<(String, String)>,
    conflicts: BTreeSet<(String, String)>,
}

/// Makes exactly so many changes. One that the device refuses, or that would touch what another is about, is drawn anew.
fn make(scene: &Scene, held: &[(String, Holds)], wanted: usize) -> Made {
    let mut dice = Dice(7);
    let (mut claimed, mut made) = (BTreeSet::new(), Made::default());
    for _ in 0..wanted * DRAWS {
        if made.changes == wanted {
            break;
        }
        let (device, on) = &held[dice.below(held.len())];
        let Some(change) = draw(&mut dice, made.changes, on) else {
            continue;
        };
        let own = |object: &String| (device.clone(), object.clone());
        if change.claims.iter().any(|object| claimed.contains(&own(object))) {
            continue;
        }
        if scene.another_commits(device, &change.typed) {
            claimed.extend(change.claims.iter().map(own));
            made.objects.extend(change.objects.iter().map(own));
            made.conflicts.extend(change.conflict.iter().map(own));
            made.changes += 1;
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_is_found_on_its_object_and_none_is_invented() {
    let wanted: usize = std::env::var("DRIFT_CHANGES").map_or(60, |text| text.parse().unwrap());
    let spec = if wanted > 200 { lab(7) } else { practice(7) };
    let scene = Scene::with(spec, Dialect::default()).await;
    assert_eq!(check_all(&scene).await, Found::new(), "nothing was changed yet");

    let truth = scene.truth().into_iter();
    let held: Vec<(String, Holds)> = truth
        .map(|(name, truth)| (name, holds(&truth.flattened)))
        .collect();
    let made = make(&scene, &held, wanted);
    assert_eq!(made.changes, wanted, "the fabric has no room for more");
    assert!(!made.conflicts.is_empty(), "no change takes a tag of another");

    let began = Instant::now();
    let found = check_all(&scene).await;
    let objects: BTreeSet<_> = found.keys().cloned().collect();
    let right = objects.intersection(&made.objects).count();
    println!(
        "{} changes of {} objects on {} devices, {} conflicts: precision {:.4}, recall {:.4}, {:.0} ms a device",
        made.changes,
        made.objects.len(),
        held.len(),
        made.conflicts.len(),
        right as f64 / objects.len() as f64,
        right as f64 / made.objects.len() as f64,
        began.elapsed().as_secs_f64() * 1000.0 / held.len() as f64
    );
    let invented: Vec<_> = objects.difference(&made.objects).collect();
    let missed: Vec<_> = made.objects.difference(&objects).collect();
    assert!(
        invented.is_empty() && missed.is_empty(),
        "invented {invented:?}, missed {missed:?}"
    );
    for conflict in &made.conflicts {
        assert_eq!(found[conflict], DriftKind::VlanConflict, "{conflict:?}");
    }
}
