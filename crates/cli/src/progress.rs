//! Progress on a terminal, and waiting for what runs in the background.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bk_app::views::{ActivityState, ActivityView};
use bk_app::{AppEvent, EventSink};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::watch;

use crate::out;

/// Follows the service's events.
#[derive(Clone)]
pub(crate) struct Progress {
    inner: Arc<Inner>,
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
            bar.set_prefix(view.object.clone());
            bar.set_message(view.fact.clone());
            if view.state != ActivityState::Running {
                bar.finish_and_clear();
            }
        }
        rows.insert(view.id.clone(), (view, bar));
    }
}

fn new_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {bar:24} {msg}")
        .expect("the template is fixed and has no error");
    ProgressBar::new(0).with_style(style)
}
