//! The transcript of a running deployment: into the store in order, and to whoever watches.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};

use bk_engine::deploy::DeploymentId;
use bk_engine::ports::{Direction, Transcript, TranscriptLine};
use bk_store::TranscriptEntry;
use tokio::sync::mpsc;

use crate::app::App;
use crate::events::AppEvent;
use crate::time;
use crate::views::TranscriptRow;

/// Lines that wait for the disk at most; one deployment of 200 devices says less in a minute.
const WAITING: usize = 65_536;
/// Lines written in one transaction at most.
const AT_ONCE: usize = 1_000;

/// Takes lines without blocking the protocol.
pub(super) struct Recorder {
    sender: Mutex<Option<mpsc::Sender<TranscriptLine>>>,
    dropped: AtomicU32,
}

impl Transcript for Recorder {
    fn record(&self, line: TranscriptLine) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender
            .as_ref()
            .is_none_or(|sender| sender.try_send(line).is_err())
        {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Recorder {
    /// Makes a recorder and the other end of its queue.
    pub(super) fn new() -> (Self, mpsc::Receiver<TranscriptLine>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (
            Self {
                sender: Mutex::new(Some(sender)),
                dropped: AtomicU32::new(0),
            },
            receiver,
        )
    }

    /// Ends the queue; what waits in it is still written.
    pub(super) fn finish(&self) -> u32 {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.dropped.load(Ordering::Relaxed)
    }
}

/// Writes lines until the recorder is finished.
pub(super) async fn write(app: App, deployment: DeploymentId, mut lines: mpsc::Receiver<TranscriptLine>) {
    let mut next = match app.store().transcripts().count(deployment).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the transcript can't be continued"
            );
            return;
        }
    };
    let mut group = Vec::new();
    while lines.recv_many(&mut group, AT_ONCE).await > 0 {
        let entries: Vec<TranscriptEntry> = group
            .drain(..)
            .enumerate()
            .map(|(at, line)| entry(next, at, line))
            .collect();
        next += u32::try_from(entries.len()).unwrap_or(u32::MAX);
        if let Err(error) = app.store().transcripts().append(deployment, &entries).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "lines of the transcript are lost"
            );
        }
        let rows = entries.iter().map(row).collect();
        app.emit(AppEvent::TranscriptAdded {
            deployment: deployment.0,
            rows,
        });
    }
}

/// Says in the archive itself that lines are missing from it.
pub(super) async fn note_missing(app: &App, deployment: DeploymentId, missing: u32) {
    let text = format!(
        "{missing} lines are missing from this transcript: they came faster than the disk could keep them"
    );
    let stored = async {
        let seq = app.store().transcripts().count(deployment).await?;
        let entry = TranscriptEntry {
            seq,
            at: app.now(),
            device: None,
            kind: "error".to_owned(),
            text,
        };
        app.store().transcripts().append(deployment, &[entry]).await
    };
    if let Err(error) = stored.await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            missing,
            "lines of the transcript are lost"
        );
    }
}

fn entry(next: u32, at: usize, line: TranscriptLine) -> TranscriptEntry {
    let kind = match line.direction {
        Direction::Sent => "sent",
        Direction::Answer => "answer",
        Direction::Note => "note",
    };
    TranscriptEntry {
        seq: next.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)),
        at: line.at,
        device: Some(line.device),
        kind: kind.to_owned(),
        text: line.text,
    }
}

pub(super) fn row(entry: &TranscriptEntry) -> TranscriptRow {
    TranscriptRow {
        seq: entry.seq,
        at: time::text(entry.at),
        device: entry.device.as_ref().map(ToString::to_string),
        kind: entry.kind.clone(),
        text: entry.text.clone(),
    }
}
