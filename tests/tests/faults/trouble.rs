//! What goes wrong in a case, and at which moment of a line.

use bk_lab::fault::{Action, Moment};

/// The engineer beside us.
pub(crate) const STRANGER: &str = "birch";
/// The login that takes all the room.
pub(crate) const CROWD: &str = "robin";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Trouble {
    Refuse,
    Notice,
    Drop,
    /// The line is still on its way when the connection is gone.
    Lose,
    Hang,
    Away,
    Reboot,
    HostKey,
    SessionLimit,
    Crash,
    Slow,
    PromptLike,
    Broadcast,
    Truncate,
    Garble,
    CommitRuns,
    ForeignLine,
    ForeignLineOnOurs,
    ForeignCommit,
    ForeignCommitOnOurs,
    ForeignEmptyCommit,
    ForeignCommitConfirm,
    ForeignRollback0,
    TimerEnds,
    TimeShort,
    ClockBack,
    Sleep,
    Abort,
}

use Moment::{BeforeAnswer, BeforeLine, MidAnswer};

const ANY: &[Moment] = &[BeforeLine, BeforeAnswer, MidAnswer];
const AROUND: &[Moment] = &[BeforeLine, BeforeAnswer];

impl Trouble {
    pub(crate) const ALL: [(Self, &'static str, &'static [Moment]); 28] = [
        (Self::Refuse, "refuse", &[BeforeLine]),
        (Self::Notice, "notice", &[BeforeLine]),
        (Self::Drop, "drop", ANY),
        (Self::Lose, "lose", &[BeforeLine]),
        (Self::Hang, "hang", ANY),
        (Self::Away, "away", ANY),
        (Self::Reboot, "reboot", ANY),
        (Self::HostKey, "host-key", AROUND),
        (Self::SessionLimit, "session-limit", AROUND),
        (Self::Crash, "crash", ANY),
        (Self::Slow, "slow", &[MidAnswer]),
        (Self::PromptLike, "prompt-like", &[BeforeAnswer, MidAnswer]),
        (Self::Broadcast, "broadcast", ANY),
        (Self::Truncate, "truncate", &[MidAnswer]),
        (Self::Garble, "garble", &[MidAnswer]),
        (Self::CommitRuns, "commit-runs", AROUND),
        (Self::ForeignLine, "foreign-line", ANY),
        (Self::ForeignLineOnOurs, "foreign-line-on-ours", AROUND),
        (Self::ForeignCommit, "foreign-commit", ANY),
        (Self::ForeignCommitOnOurs, "foreign-commit-on-ours", ANY),
        (Self::ForeignEmptyCommit, "foreign-empty-commit", AROUND),
        (Self::ForeignCommitConfirm, "foreign-commit-confirm", AROUND),
        (Self::ForeignRollback0, "foreign-rollback-0", AROUND),
        (Self::TimerEnds, "timer-ends", ANY),
        (Self::TimeShort, "time-short", AROUND),
        (Self::ClockBack, "clock-back", AROUND),
        (Self::Sleep, "sleep", AROUND),
        (Self::Abort, "abort", AROUND),
    ];

    pub(crate) fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(trouble, ..)| *trouble == self)
            .map(|(_, word, _)| *word)
            .unwrap()
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known, _)| *known == word)
            .map(|(trouble, ..)| *trouble)
    }

    /// What the fabric does by itself, in order. Empty: the case acts while the line stands at a gate.
    pub(crate) fn actions(self, host: &str, moment: Moment, late: bool) -> Vec<Action> {
        let broadcast = "\nCommit succeeded by birch at 09-Mar-2026 19:00:00 UTC+02:00 (Israel)\n";
        match self {
            Self::Refuse => vec![Action::Refuse("ERROR: Not now.".to_owned())],
            Self::Notice => vec![Action::Refuse(
                "NOTICE: commit action is not applicable. no configuration changes were made".to_owned(),
            )],
            Self::Drop => vec![Action::Drop],
            Self::Lose => vec![Action::Lose],
            Self::Hang => vec![Action::Hang],
            Self::Away => vec![Action::Unreachable],
            Self::Reboot => vec![Action::Reboot],
            Self::HostKey => vec![Action::ChangeHostKey, Action::Drop],
            Self::SessionLimit => vec![Action::Crowd(CROWD.to_owned()), Action::Drop],
            Self::Slow => vec![Action::Delay(300)],
            Self::PromptLike if moment == MidAnswer => vec![Action::Insert(format!("\n{host}# \n"))],
            Self::PromptLike => vec![Action::Answer(format!("{host}# "))],
            Self::Broadcast => vec![Action::Insert(broadcast.to_owned())],
            Self::Truncate => vec![Action::Truncate],
            Self::Garble => vec![Action::Garble],
            Self::CommitRuns => vec![Action::CommitRuns(Some(STRANGER.to_owned()))],
            // The line of a dead process still runs, or never.
            Self::Crash if late || moment != BeforeLine => Vec::new(),
            Self::Crash => vec![Action::Drop],
            _ => Vec::new(),
        }
    }

    /// Whether the case acts while the line stands at a gate.
    pub(crate) fn is_gated(self) -> bool {
        matches!(
            self,
            Self::Crash | Self::TimerEnds | Self::TimeShort | Self::ClockBack | Self::Sleep | Self::Abort
        ) || self.is_foreign()
    }

    /// Whether another engineer types something.
    pub(crate) fn is_foreign(self) -> bool {
        matches!(
            self,
            Self::ForeignLine
                | Self::ForeignLineOnOurs
                | Self::ForeignCommit
                | Self::ForeignCommitOnOurs
                | Self::ForeignEmptyCommit
                | Self::ForeignCommitConfirm
                | Self::ForeignRollback0
        )
    }
}

pub(crate) fn moment_word(moment: Moment) -> &'static str {
    match moment {
        BeforeLine => "before",
        BeforeAnswer => "after",
        MidAnswer => "middle",
    }
}

pub(crate) fn moment_of(word: &str) -> Option<Moment> {
    [BeforeLine, BeforeAnswer, MidAnswer]
        .into_iter()
        .find(|moment| moment_word(*moment) == word)
}
