//! Every state that a deployment over a few devices can come to, by every event at every point.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::rules::every_sight;
use crate::deploy::machine::{Action, Deployment, Input};
use crate::deploy::rules::{complete, resolve};
use crate::deploy::sight::Sight;
use crate::deploy::table::{Barrier, Claim, Direction, Event, Order, Place, Sent, Track};
use crate::deploy::{Phase, Step};

const STEPS: [Step; 20] = [
    Step::PreflightRead,
    Step::PrepareLines,
    Step::ArmRecheck,
    Step::ArmCommit,
    Step::ArmProve,
    Step::Verify,
    Step::DecideCheck,
    Step::Confirm,
    Step::ConfirmProve,
    Step::SettleRead,
    Step::ResolveProbe,
    Step::ResolveClean,
    Step::ResolveConfirm,
    Step::ResolveCancel,
    Step::ResolveReverse,
    Step::CompleteProbe,
    Step::CompleteReapply,
    Step::CompleteVerify,
    Step::CompleteClean,
    Step::Verify,
];

/// One sight for each pair of rows.
fn sights() -> Vec<Sight> {
    let mut seen = BTreeSet::new();
    every_sight()
        .filter(|sight| seen.insert(format!("{:?} {:?}", resolve(*sight), complete(*sight))))
        .collect()
}

fn events() -> Vec<Event> {
    let plain = [
        Event::Go,
        Event::Passed,
        Event::Failed,
        Event::Refrained,
        Event::Stale,
        Event::Lost,
        Event::Unreachable,
        Event::Abort,
        Event::Recorded,
        Event::Again,
        Event::GiveUp,
    ];
    plain
        .into_iter()
        .chain(sights().into_iter().map(Event::Saw))
        .collect()
}

/// Which events a place takes: the table, place by place, in words.
#[test]
fn the_table_takes_what_can_happen_and_nothing_else() {
    let ends = "Passed Failed Stale Lost Unreachable";
    let look = "Lost Unreachable Saw";
    let command = "Passed Failed Refrained Stale Lost";
    let check = |direction: Direction, place: Place, wanted: &str| {
        let track = Track {
            place,
            sent: Sent::Commit,
            ..Track::NEW
        };
        let mut taken = BTreeSet::new();
        for event in events() {
            if track.next(direction, event).is_ok() {
                let word = format!("{event:?}");
                taken.insert(word.split('(').next().unwrap_or_default().to_owned());
            }
        }
        let wanted: BTreeSet<String> = wanted.split_whitespace().map(str::to_owned).collect();
        assert_eq!(taken, wanted, "{direction:?} {place:?}");
    };
    for step in STEPS {
        let place = Place::Running(step);
        let forward = match step {
            Step::PrepareLines => "Passed Failed Refrained Lost Unreachable",
            Step::ArmCommit => ends,
            step if step.is_forward() => "Passed Failed Lost Unreachable",
            _ => "",
        };
        check(Direction::Forward, place, forward);
        let back = match step {
            Step::PrepareLines => "Passed Failed Refrained Stale Lost Unreachable Abort",
            step if step.is_forward() => "Passed Failed Stale Lost Unreachable Abort",
            Step::ResolveProbe => look,
            step if step.is_of(Direction::Back) => command,
            _ => "",
        };
        check(Direction::Back, place, back);
        let on = match step {
            Step::CompleteProbe | Step::ConfirmProve | Step::SettleRead => look,
            Step::CompleteVerify => "Passed Failed Lost Unreachable",
            step if step.is_of(Direction::Complete) => command,
            _ => "",
        };
        check(Direction::Complete, place, on);
    }
    for barrier in [
        Barrier::Start,
        Barrier::Preflighted,
        Barrier::Prepared,
        Barrier::Armed,
        Barrier::Verified,
    ] {
        check(Direction::Forward, Place::At(barrier), "Go");
        check(Direction::Back, Place::At(barrier), "Abort");
        check(Direction::Complete, Place::At(barrier), "");
    }
    check(Direction::Forward, Place::At(Barrier::Ready), "Stale");
    check(Direction::Complete, Place::At(Barrier::Ready), "Recorded");
    let pausing = Place::Pausing(crate::deploy::rules::WaitFor::Reach);
    check(Direction::Forward, pausing, "");
    check(Direction::Back, pausing, "Again GiveUp");
    check(Direction::Complete, pausing, "Again GiveUp");
    check(Direction::Forward, Place::Claimed(Claim::Old), "");
    check(Direction::Back, Place::Claimed(Claim::Old), "Abort");
    check(Direction::Complete, Place::Claimed(Claim::New), "");
}

/// What the driver still owes an answer to.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Node {
    deployment: Deployment,
    fabric: bool,
    record: bool,
}

struct Explored {
    edges: HashMap<usize, Vec<usize>>,
    ends: HashSet<usize>,
    states: usize,
}

