//! Random changes by another engineer: each is found on its exact object by the next check, and none is invented.
//!
//! `DRIFT_CHANGES=1000 cargo test -p bk-tests --test drift_random -- --nocapture` makes a thousand on a grown lab.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bk_app::views::ActivityState;
use bk_lab::dialect::Dialect;
use bk_lab::generate::{lab, practice};
use bk_tests::Scene;

const INSTANCE: &str = "network-services bridge-domain instance ";

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

/// What one device holds that can be changed.
#[derive(Default)]
struct Holds {
    /// Physical ports that are in no bundle and carry nothing themselves.
    ports: Vec<String>,
    /// Sub-interfaces with one tag, and the instance that they are in.
    ends: Vec<(String, String)>,
    instances: BTreeMap<String, Vec<String>>,
}

fn holds(flattened: &str) -> Holds {
    let mut found = Holds::default();
    let (mut tagged, mut busy, mut ports) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
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
            ["interfaces", name, "vlan-id", tag] if name.contains('.') && tag.parse::<u16>().is_ok() => {
                tagged.insert((*name).to_owned());
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
    found.ends = members
        .into_iter()
        .filter(|(member, _)| tagged.contains(member))
        .collect();
    found
}

/// The lines of one change, the object that it is about, and all objects that no other change may touch.
struct Change {
    typed: Vec<String>,
    object: String,
    claims: Vec<String>,
}

fn draw(dice: &mut Dice, number: usize, on: &Holds) -> Option<Change> {
    let tag = 2000 + number % 2000;
    let whole = |typed: Vec<String>, object: &str, claims: Vec<String>| {
        Some(Change {
            typed,
            object: object.to_owned(),
            claims,
        })
    };
    match dice.below(7) {
        0 => {
            let unit = format!("{}.{}", dice.pick(&on.ports)?, 50_000 + number);
            let typed = vec![
                format!("interfaces {unit} l2-service enabled"),
                format!("interfaces {unit} vlan-id {tag}"),
            ];
            whole(typed, &unit, vec![unit.clone()])
        }
        1 => {
            let (end, _) = dice.pick(&on.ends)?;
            whole(
                vec![format!("interfaces {end} vlan-id {tag}")],
                end,
                vec![end.clone()],
            )
        }
        2 => {
            let (end, instance) = dice.pick(&on.ends)?;
            let typed = vec![format!("no {INSTANCE}{instance} interface {end}")];
            whole(typed, end, vec![end.clone(), instance.clone()])
        }
        3 => {
            let instance = on.instances.keys().nth(dice.below(on.instances.len().max(1)))?;
            let typed = vec![format!("{INSTANCE}{instance} description \"change {number}\"")];
            whole(typed, instance, vec![instance.clone()])
        }
        4 => {
            let (end, _) = dice.pick(&on.ends)?;
            whole(
                vec![format!("interfaces {end} admin-state disabled")],
                end,
                vec![end.clone()],
            )
        }
        5 => {
            let name = format!("l_rowan_{number}");
            whole(
                vec![format!("{INSTANCE}{name} admin-state enabled")],
                &name,
                vec![name.clone()],
            )
        }
        _ => {
            let (instance, members) = on.instances.iter().nth(dice.below(on.instances.len().max(1)))?;
            let claims = members.iter().chain([instance]).cloned().collect();
            whole(vec![format!("no {INSTANCE}{instance}")], instance, claims)
        }
    }
}

async fn check_all(scene: &Scene) -> BTreeSet<(String, String)> {
    let begun = scene.app.drift_check_start(None).await.unwrap();
    let ended = scene.wait_for(begun).await;
    assert_eq!(ended.state, ActivityState::Done, "{ended:?}");
    let open = scene.app.drift_list().await.unwrap().open;
    open.into_iter().map(|row| (row.device, row.object)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_is_found_on_its_object_and_none_is_invented() {
    let wanted: usize = std::env::var("DRIFT_CHANGES").map_or(60, |text| text.parse().unwrap());
    let spec = if wanted > 200 { lab(7) } else { practice(7) };
    let scene = Scene::with(spec, Dialect::default()).await;
    assert_eq!(
        check_all(&scene).await,
        BTreeSet::new(),
        "nothing was changed yet"
    );

    let held: Vec<(String, Holds)> = scene
        .truth()
        .into_iter()
        .map(|(name, truth)| (name, holds(&truth.flattened)))
        .collect();
    let mut dice = Dice(7);
    let (mut claimed, mut made) = (BTreeSet::new(), BTreeSet::new());
    for number in 0..wanted * 4 {
        if made.len() == wanted {
            break;
        }
        let (device, on) = &held[dice.below(held.len())];
        let Some(change) = draw(&mut dice, number, on) else {
            continue;
        };
        let claim = |object: &String| (device.clone(), object.clone());
        if change
            .claims
            .iter()
            .any(|object| claimed.contains(&claim(object)))
        {
            continue;
        }
        if scene.another_commits(device, &change.typed) {
            claimed.extend(change.claims.iter().map(claim));
            made.insert((device.clone(), change.object));
        }
    }
    assert!(
        made.len() * 10 >= wanted * 8,
        "only {} of {wanted} were taken",
        made.len()
    );

    let began = Instant::now();
    let found = check_all(&scene).await;
    let right = found.intersection(&made).count();
    println!(
        "{} changes on {} devices: precision {:.4}, recall {:.4}, {:.0} ms a device",
        made.len(),
        held.len(),
        right as f64 / found.len() as f64,
        right as f64 / made.len() as f64,
        began.elapsed().as_secs_f64() * 1000.0 / held.len() as f64
    );
    let invented: Vec<_> = found.difference(&made).collect();
    let missed: Vec<_> = made.difference(&found).collect();
    assert!(
        invented.is_empty() && missed.is_empty(),
        "invented {invented:?}, missed {missed:?}"
    );
}
