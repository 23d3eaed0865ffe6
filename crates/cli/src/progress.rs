//! Progress on a terminal, and waiting for what runs in the background.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bk_app::views::{ActivityState, ActivityView, CellState, DeploymentDetail, DeploymentStatus};
use bk_app::{AppEvent, EventSink};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::watch;

use crate::out;

/// Follows the service's events.
#[derive(Clone)]
pub(crate) struct Progress {
    inner: Arc<Inner>,
    /// The output is for a program.
    quiet: bool,
}

struct Inner {
    bars: Option<MultiProgress>,
    rows: Mutex<BTreeMap<String, (ActivityView, Option<ProgressBar>)>>,
    /// Counts events; whoever waits looks again when it moves.
    moved: watch::Sender<u64>,
}

impl Progress {
    /// Shows bars on a terminal, unless the output is for a program.
    pub(crate) fn new(json: bool) -> Self {
        let bars = (!json && out::is_terminal()).then(MultiProgress::new);
        Self {
            quiet: json,
            inner: Arc::new(Inner {
                bars,
                rows: Mutex::default(),
                moved: watch::channel(0).0,
            }),
        }
    }

    /// Returns the sink for the service.
    pub(crate) fn sink(&self) -> EventSink {
        let this = self.clone();
        Arc::new(move |event| {
            if let AppEvent::ActivityChanged(view) = event {
                this.show(view);
            }
            this.inner.moved.send_modify(|count| *count += 1);
        })
    }

    /// Returns a receiver that changes with each event.
    pub(crate) fn moved(&self) -> watch::Receiver<u64> {
        self.inner.moved.subscribe()
    }

    /// Waits until an activity has ended and returns what it came to.
    pub(crate) async fn wait_for(&self, begun: ActivityView) -> ActivityView {
        let mut moved = self.moved();
        loop {
            moved.mark_unchanged();
            let now = {
                let rows = self.inner.rows.lock().unwrap_or_else(PoisonError::into_inner);
                rows.get(&begun.id)
                    .map_or_else(|| begun.clone(), |(view, _)| view.clone())
            };
            if now.state != ActivityState::Running || moved.changed().await.is_err() {
                return now;
            }
        }
    }

    fn show(&self, view: ActivityView) {
        let mut rows = self.inner.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = rows
            .remove(&view.id)
            .and_then(|(_, bar)| bar)
            .or_else(|| self.inner.bars.as_ref().map(|bars| bars.add(new_bar())));
        if let Some(bar) = &bar {
            bar.set_length(u64::from(view.total));
            bar.set_position(u64::from(view.done));
            bar.set_prefix(out::inert(&view.object));
            bar.set_message(out::inert(&view.fact));
            if view.state != ActivityState::Running {
                bar.finish_and_clear();
            }
        }
        rows.insert(view.id.clone(), (view, bar));
    }
}

/// The phases of one deployment as they come: a bar for each on a terminal, else a line for each.
pub(crate) struct Phases {
    deployment: u32,
    bars: Option<MultiProgress>,
    quiet: bool,
    current: Option<(String, Option<ProgressBar>)>,
}

impl Phases {
    pub(crate) fn of(progress: &Progress, deployment: u32) -> Self {
        Self {
            deployment,
            bars: progress.inner.bars.clone(),
            quiet: progress.quiet,
            current: None,
        }
    }

    /// Shows where the deployment stands now.
    pub(crate) fn show(&mut self, detail: &DeploymentDetail) {
        if self.quiet {
            return;
        }
        if self
            .current
            .as_ref()
            .is_none_or(|(phase, _)| *phase != detail.phase)
        {
            self.end();
            self.begin(detail);
        }
        if let Some((phase, Some(bar))) = &self.current {
            bar.set_position(count(detail, phase, |state| state == CellState::Passed));
            let refused = count(detail, phase, |state| {
                matches!(state, CellState::Refused | CellState::Unknown)
            });
            bar.set_message(if refused == 0 {
                String::new()
            } else {
                format!("{refused} not passed")
            });
        }
        if detail.row.status != DeploymentStatus::Running {
            self.end();
        }
    }

    fn begin(&mut self, detail: &DeploymentDetail) {
        let title = format!("deployment {}  {}", self.deployment, titled(&detail.phase));
        let devices = detail.devices.len();
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(new_bar());
            bar.set_length(u64::try_from(devices).unwrap_or(u64::MAX));
            bar.set_prefix(title.clone());
            bar
        });
        if bar.is_none() && detail.row.status == DeploymentStatus::Running {
            out::complain(&format!("{title}, {devices} devices"));
        }
        self.current = Some((detail.phase.clone(), bar));
    }

    fn end(&mut self) {
        if let Some((_, Some(bar))) = self.current.take_if(|(_, bar)| bar.is_some()) {
            bar.abandon();
        }
    }
}

fn count(detail: &DeploymentDetail, phase: &str, wanted: impl Fn(CellState) -> bool) -> u64 {
    let cells = detail.devices.iter().flat_map(|device| &device.cells);
    let found = cells
        .filter(|cell| cell.phase == phase && wanted(cell.state))
        .count();
    u64::try_from(found).unwrap_or(u64::MAX)
}

/// The phase as it is called everywhere; the word of one that is not known here as it is.
fn titled(phase: &str) -> &str {
    match phase {
        "preflight" => "Preflight",
        "prepare" => "Prepare",
        "arm" => "Commit confirm",
        "verify" => "Verify",
        "decide" => "Confirm",
        "settle" => "Settle",
        other => other,
    }
}

fn new_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {bar:24} {pos}/{len} {msg}")
        .expect("the template is fixed and has no error");
    ProgressBar::new(0).with_style(style)
}