/// Explores everything that can follow; checks each step on the way.
fn explore(groups: &[u32], sights: &[Sight]) -> Explored {
    let mut first = Deployment::new(groups.to_vec());
    let actions = first.on(Input::Start).unwrap();
    let start = after(
        Node {
            deployment: first,
            fabric: false,
            record: false,
        },
        &actions,
    );
    let mut numbers = HashMap::from([(start.clone(), 0_usize)]);
    let mut todo = vec![start];
    let mut edges: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut ends = HashSet::new();
    while let Some(node) = todo.pop() {
        let number = numbers[&node];
        if node.deployment.tracks().iter().all(Track::is_claimed) {
            ends.insert(number);
        }
        for input in inputs(&node, sights) {
            let mut next = node.clone();
            match input {
                Input::FabricHolds | Input::FabricFails => next.fabric = false,
                Input::Recorded | Input::RecordFailed | Input::Stale => next.record = false,
                Input::Start | Input::Device(..) | Input::Abort | Input::TimeShort => {}
            }
            let Ok(actions) = next.deployment.on(input) else {
                panic!("{input:?} is illegal at {:?}", node.deployment)
            };
            check_actions(&node.deployment, &next.deployment, groups, input, &actions);
            let next = after(next, &actions);
            let count = numbers.len();
            let to = *numbers.entry(next.clone()).or_insert_with(|| {
                todo.push(next);
                count
            });
            edges.entry(number).or_default().push(to);
        }
    }
    Explored {
        edges,
        ends,
        states: numbers.len(),
    }
}

fn after(node: Node, actions: &[Action]) -> Node {
    Node {
        fabric: node.fabric || actions.contains(&Action::CheckFabric),
        record: node.record || actions.contains(&Action::Record),
        ..node
    }
}

fn inputs(node: &Node, sights: &[Sight]) -> Vec<Input> {
    let mut inputs = Vec::new();
    // The driver answers these at once; only a person comes in between while the record is written.
    if node.fabric {
        return vec![Input::FabricHolds, Input::FabricFails];
    }
    if node.record {
        return vec![Input::Recorded, Input::RecordFailed, Input::Stale, Input::Abort];
    }
    inputs.extend([Input::Abort, Input::TimeShort]);
    for (index, track) in node.deployment.tracks().iter().enumerate() {
        let events: Vec<Event> = match track.place {
            Place::Running(_) => [
                Event::Passed,
                Event::Failed,
                Event::Refrained,
                Event::Stale,
                Event::Lost,
                Event::Unreachable,
            ]
            .into_iter()
            .chain(sights.iter().copied().map(Event::Saw))
            .filter(|event| track.next(node.deployment.direction(), *event).is_ok())
            .collect(),
            Place::Pausing(_) => vec![Event::Again, Event::GiveUp],
            Place::At(_) | Place::Claimed(_) => Vec::new(),
        };
        inputs.extend(events.into_iter().map(|event| Input::Device(index, event)));
    }
    inputs
}

fn check_actions(before: &Deployment, now: &Deployment, groups: &[u32], input: Input, actions: &[Action]) {
    let decided = now.direction() == Direction::Complete;
    assert!(
        before.direction() != Direction::Complete || decided,
        "a recorded decision stands"
    );
    assert!(
        before.direction() != Direction::Back || now.direction() == Direction::Back,
        "no way forward again"
    );
    for action in actions {
        match *action {
            Action::Device(index, Order::Run(step)) => {
                assert!(
                    step.is_of(now.direction()),
                    "{step:?} while it goes {:?}, by {input:?}",
                    now.direction()
                );
                if step == Step::ArmRecheck {
                    let below = now
                        .tracks()
                        .iter()
                        .zip(groups)
                        .filter(|(_, group)| **group < groups[index]);
                    let armed = below
                        .clone()
                        .all(|(track, _)| track.place == Place::At(Barrier::Armed));
                    assert!(armed, "group {} arms before those below it", groups[index]);
                }
            }
            Action::Record => {
                assert!(
                    now.tracks()
                        .iter()
                        .all(|track| track.place == Place::At(Barrier::Ready))
                );
            }
            Action::Device(index, Order::Report(Claim::Old)) => {
                assert!(!decided, "old is never the aim after the record");
                assert!(now.tracks()[index].is_claimed());
            }
            Action::Device(_, Order::Report(Claim::New)) => assert!(decided, "new needs the record"),
            Action::End => assert!(now.tracks().iter().all(Track::is_claimed)),
            Action::Phase(phase) => assert!(phase > before.phase() && phase != Phase::Preflight),
            Action::Device(..) | Action::CheckFabric => {}
        }
    }
}

#[test]
fn every_state_comes_to_an_end() {
    let sights = sights();
    let explored = explore(&[0], &sights);
    let mut reverse: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, tos) in &explored.edges {
        for to in tos {
            reverse.entry(*to).or_default().push(*from);
        }
    }
    let mut reached: HashSet<usize> = explored.ends.clone();
    let mut todo: Vec<usize> = reached.iter().copied().collect();
    while let Some(at) = todo.pop() {
        for from in reverse.get(&at).into_iter().flatten() {
            if reached.insert(*from) {
                todo.push(*from);
            }
        }
    }
    assert_eq!(reached.len(), explored.states, "some state never ends");
    assert!(explored.states > 500, "{}", explored.states);
}

#[test]
fn two_groups_keep_their_order_whatever_happens() {
    // Commands repeat a row; one sight per direction is enough to reach every place beside another device.
    let few: Vec<Sight> = sights()
        .into_iter()
        .filter(|sight| {
            matches!(
                resolve(*sight),
                crate::deploy::rules::ResolveRow::Old | crate::deploy::rules::ResolveRow::Wait(_)
            ) && matches!(
                complete(*sight),
                crate::deploy::rules::CompleteRow::Reapply | crate::deploy::rules::CompleteRow::Wait(_)
            )
        })
        .take(2)
        .collect();
    let explored = explore(&[0, 1], &few);
    assert!(explored.states > 500, "{}", explored.states);
}
