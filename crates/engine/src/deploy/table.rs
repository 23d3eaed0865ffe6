//! The transition table of one device: (direction, place, event) -> (place, order). Pure: no clock, no input, no output.
//!
//! The deployment around it ([`super::machine`]) lifts barriers and turns the direction; what a step found on the
//! device is judged before it comes here ([`super::judge`]).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rules::{CompleteRow, ResolveRow, WaitFor, complete, resolve};
use super::sight::{LinesSeen, Sight};
pub use super::steps::Sent;
use super::words::Step;

/// Which way the deployment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Towards the decision.
    Forward,
    /// Back to old: something failed or a person aborted before the decision record.
    Back,
    /// To new: the decision is recorded.
    Complete,
}

/// Where a device waits for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Barrier {
    /// Nothing has begun.
    Start,
    /// Preflight held.
    Preflighted,
    /// Lines, compare and commit check held; the candidate holds our lines.
    Prepared,
    /// Our commit is pending, proven.
    Armed,
    /// The checks held.
    Verified,
    /// The check before the record held.
    Ready,
}

/// A claim about a device, made once and then final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// Old, proven; or nothing was ever sent.
    Old,
    /// New, proven.
    New,
    /// Another holds one of our objects and part of our lines run.
    LiveTouched,
    /// Another holds one of our objects and none of our lines run, after the record.
    OldTouched,
    /// Our lines were applied again after the record and did not pass their checks: they run, unguarded.
    LiveUnchecked,
    /// As before, because what was applied again did not pass its checks and was not confirmed.
    OldUnchecked,
    /// The wait ended before the device could be proven: reported as what is known, and looked at again later.
    Open(WaitFor),
}

/// Where a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Waits for the others.
    At(Barrier),
    /// A step runs.
    Running(Step),
    /// Waits for the device or for time, then looks again.
    Pausing(WaitFor),
    /// Claimed.
    Claimed(Claim),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The barrier is lifted.
    Go,
    /// The step did what it should; its check holds.
    Passed,
    /// The device refused, or the check does not hold. The session lives.
    Failed,
    /// The step found that it must not begin: nothing was sent.
    Refrained,
    /// Too long ago: the laptop slept since the last look. Nothing was sent.
    Stale,
    /// The session ended inside the step: what was sent may have run, or may still run.
    Lost,
    /// No session could be opened.
    Unreachable,
    /// A look at the device.
    Saw(Sight),
    /// The deployment turned back.
    Abort,
    /// The decision is recorded.
    Recorded,
    /// The pause is over.
    Again,
    /// The pause lasted as long as it may.
    GiveUp,
}

/// What the driver has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Run the step and tell how it ended.
    Run(Step),
    /// Wait, then tell [`Event::Again`] or [`Event::GiveUp`].
    Pause(WaitFor),
    /// Report the device.
    Report(Claim),
}

/// A pair that the table does not list.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{event:?} can't happen to a device at {place:?} while the deployment goes {direction:?}")]
pub struct IllegalTransition {
    /// The direction.
    pub direction: Direction,
    /// The place.
    pub place: Place,
    /// The event.
    pub event: Event,
}

/// A device in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Track {
    /// Where it stands.
    pub place: Place,
    /// What was sent.
    pub sent: Sent,
    /// Whether the running forward step was already begun again after a lost session.
    pub retried: bool,
    /// Commands sent to resolve or complete; bounded, so that every run ends.
    pub commands: u8,
}

/// After this many resolving commands a device that never comes to rest is left to a person.
pub const MAX_COMMANDS: u8 = 24;

impl Track {
    /// A device to which nothing has happened.
    pub const NEW: Self = Self {
        place: Place::At(Barrier::Start),
        sent: Sent::Nothing,
        retried: false,
        commands: 0,
    };

