//! Everything that the tray says.

use bk_app::views::{CheckRunState, CheckRunView, DriftInbox, ScheduleView, TrayStatus};

use super::host::Host;

/// What the icon is called.
pub(super) const NAME: &str = "Bridgekeeper";
/// Brings the window back.
pub(super) const OPEN: &str = "Open Bridgekeeper";
/// Checks all devices.
pub(super) const CHECK_NOW: &str = "Check now";
/// Ends the program.
pub(super) const QUIT: &str = "Quit";

/// What the icon tells of drift and checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// What stands beside the icon when it is pointed at.
    pub(super) tooltip: String,
    /// Lines of the menu that tell and do nothing.
    pub(super) lines: [String; 3],
}

impl Words {
    /// What is told before anything could be read.
    pub(super) fn unread() -> Self {
        Self {
            tooltip: NAME.to_owned(),
            lines: [
                "Open drift: not known".to_owned(),
                "Next check: not known".to_owned(),
                "Last check: not known".to_owned(),
            ],
        }
    }

    pub(super) fn of(inbox: &DriftInbox, schedules: &[ScheduleView], runs: &[CheckRunView]) -> Self {
        let drift = drift(inbox);
        Self {
            tooltip: format!("{NAME}: {drift}"),
            lines: [capital(&drift), next(schedules), last(runs)],
        }
    }
}

/// Whether closing the window can leave the program in the tray, and why not.
pub(super) fn status(host: Host, trouble: Option<String>) -> TrayStatus {
    let reason = match host {
        Host::Unknown => Some("It is being looked whether this desktop shows tray icons.".to_owned()),
        Host::NoBus => Some(
            "There is no session bus, over which a desktop shows tray icons, so closing the window ends Bridgekeeper."
                .to_owned(),
        ),
        Host::Absent => Some(
            "This desktop shows no tray icons (nobody answers as org.kde.StatusNotifierWatcher), so closing the \
             window ends Bridgekeeper. In GNOME the extension AppIndicator shows them."
                .to_owned(),
        ),
        Host::Here => trouble.map(|why| {
            format!("The tray icon could not be shown, so closing the window ends Bridgekeeper. {why}")
        }),
    };
    TrayStatus {
        available: reason.is_none(),
        reason,
    }
}

fn drift(inbox: &DriftInbox) -> String {
    // What a person left open as it is asks for nothing.
    let asking = inbox.open.iter().filter(|row| row.left.is_none());
    let mut devices: Vec<&str> = asking.map(|row| row.device.as_str()).collect();
    let events = devices.len();
    devices.sort_unstable();
    devices.dedup();
    let open = match (events, devices.as_slice()) {
        (0, _) => "no open drift".to_owned(),
        (events, [device]) => format!("open drift: {events} on {device}"),
        (events, devices) => format!("open drift: {events} on {} devices", devices.len()),
    };
    let still = |device: &str| devices.contains(&device);
    let given_up = inbox
        .background
        .iter()
        .filter(|one| one.gave_up && still(&one.device));
    let given_up: Vec<&str> = given_up.map(|one| one.device.as_str()).collect();
    match given_up.as_slice() {
        [] => open,
        [device] => format!("{open}; background sync gave up on {device}"),
        devices => format!("{open}; background sync gave up on {} devices", devices.len()),
    }
}

fn next(schedules: &[ScheduleView]) -> String {
    let due = schedules
        .iter()
        .filter_map(|schedule| schedule.next.as_ref().map(|due| (due, &schedule.input.name)));
    // Moments are written alike and in UTC, so the smallest text is the earliest.
    match due.min_by(|(a, _), (b, _)| a.at.cmp(&b.at)) {
        Some((due, name)) => format!("Next check: {}, {name}", due.local),
        None => "Next check: none is scheduled".to_owned(),
    }
}

