//! From the channel's record to the engine's transcript.

use std::sync::Arc;

use bk_engine::ports::{Clock, Direction, Transcript, TranscriptLine};
use bk_model::DeviceName;

use crate::channel::Record;

/// Longest answer that is written out line by line. Configuration texts are longer, and kept as snapshots.
const MAX_LINES: usize = 400;

/// Writes the lines of one device's sessions to a transcript.
pub(super) struct TranscriptRecord {
    pub(super) device: DeviceName,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) transcript: Arc<dyn Transcript>,
}

impl TranscriptRecord {
    fn write(&self, direction: Direction, text: &str) {
        self.transcript.record(TranscriptLine {
            device: self.device.clone(),
            at: self.clock.now(),
            direction,
            text: text.to_owned(),
        });
    }
}

impl Record for TranscriptRecord {
    fn sent(&self, line: &str) {
        self.write(Direction::Sent, line);
    }

    fn answered(&self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let (shown, rest) = lines.split_at(lines.len().min(MAX_LINES));
        for line in shown {
            self.write(Direction::Answer, line.trim_end());
        }
        if !rest.is_empty() {
            self.write(Direction::Note, &format!("{} more lines", rest.len()));
        }
    }

    fn note(&self, text: &str) {
        self.write(Direction::Note, text);
    }
}
