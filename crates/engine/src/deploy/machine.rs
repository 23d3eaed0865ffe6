//! The deployment around its devices: barriers, groups, the decision, the turn back. Pure, like the table.

use super::table::{Barrier, Direction, Event, IllegalTransition, Order, Place, Sent, Track};
use super::words::{Phase, Step};

/// What the driver tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Begin.
    Start,
    /// Something happened on a device.
    Device(usize, Event),
    /// The checks over all devices hold.
    FabricHolds,
    /// They don't.
    FabricFails,
    /// The decision record is durable.
    Recorded,
    /// The decision record is certainly not written.
    RecordFailed,
    /// The laptop slept between the checks and the record.
    Stale,
    /// A person aborts.
    Abort,
    /// A pending commit has less time left than the margin while others are still waited for.
    TimeShort,
}

/// What the driver has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An order of the table for one device.
    Device(usize, Order),
    /// A phase begins.
    Phase(Phase),
    /// Run the checks that need all devices.
    CheckFabric,
    /// Write the decision record.
    Record,
    /// Every device is claimed.
    End,
}

/// The state of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deployment {
    direction: Direction,
    phase: Phase,
    tracks: Vec<Track>,
    groups: Vec<u32>,
    /// Every device waits for an answer to `CheckFabric` or `Record`.
    asked: bool,
    undo_after: bool,
    ended: bool,
}

impl Deployment {
    /// A deployment over devices with these groups; a lower group is committed first.
    #[must_use]
    pub fn new(groups: Vec<u32>) -> Self {
        Self {
            direction: Direction::Forward,
            phase: Phase::Preflight,
            tracks: vec![Track::NEW; groups.len()],
            groups,
            asked: false,
            undo_after: false,
            ended: false,
        }
    }

    /// A deployment that its journal left open, with what was sent to each device or the claim that is final.
    ///
    /// Returns the orders with which it goes on.
    #[must_use]
    pub fn resumed(direction: Direction, known: &[Result<Place, Sent>]) -> (Self, Vec<Action>) {
        let mut actions = Vec::new();
        let mut tracks = Vec::new();
        for (index, known) in known.iter().enumerate() {
            tracks.push(match *known {
                Ok(place) => Track { place, ..Track::NEW },
                Err(sent) => {
                    let (track, order) = Track::resume(direction, sent);
                    actions.push(Action::Device(index, order));
                    track
                }
            });
        }
        let phase = if direction == Direction::Complete {
            Phase::Decide
        } else {
            Phase::Settle
        };
        let groups = vec![0; tracks.len()];
        let mut deployment = Self {
            direction,
            phase,
            tracks,
            groups,
            asked: false,
            undo_after: false,
            ended: false,
        };
        actions.extend(deployment.advance());
        (deployment, actions)
    }

    /// Returns which way it goes.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Returns the phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns the devices, in the order given.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Tells whether a person aborted after the record: finish, then roll back.
    #[must_use]
    pub fn undo_after(&self) -> bool {
        self.undo_after
    }

    /// Takes an input and returns what to do.
    ///
    /// # Errors
    /// [`IllegalTransition`] for a device event that the table does not list, or an answer to a question that was not
    /// asked.
    pub fn on(&mut self, input: Input) -> Result<Vec<Action>, IllegalTransition> {
        let mut actions = match input {
            Input::Start => self.enter(Phase::Preflight, Barrier::Start)?,
            Input::Device(index, event) => self.device(index, event)?,
            Input::FabricHolds => {
                self.answered(Barrier::Verified, Event::Passed)?;
                self.enter(Phase::Decide, Barrier::Verified)?
            }
            Input::FabricFails => {
                self.answered(Barrier::Verified, Event::Failed)?;
                self.turn_back()?
            }
            Input::Recorded => {
                self.answered(Barrier::Ready, Event::Recorded)?;
                self.direction = Direction::Complete;
                self.all(Event::Recorded)?
            }
            Input::RecordFailed => {
                self.answered(Barrier::Ready, Event::Failed)?;
                self.turn_back()?
            }
            Input::Stale => {
                self.answered(Barrier::Ready, Event::Stale)?;
                self.all(Event::Stale)?
            }
            Input::Abort => self.abort()?,
            Input::TimeShort if self.direction == Direction::Forward && !self.is_recording() => {
                self.turn_back()?
            }
            Input::TimeShort => Vec::new(),
        };
        actions.extend(self.advance_checked()?);
        Ok(actions)
    }

    fn device(&mut self, index: usize, event: Event) -> Result<Vec<Action>, IllegalTransition> {
        let (track, order) = self.tracks[index].next(self.direction, event)?;
        self.tracks[index] = track;
        let mut actions: Vec<Action> = order
            .map(|order| Action::Device(index, order))
            .into_iter()
            .collect();
        if self.direction == Direction::Forward && !is_forward(track.place) {
            self.direction = Direction::Back;
            actions.extend(self.abort_but(Some(index))?);
        }
        Ok(actions)
    }

