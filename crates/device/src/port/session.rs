//! The protocol's steps as commands and readers.

use std::net::SocketAddr;

use async_trait::async_trait;
use bk_config::CliLine;
use bk_engine::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, ConfirmOutcome, DeviceSession, EntryDelta, Facts,
    MacFact, PrepareOutcome, Probe, ReadScope, Reading, RollbackEntry, StepError,
};
use bk_model::{BridgeDomainName, DeviceName};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::conversation::{Conversation, Leaving};
use crate::{
    driver::{Driver, Mode},
    platforms::dnos::{
        Command, CompareOrder, ConfigPart, OLDEST_RELEASE, Show, answers, macs, rollback,
        system::{self, SystemVersion},
    },
};

/// A signed-in session on one device.
pub(super) struct DnosSession {
    pub(super) talk: Conversation,
    pub(super) user: String,
    /// Our end of the connection, by which the session list shows us; not known behind a jump host.
    pub(super) local: Option<SocketAddr>,
    pub(super) system: SystemVersion,
    /// Whether lines of ours may stand in the candidate, so that a question on leaving is no surprise.
    pub(super) sent_lines: bool,
    /// How the device compares two entries, once that was found out.
    pub(super) order: Option<CompareOrder>,
}

impl DnosSession {
    /// Reads the release and refuses one without bridge domains (REF 12).
    pub(super) async fn begin(
        driver: Driver,
        device: DeviceName,
        user: String,
        local: Option<SocketAddr>,
        turn: OwnedSemaphorePermit,
        cancel: &CancellationToken,
    ) -> Result<Self, StepError> {
        let mut talk = Conversation::new(driver, device, turn);
        let system = talk.read(Show::Version, cancel, system::read_version).await?;
        let (major, minor) = OLDEST_RELEASE;
        if !system.release.at_least(major, minor) {
            let reason = format!(
                "DNOS {} is older than {major}.{minor} and has no bridge domains",
                system.release
            );
            talk.give_up().await;
            return Err(StepError::NotDnos {
                device: talk.device().clone(),
                reason,
            });
        }
        Ok(Self {
            talk,
            user,
            local,
            system,
            sent_lines: false,
            order: None,
        })
    }

    /// Ends the connection after an error that leaves the dialogue open.
    async fn settle<T>(&mut self, result: Result<T, StepError>) -> Result<T, StepError> {
        if let Err(error) = &result
            && !matches!(error, StepError::Cancelled { .. })
        {
            self.talk.give_up().await;
        }
        result
    }

    async fn leave_and_end(&mut self) -> Result<(), StepError> {
        let never = CancellationToken::new();
        if self.talk.mode() == Mode::Configuration
            && !self.sent_lines
            && let Leaving::Asked { text } = self.talk.leave(&never).await?
        {
            return Err(self.talk.unrecognised(&Command::Exit, &text));
        }
        self.talk.end().await
    }
}

#[async_trait]
impl DeviceSession for DnosSession {
    async fn probe(&mut self, cancel: &CancellationToken) -> Result<Probe, StepError> {
        self.talk.begin("looking at the device");
        let result = self.look(cancel).await;
        self.settle(result).await
    }

    async fn read(&mut self, scope: ReadScope, cancel: &CancellationToken) -> Result<Reading, StepError> {
        self.talk.begin("reading the configuration");
        let parts: &[ConfigPart] = match scope {
            ReadScope::L2 => &[
                ConfigPart::BridgeDomains,
                ConfigPart::Interfaces,
                ConfigPart::Lacp,
                ConfigPart::Lldp,
            ],
            ReadScope::Full => &[ConfigPart::Whole],
        };
        let result = self.read_parts(parts, cancel).await;
        self.settle(result).await
    }

    async fn facts(&mut self, cancel: &CancellationToken) -> Result<Facts, StepError> {
        self.talk.begin("reading the tables");
        let result = self.read_facts(cancel).await;
        self.settle(result).await
    }

    async fn commits(&mut self, cancel: &CancellationToken) -> Result<Vec<RollbackEntry>, StepError> {
        self.talk.begin("reading the list of commits");
        let result = self
            .talk
            .read(Show::Rollback, cancel, rollback::read_rollback)
            .await;
        self.settle(result).await
    }

    async fn macs(
        &mut self,
        domain: &BridgeDomainName,
        cancel: &CancellationToken,
    ) -> Result<Option<Vec<MacFact>>, StepError> {
        self.talk.begin("reading the MAC table");
        let reader = |text: &str| match answers::unknown_word(text) {
            Some(word) if word == domain.as_str() => Some(Some(Vec::new())),
            Some(_) => Some(None),
            None => macs::read_macs(text).map(Some),
        };
        let result = self.talk.read(Show::Macs(domain.clone()), cancel, reader).await;
        self.settle(result).await
    }

    async fn entry_delta(&mut self, id: u8, cancel: &CancellationToken) -> Result<EntryDelta, StepError> {
        self.talk.begin("reading the change of a rollback entry");
        let result = self.read_entry_delta(id, cancel).await;
        self.settle(result).await
    }

    async fn prepare(
        &mut self,
        lines: &[CliLine],
        cancel: &CancellationToken,
    ) -> Result<PrepareOutcome, StepError> {
        self.talk.begin("preparing the candidate");
        let result = self.prepare_lines(lines, cancel).await;
        self.settle(result).await
    }

    async fn candidate(&mut self, cancel: &CancellationToken) -> Result<Candidate, StepError> {
        self.talk.begin("reading the candidate");
        let result = self.talk.enter(cancel).await;
        let result = match result {
            Ok(()) => self.compare(cancel).await,
            Err(error) => Err(error),
        };
        self.settle(result).await
    }

    async fn arm(&mut self, minutes: u16) -> Result<ArmOutcome, StepError> {
        self.talk.begin("commit confirm");
        let result = self.arm_timer(minutes).await;
        self.settle(result).await
    }

    async fn confirm(&mut self, consented: Option<&str>) -> Result<ConfirmOutcome, StepError> {
        self.talk.begin("confirming");
        let result = self.confirm_pending(consented).await;
        self.settle(result).await
    }

    async fn cancel_pending(&mut self) -> Result<CancelOutcome, StepError> {
        self.talk.begin("cancelling the pending commit");
        let result = self.clear_pending().await;
        self.settle(result).await
    }

    async fn clean(
        &mut self,
        reverse: &[CliLine],
        cancel: &CancellationToken,
    ) -> Result<CleanOutcome, StepError> {
        self.talk.begin("cleaning the candidate");
        let result = self.clean_candidate(reverse, cancel).await;
        self.settle(result).await
    }

    async fn close(mut self: Box<Self>) -> Result<(), StepError> {
        self.talk.begin("signing out");
        let result = self.leave_and_end().await;
        self.settle(result).await
    }
}
