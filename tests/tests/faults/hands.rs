//! What the harness does to a case from outside: faults, another engineer, time, and the end of all trouble.

use std::time::Duration;

use bk_app::views::{DeploymentDetail, DeploymentStatus};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use chrono::TimeDelta;

use crate::cases::Way;
use crate::judge::TheirLine;
use crate::laptop::Laptop;
use crate::rig::{Rig, WINDOW};
use crate::run::{Gone, LONGEST, Run, STILL};
use crate::trouble::{CROWD, STRANGER, Trouble};

impl Run<'_> {
    pub(crate) fn gate(&self) -> String {
        "case".to_owned()
    }

    pub(crate) fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.verdict.wrong.push(otherwise.to_owned());
        }
    }

    /// Faults that lead to the way on which the case lies.
    pub(crate) fn prelude(&self) {
        let last = self.rig.devices.last().unwrap();
        let refuse = || Action::Refuse("ERROR: Not now.".to_owned());
        match self.case.way {
            Way::Straight => {}
            Way::Refused => self.on(last, Fault::on("commit check", Moment::BeforeLine, refuse())),
            Way::TurnedBack => self.on(last, Fault::on("commit confirm", Moment::BeforeLine, refuse())),
            Way::Expired { line } => {
                self.on(last, Fault::on_line(line, Moment::BeforeLine, Action::TimerEnds));
            }
            Way::OnTop { line } => {
                let lines = vec![self.rig.elsewhere(last), "commit".to_owned()];
                let user = STRANGER.to_owned();
                self.on(
                    last,
                    Fault::on_line(line, Moment::BeforeLine, Action::Foreign { user, lines }),
                );
            }
        }
    }

    pub(crate) fn on(&self, device: &str, fault: Fault) {
        self.rig.fabric.inject(device, fault).unwrap();
    }

    pub(crate) fn inject(&self) {
        let (Some(trouble), device) = (self.case.trouble, self.device()) else {
            return;
        };
        let late = self.case.bits & 1 != 0;
        let mut actions = trouble.actions(device, self.case.moment, late);
        if trouble.is_gated() {
            actions.insert(0, Action::Gate(self.gate()));
        }
        for action in actions {
            self.on(device, Fault::on_line(self.case.line, self.case.moment, action));
        }
    }

    pub(crate) fn device(&self) -> &str {
        &self.rig.devices[self.case.device]
    }

    /// Waits for the gate of the case, or until nothing goes on any more.
    pub(crate) async fn first(&self, laptop: &Laptop, deployment: u32) -> Option<DeploymentDetail> {
        if !self.case.trouble.is_some_and(Trouble::is_gated) {
            return laptop.ended_or_waits(deployment, STILL).await;
        }
        let gate = self.gate();
        tokio::select! {
            () = self.rig.fabric.gates().arrived(&gate, 1) => None,
            ended = laptop.ended(deployment, LONGEST) => ended,
        }
    }

    /// What happens while a line stands at the gate; tells whether the laptop is to die.
    pub(crate) async fn at_gate(
        &mut self,
        laptop: &Laptop,
        deployment: u32,
        first: &mut Option<DeploymentDetail>,
    ) -> Option<Gone> {
        let trouble = self
            .case
            .trouble
            .filter(|trouble| trouble.is_gated() && first.is_none())?;
        let device = self.device().to_owned();
        let window = TimeDelta::minutes(i64::from(WINDOW));
        let fabric = &self.rig.fabric;
        match trouble {
            Trouble::Crash => return Some(Gone),
            Trouble::TimerEnds => fabric.advance(window + TimeDelta::seconds(30)),
            Trouble::TimeShort => fabric.advance(window - TimeDelta::seconds(40)),
            Trouble::ClockBack => fabric.advance(TimeDelta::minutes(-61)),
            Trouble::Sleep => {
                fabric.advance(TimeDelta::minutes(15));
                self.clock.advance(Duration::from_secs(15 * 60));
            }
            Trouble::Abort => {
                // It may be past the point where it can be aborted; the report then says what came of it.
                laptop.choose(deployment, "abort").await;
            }
            trouble => self.foreign(&device, trouble),
        }
        self.rig.fabric.gates().open(&self.gate());
        *first = laptop.ended_or_waits(deployment, STILL).await;
        None
    }

    /// Another engineer types.
    pub(crate) fn foreign(&mut self, device: &str, trouble: Trouble) {
        let elsewhere = self.rig.elsewhere(device);
        let ours = match self.case.takes_our_place() {
            true => self.rig.in_place_of_ours(device),
            false => Rig::beside_ours(),
        };
        let typed: Vec<String> = match trouble {
            Trouble::ForeignLine => vec![elsewhere],
            Trouble::ForeignLineOnOurs => vec![ours],
            Trouble::ForeignCommit => vec![elsewhere, "commit".to_owned()],
            Trouble::ForeignCommitOnOurs => vec![ours, "commit".to_owned()],
            Trouble::ForeignEmptyCommit => vec!["commit".to_owned()],
            Trouble::ForeignCommitConfirm => vec![elsewhere, "commit confirm 5".to_owned()],
            _ => vec!["rollback 0".to_owned()],
        };
        let answers = self.rig.fabric.foreign(device, STRANGER, &typed);
        let committed = answers
            .last()
            .is_some_and(|answer| answer.contains("Commit succeeded"));
        self.happened = committed || typed.last().is_some_and(|line| !line.starts_with("commit"));
        let stays = match trouble {
            Trouble::ForeignCommit | Trouble::ForeignCommitOnOurs => committed,
            Trouble::ForeignLine | Trouble::ForeignLineOnOurs => answers.iter().all(String::is_empty),
            _ => false,
        };
        if stays {
            let line = typed[0].clone();
            let theirs = self.theirs.entry(device.to_owned()).or_default();
            theirs.push(TheirLine { line, committed });
        }
    }

    pub(crate) fn let_timers_end(&mut self, by: TimeDelta) {
        self.timers_ended = true;
        self.rig.fabric.advance(by);
    }

    /// The engine waits for a device. What is shown meanwhile is judged; then it is waited out, or the device comes back.
    pub(crate) async fn stands_still(
        &mut self,
        laptop: &Laptop,
        deployment: u32,
        shown: &mut Vec<String>,
    ) -> DeploymentDetail {
        let detail = laptop.detail(deployment).await;
        if detail.row.status != DeploymentStatus::Running {
            return detail;
        }
        self.judge(laptop, &detail, false).await;
        shown.push("waits".to_owned());
        if self.case.bits & 4 == 0 {
            // Longer than the window: it is given up, and every device is reported.
            self.clock
                .advance(Duration::from_secs(60 * (u64::from(WINDOW) + 5)));
        } else {
            self.repair(laptop).await;
            if self.case.bits & 2 != 0 {
                self.let_timers_end(TimeDelta::minutes(i64::from(WINDOW) + 2));
            }
        }
        let mut ended = laptop.ended(deployment, LONGEST / 6).await;
        if ended.is_none() {
            self.repair(laptop).await;
            self.let_timers_end(TimeDelta::minutes(i64::from(WINDOW) + 42));
            self.clock
                .advance(Duration::from_secs(60 * (u64::from(WINDOW) + 42)));
            ended = laptop.ended(deployment, LONGEST).await;
        }
        match ended {
            Some(detail) => {
                shown.push(format!("{:?}", detail.row.status));
                self.judge(laptop, &detail, true).await;
                detail
            }
            None => {
                self.verdict.wrong.push("it never ends".to_owned());
                laptop.detail(deployment).await
            }
        }
    }

    /// Whatever keeps devices away or busy is over; the other engineer has left and taken uncommitted lines along.
    pub(crate) async fn repair(&mut self, laptop: &Laptop) {
        let fabric = &self.rig.fabric;
        fabric.gates().open(&self.gate());
        for device in &self.rig.devices {
            let on = fabric.device(device).unwrap();
            on.clear_faults();
            on.run_foreign_commit(None);
            on.leave(CROWD);
            fabric.late_lines(device, self.case.bits & 1 != 0).unwrap();
            if self.case.trouble.is_some_and(Trouble::is_foreign) {
                fabric.foreign(device, STRANGER, &["rollback 0".to_owned()]);
                self.theirs
                    .entry(device.clone())
                    .or_default()
                    .retain(|one| one.committed);
            }
            on.leave(STRANGER);
            fabric.set_reach(device, Reach::Up);
        }
        let device = self.device().to_owned();
        let key = self.rig.host_key(&device);
        if key != self.rig.host_keys[&device] && !self.changed_key {
            self.changed_key = true;
            let typed: String = key.chars().skip(key.chars().count() - 4).collect();
            let replaced = laptop
                .ask(async move |app| {
                    app.device_test(device.clone()).await?;
                    app.host_key_replace(device, key, typed).await
                })
                .await;
            if let Err(error) = replaced {
                // A device that was not looked at since still shows the key that is known.
                self.verdict.wrong.push(format!(
                    "the new host key could not be accepted: {:?}",
                    error.view()
                ));
            }
        }
    }
}