    fn abort(&mut self) -> Result<Vec<Action>, IllegalTransition> {
        match self.direction {
            // The record may be durable already, so it counts as written until its answer is here.
            Direction::Forward if self.is_recording() => self.undo_after = true,
            Direction::Forward => return self.turn_back(),
            Direction::Complete => self.undo_after = true,
            Direction::Back => {}
        }
        Ok(Vec::new())
    }

    fn is_recording(&self) -> bool {
        self.asked && self.at(Barrier::Ready)
    }

    fn turn_back(&mut self) -> Result<Vec<Action>, IllegalTransition> {
        self.direction = Direction::Back;
        self.asked = false;
        self.undo_after = false;
        self.abort_but(None)
    }

    fn abort_but(&mut self, skip: Option<usize>) -> Result<Vec<Action>, IllegalTransition> {
        let mut actions = Vec::new();
        for index in (0..self.tracks.len()).filter(|index| Some(*index) != skip) {
            let (track, order) = self.tracks[index].next(self.direction, Event::Abort)?;
            self.tracks[index] = track;
            actions.extend(order.map(|order| Action::Device(index, order)));
        }
        Ok(actions)
    }

    fn advance_checked(&mut self) -> Result<Vec<Action>, IllegalTransition> {
        if self.direction != Direction::Forward || self.asked {
            return Ok(self.advance());
        }
        if self.at(Barrier::Preflighted) {
            return self.enter(Phase::Prepare, Barrier::Preflighted);
        }
        if self.at(Barrier::Armed) {
            return self.enter(Phase::Verify, Barrier::Armed);
        }
        if self.at(Barrier::Verified) {
            self.asked = true;
            return Ok(vec![Action::CheckFabric]);
        }
        if self.at(Barrier::Ready) {
            self.asked = true;
            return Ok(vec![Action::Record]);
        }
        self.arm_next_group()
    }

    /// Arms the lowest group that waits, once every group below it is armed.
    fn arm_next_group(&mut self) -> Result<Vec<Action>, IllegalTransition> {
        let arming = self
            .tracks
            .iter()
            .all(|track| matches!(track.place, Place::At(Barrier::Prepared | Barrier::Armed)));
        let waiting =
            |(track, group): (&Track, &u32)| (track.place == Place::At(Barrier::Prepared)).then_some(*group);
        let next = self.tracks.iter().zip(&self.groups).filter_map(waiting).min();
        let (true, Some(group)) = (arming, next) else {
            return Ok(Vec::new());
        };
        let mut actions = Vec::new();
        if self.phase != Phase::Arm {
            self.phase = Phase::Arm;
            actions.push(Action::Phase(Phase::Arm));
        }
        actions.extend(self.go(Barrier::Prepared, Some(group))?);
        Ok(actions)
    }

    /// What follows from the claims: the last phase and the end.
    fn advance(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        let settling = |track: &Track| track.is_claimed() || track.place == Place::Running(Step::SettleRead);
        if self.phase != Phase::Settle && self.tracks.iter().all(settling) {
            self.phase = Phase::Settle;
            actions.push(Action::Phase(Phase::Settle));
        }
        if !self.ended && self.tracks.iter().all(Track::is_claimed) {
            self.ended = true;
            actions.push(Action::End);
        }
        actions
    }

    fn enter(&mut self, phase: Phase, barrier: Barrier) -> Result<Vec<Action>, IllegalTransition> {
        self.phase = phase;
        let mut actions = vec![Action::Phase(phase)];
        actions.extend(self.go(barrier, None)?);
        Ok(actions)
    }

    fn go(&mut self, barrier: Barrier, group: Option<u32>) -> Result<Vec<Action>, IllegalTransition> {
        let mut actions = Vec::new();
        for index in 0..self.tracks.len() {
            let in_group = group.is_none_or(|group| self.groups[index] == group);
            if !in_group || self.tracks[index].place != Place::At(barrier) {
                continue;
            }
            let (track, order) = self.tracks[index].next(self.direction, Event::Go)?;
            self.tracks[index] = track;
            actions.extend(order.map(|order| Action::Device(index, order)));
        }
        Ok(actions)
    }

    fn all(&mut self, event: Event) -> Result<Vec<Action>, IllegalTransition> {
        let mut actions = Vec::new();
        for index in 0..self.tracks.len() {
            let (track, order) = self.tracks[index].next(self.direction, event)?;
            self.tracks[index] = track;
            actions.extend(order.map(|order| Action::Device(index, order)));
        }
        Ok(actions)
    }

    /// Takes the answer to `CheckFabric` or `Record`.
    fn answered(&mut self, barrier: Barrier, event: Event) -> Result<(), IllegalTransition> {
        if !(self.asked && self.direction == Direction::Forward && self.at(barrier)) {
            let place = self
                .tracks
                .first()
                .map_or(Place::At(barrier), |track| track.place);
            return Err(IllegalTransition {
                direction: self.direction,
                place,
                event,
            });
        }
        self.asked = false;
        Ok(())
    }

    fn at(&self, barrier: Barrier) -> bool {
        self.tracks.iter().all(|track| track.place == Place::At(barrier))
    }
}

fn is_forward(place: Place) -> bool {
    match place {
        Place::At(_) => true,
        Place::Running(step) => step.is_forward(),
        Place::Pausing(_) | Place::Claimed(_) => false,
    }
}
