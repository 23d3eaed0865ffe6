//! What the engine needs from the world, as traits. Adapters stand in `device`, `store` and `app`.

mod clock;
mod device;
mod journal;
mod outcome;
mod reading;
mod transcript;

pub use clock::Clock;
pub use device::{DevicePort, DeviceSession, StepError};
pub use journal::{Journal, JournalEntry, JournalError, JournalEvent};
pub use outcome::{
    ArmOutcome, CancelOutcome, CleanOutcome, CommitSuccess, ConfirmOutcome, PrepareOutcome, PreparedRefusal,
};
pub use reading::{
    Candidate, EntryDelta, Facts, InterfaceFact, LacpBundleFact, LldpFact, MacFact, Pending, Probe,
    ReadScope, Reading, RollbackEntry, SessionFact,
};
pub use transcript::{Direction, Transcript, TranscriptLine};