    /// Tells whether the device is claimed.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        matches!(self.place, Place::Claimed(_))
    }

    /// The table.
    ///
    /// # Errors
    /// [`IllegalTransition`] for a pair that can't happen.
    pub fn next(
        self,
        direction: Direction,
        event: Event,
    ) -> Result<(Self, Option<Order>), IllegalTransition> {
        use Barrier as B;
        use Direction as D;
        use Event as E;
        use Place as P;
        use Step as S;
        let illegal = || IllegalTransition {
            direction,
            place: self.place,
            event,
        };
        match (direction, self.place, event) {
            // Forward: a step holds and the device waits for the others, or goes on.
            (D::Forward, P::At(B::Start), E::Go) => Ok(self.run(S::PreflightRead)),
            (D::Forward, P::Running(S::PreflightRead), E::Passed) => Ok(self.wait_at(B::Preflighted)),
            (D::Forward, P::At(B::Preflighted), E::Go) => Ok(self.run(S::PrepareLines)),
            (D::Forward, P::Running(S::PrepareLines), E::Passed) => Ok(self.wait_at(B::Prepared)),
            (D::Forward, P::At(B::Prepared), E::Go) => Ok(self.run(S::ArmRecheck)),
            (D::Forward, P::Running(S::ArmRecheck), E::Passed) => Ok(self.run(S::ArmCommit)),
            (D::Forward, P::Running(S::ArmCommit), E::Passed) => Ok(self.run(S::ArmProve)),
            (D::Forward, P::Running(S::ArmCommit), E::Stale) => Ok(self.run(S::ArmRecheck)),
            (D::Forward, P::Running(S::ArmProve), E::Passed) => Ok(self.wait_at(B::Armed)),
            (D::Forward, P::At(B::Armed), E::Go) => Ok(self.run(S::Verify)),
            (D::Forward, P::Running(S::Verify), E::Passed) => Ok(self.wait_at(B::Verified)),
            (D::Forward, P::At(B::Verified), E::Go) => Ok(self.run(S::DecideCheck)),
            (D::Forward, P::Running(S::DecideCheck), E::Passed) => Ok(self.wait_at(B::Ready)),
            (D::Forward, P::At(B::Ready), E::Stale) => Ok(self.run(S::DecideCheck)),
            // A look from which nothing was sent may be taken once more on a fresh session.
            (D::Forward, P::Running(step @ (S::Verify | S::DecideCheck)), E::Lost) if !self.retried => {
                Ok(Self {
                    retried: true,
                    ..self
                }
                .run(step))
            }
            // Anything else that ends a forward step turns the deployment, and this device, back.
            (
                D::Forward | D::Back,
                P::Running(step),
                end @ (E::Passed | E::Failed | E::Refrained | E::Stale | E::Lost | E::Unreachable),
            ) if step.is_forward() && self.can_end(direction, step, end) => Ok(self.turn_back(step, end)),
            (D::Back, P::At(barrier), E::Abort) => Ok(self.leave(barrier)),
            (D::Back, P::Running(step), E::Abort) if step.is_forward() => Ok((self, None)),

            // The record: from here every device is completed.
            (D::Complete, P::At(B::Ready), E::Recorded) => Ok(self.run(S::CompleteProbe)),

            // Looks of both directions.
            (D::Back, P::Running(S::ResolveProbe), E::Saw(sight)) => Ok(self.resolved(sight)),
            (D::Complete, P::Running(S::CompleteProbe | S::ConfirmProve), E::Saw(sight)) => {
                Ok(self.completed(sight))
            }
            (
                D::Back | D::Complete,
                P::Running(step @ (S::ResolveProbe | S::CompleteProbe | S::ConfirmProve)),
                E::Lost | E::Unreachable,
            ) if step.is_of(direction) => Ok(self.pause(WaitFor::Reach)),

            // Commands: whatever they answer, the device is looked at again; at once only when they did their work.
            (D::Back | D::Complete, P::Running(step), E::Passed | E::Stale)
                if is_command_of(step, direction) =>
            {
                Ok(self.look(direction, step))
            }
            (D::Back | D::Complete, P::Running(step), E::Failed | E::Refrained)
                if is_command_of(step, direction) =>
            {
                Ok(self.pause(WaitFor::Settled))
            }
            (D::Back | D::Complete, P::Running(step), E::Lost) if is_command_of(step, direction) => {
                Ok(self.pause(WaitFor::Reach))
            }
            // The checks of a re-apply send nothing; what they found is known at the next look.
            (D::Complete, P::Running(S::CompleteVerify), E::Passed | E::Failed) => {
                Ok(self.run(S::CompleteProbe))
            }
            (D::Complete, P::Running(S::CompleteVerify), E::Lost | E::Unreachable) => {
                Ok(self.pause(WaitFor::Reach))
            }
            // New was proven before; a last read that fails takes nothing away from it.
            (D::Complete, P::Running(S::SettleRead), E::Lost | E::Unreachable) => Ok(self.claim(Claim::New)),
            (D::Complete, P::Running(S::SettleRead), E::Saw(sight)) => Ok(self.claim(settled(sight))),
            (D::Back | D::Complete, P::Pausing(_), E::Again) => Ok(self.look(direction, S::ResolveProbe)),
            (D::Back | D::Complete, P::Pausing(wait), E::GiveUp) => Ok(self.claim(Claim::Open(wait))),
            // A claim is final; an abort that comes later changes nothing on it.
            (D::Back, P::Claimed(_), E::Abort) => Ok((self, None)),
            _ => Err(illegal()),
        }
    }

    /// Begins a device anew from its journal: what was sent decides where it stands.
    #[must_use]
    pub fn resume(direction: Direction, sent: Sent) -> (Self, Order) {
        let track = Self { sent, ..Self::NEW };
        let (track, order) = match (direction, sent) {
            (Direction::Complete, _) => track.run(Step::CompleteProbe),
            (Direction::Forward | Direction::Back, Sent::Nothing) => track.claim(Claim::Old),
            (Direction::Forward | Direction::Back, Sent::Lines | Sent::Commit) => {
                track.run(Step::ResolveProbe)
            }
        };
        (track, order.expect("run and claim give an order"))
    }

    fn can_end(self, direction: Direction, step: Step, end: Event) -> bool {
        match (direction, step, end) {
            (Direction::Back, ..) => end != Event::Refrained || step == Step::PrepareLines,
            (_, Step::ArmCommit, Event::Stale) => true,
            (_, Step::PrepareLines, Event::Refrained) => true,
            (_, _, Event::Failed | Event::Lost | Event::Unreachable) => true,
            _ => false,
        }
    }

    fn turn_back(self, step: Step, end: Event) -> (Self, Option<Order>) {
        match (self.sent, step, end) {
            (Sent::Nothing, ..) => self.claim(Claim::Old),
            (Sent::Lines, Step::PrepareLines, Event::Refrained) => Self {
                sent: Sent::Nothing,
                ..self
            }
            .claim(Claim::Old),
            // The session that holds our lines still answers: take them out there.
            (Sent::Lines, Step::PrepareLines | Step::ArmRecheck, Event::Passed | Event::Failed) => {
                self.run(Step::ResolveClean)
            }
            _ => self.run(Step::ResolveProbe),
        }
    }

    fn leave(self, barrier: Barrier) -> (Self, Option<Order>) {
        match (self.sent, barrier) {
            (Sent::Nothing, _) => self.claim(Claim::Old),
            (_, Barrier::Prepared) => self.run(Step::ResolveClean),
            _ => self.run(Step::ResolveProbe),
        }
    }

    fn resolved(self, sight: Sight) -> (Self, Option<Order>) {
        match resolve(sight) {
            ResolveRow::Wait(wait) => self.pause(wait),
            ResolveRow::Cancel => self.command(Step::ResolveCancel, sight),
            ResolveRow::Confirm => self.command(Step::ResolveConfirm, sight),
            ResolveRow::Reverse => self.command(Step::ResolveReverse, sight),
            ResolveRow::Clean => self.command(Step::ResolveClean, sight),
            ResolveRow::Old => self.claim(Claim::Old),
        }
    }

    fn completed(self, sight: Sight) -> (Self, Option<Order>) {
        match complete(sight) {
            CompleteRow::Wait(wait) => self.pause(wait),
            CompleteRow::Confirm => self.command(Step::Confirm, sight),
            CompleteRow::Reapply => self.command(Step::CompleteReapply, sight),
            CompleteRow::Clean => self.command(Step::CompleteClean, sight),
            CompleteRow::Verify => self.command(Step::CompleteVerify, sight),
            CompleteRow::New => self.run(Step::SettleRead),
            CompleteRow::Unchecked if sight.lines == LinesSeen::All => self.claim(Claim::LiveUnchecked),
            CompleteRow::Unchecked => self.claim(Claim::OldUnchecked),
            CompleteRow::LiveTouched => self.claim(Claim::LiveTouched),
            CompleteRow::OldTouched => self.claim(Claim::OldTouched),
        }
    }

    fn command(self, step: Step, sight: Sight) -> (Self, Option<Order>) {
        if self.commands >= MAX_COMMANDS {
            return self.pause(sight.stuck());
        }
        Self {
            commands: self.commands + 1,
            ..self
        }
        .run(step)
    }

    fn look(self, direction: Direction, after: Step) -> (Self, Option<Order>) {
        match direction {
            Direction::Complete if after == Step::Confirm => self.run(Step::ConfirmProve),
            Direction::Complete => self.run(Step::CompleteProbe),
            Direction::Forward | Direction::Back => self.run(Step::ResolveProbe),
        }
    }

    fn run(self, step: Step) -> (Self, Option<Order>) {
        let sent = self.sent.max(step.sends());
        (
            Self {
                place: Place::Running(step),
                sent,
                ..self
            },
            Some(Order::Run(step)),
        )
    }

    fn wait_at(self, barrier: Barrier) -> (Self, Option<Order>) {
        (
            Self {
                place: Place::At(barrier),
                retried: false,
                ..self
            },
            None,
        )
    }

    fn pause(self, wait: WaitFor) -> (Self, Option<Order>) {
        (
            Self {
                place: Place::Pausing(wait),
                ..self
            },
            Some(Order::Pause(wait)),
        )
    }

    fn claim(self, claim: Claim) -> (Self, Option<Order>) {
        (
            Self {
                place: Place::Claimed(claim),
                ..self
            },
            Some(Order::Report(claim)),
        )
    }
}

/// The claim after the last read: what a person changed since the proof is theirs and stays.
fn settled(sight: Sight) -> Claim {
    match sight.lines {
        LinesSeen::All => Claim::New,
        LinesSeen::Part => Claim::LiveTouched,
        LinesSeen::None => Claim::OldTouched,
    }
}

fn is_command_of(step: Step, direction: Direction) -> bool {
    step.is_command() && step.is_of(direction)
}
