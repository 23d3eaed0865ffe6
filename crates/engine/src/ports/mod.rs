//! What the engine needs from the world, as traits. Adapters stand in `device`, `store` and `app`.

mod clock;
mod device;
mod journal;
mod transcript;

pub use clock::Clock;
pub use device::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, CommitSuccess, ConfirmOutcome, DevicePort,
    DeviceSession, EntryDelta, Facts, InterfaceFact, LacpBundleFact, LldpFact, MacFact, Pending,
    PrepareOutcome, PreparedRefusal, Probe, ReadScope, Reading, RollbackEntry, SessionFact, StepError,
};
pub use journal::{Journal, JournalEntry, JournalError, JournalEvent};
pub use transcript::{Direction, Transcript, TranscriptLine};