fn last(runs: &[CheckRunView]) -> String {
    match runs.first() {
        None => "Last check: there was none".to_owned(),
        Some(run) if run.state == CheckRunState::Running => "Last check: it goes on".to_owned(),
        Some(run) if run.state == CheckRunState::NotEnded => "Last check: it has not ended".to_owned(),
        Some(run) => format!(
            "Last check: {} in sync, {} with drift, {} not checked",
            run.in_sync, run.drift, run.not_checked
        ),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use bk_app::views::{
        CheckScope, CheckWhy, DriftKind, DriftRow, DriftSeverity, DueView, ScheduleInput, ScheduleView,
        SyncNotice,
    };

    use super::*;

    fn inbox(devices: &[&str]) -> DriftInbox {
        let row = |device: &&str| DriftRow {
            id: 1,
            device: (*device).to_owned(),
            object: "ge100-0/0/5.104".to_owned(),
            kind: DriftKind::Mismatch,
            title: String::new(),
            severity: DriftSeverity::Low,
            why: String::new(),
            domains: Vec::new(),
            source: String::new(),
            first_seen: String::new(),
            last_seen: String::new(),
            times: 1,
            closed: None,
            left: None,
        };
        DriftInbox {
            open: devices.iter().map(row).collect(),
            closed: Vec::new(),
            background: Vec::new(),
        }
    }

    fn notice(device: &str, gave_up: bool) -> SyncNotice {
        SyncNotice {
            at: String::new(),
            device: device.to_owned(),
            taken: 1,
            gave_up,
            sentence: String::new(),
            next: None,
        }
    }

    fn schedule(name: &str, next: Option<(&str, &str)>) -> ScheduleView {
        ScheduleView {
            id: 1,
            input: ScheduleInput {
                id: Some(1),
                name: name.to_owned(),
                scope: CheckScope::All,
                cron: "@daily".to_owned(),
                zone: "UTC".to_owned(),
                jitter_seconds: 0,
                at_once: 8,
                limit_seconds: 60,
                enabled: next.is_some(),
            },
            scope_words: String::new(),
            next: next.map(|(at, local)| DueView {
                at: at.to_owned(),
                local: local.to_owned(),
            }),
            last_due: None,
            created: String::new(),
            changed: String::new(),
        }
    }

    fn run(state: CheckRunState) -> CheckRunView {
        CheckRunView {
            id: 1,
            schedule: None,
            schedule_name: None,
            why: CheckWhy::Scheduled,
            why_words: String::new(),
            due: None,
            by: String::new(),
            started: String::new(),
            ended: (state == CheckRunState::Ended).then(String::new),
            state,
            in_sync: 9,
            drift: 2,
            not_checked: 1,
            devices: Vec::new(),
        }
    }

    #[test]
    fn the_icon_tells_of_drift_and_of_the_next_and_the_last_check() {
        let none = Words::of(&inbox(&[]), &[], &[]);
        assert_eq!(none.tooltip, "Bridgekeeper: no open drift");
        let told = [
            "No open drift",
            "Next check: none is scheduled",
            "Last check: there was none",
        ];
        assert_eq!(none.lines, told);

        let schedules = [
            schedule("Off", None),
            schedule("Late", Some(("2026-05-10T02:00:00Z", "2026-05-10 02:00 UTC"))),
            schedule("Early", Some(("2026-05-09T00:00:00Z", "2026-05-09 02:00 CEST"))),
        ];
        let drift = inbox(&["LEAF-A01", "LEAF-B02", "LEAF-A01"]);
        let some = Words::of(
            &drift,
            &schedules,
            &[run(CheckRunState::Ended), run(CheckRunState::Running)],
        );
        assert_eq!(some.tooltip, "Bridgekeeper: open drift: 3 on 2 devices");
        let told = [
            "Open drift: 3 on 2 devices",
            "Next check: 2026-05-09 02:00 CEST, Early",
            "Last check: 9 in sync, 2 with drift, 1 not checked",
        ];
        assert_eq!(some.lines, told);

        let running = Words::of(&inbox(&["LEAF-A01"]), &[], &[run(CheckRunState::Running)]);
        assert_eq!(running.lines[0], "Open drift: 1 on LEAF-A01");
        assert_eq!(running.lines[2], "Last check: it goes on");
        let cut_off = Words::of(&inbox(&[]), &[], &[run(CheckRunState::NotEnded)]);
        assert_eq!(cut_off.lines[2], "Last check: it has not ended");
    }

    #[test]
    fn what_background_sync_gave_up_on_is_told_while_it_is_open() {
        let check = |open: &[&str], notices: Vec<SyncNotice>, expected: &str| {
            let inbox = DriftInbox {
                background: notices,
                ..inbox(open)
            };
            assert_eq!(drift(&inbox), expected);
        };
        let two = || vec![notice("LEAF-A01", true), notice("LEAF-A02", true)];
        check(&[], two(), "no open drift");
        check(
            &["LEAF-A01"],
            two(),
            "open drift: 1 on LEAF-A01; background sync gave up on LEAF-A01",
        );
        check(
            &["LEAF-A01", "LEAF-A02"],
            two(),
            "open drift: 2 on 2 devices; background sync gave up on 2 devices",
        );
        check(
            &["LEAF-A01"],
            vec![notice("LEAF-A01", false)],
            "open drift: 1 on LEAF-A01",
        );
    }

    #[test]
    fn a_tray_that_cannot_be_used_says_why() {
        assert!(status(Host::Here, None).available);
        let why = |host, trouble: Option<&str>| {
            let status = status(host, trouble.map(str::to_owned));
            assert!(!status.available);
            status.reason.unwrap()
        };
        assert!(why(Host::Absent, None).contains("StatusNotifierWatcher"));
        assert!(why(Host::NoBus, None).contains("session bus"));
        assert!(why(Host::Here, Some("refused")).ends_with("refused"));
        assert!(!why(Host::Unknown, None).is_empty());
    }
}
