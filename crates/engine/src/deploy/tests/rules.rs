//! The two rule tables over every sight there is.

use crate::deploy::rules::{CompleteRow, ResolveRow, WaitFor, complete, resolve};
use crate::deploy::sight::{CandidateSeen, LinesSeen, PendingSeen, Recheck, Sight};

pub(super) fn every_sight() -> impl Iterator<Item = Sight> {
    let flags = [false, true];
    flags.into_iter().flat_map(move |earlier_session| {
        flags.into_iter().flat_map(move |settled| {
            flags.into_iter().flat_map(move |touched| {
                PendingSeen::ALL.into_iter().flat_map(move |pending| {
                    LinesSeen::ALL.into_iter().flat_map(move |lines| {
                        CandidateSeen::ALL.into_iter().flat_map(move |candidate| {
                            Recheck::ALL.into_iter().map(move |recheck| Sight {
                                earlier_session,
                                settled,
                                pending,
                                lines,
                                touched,
                                candidate,
                                recheck,
                            })
                        })
                    })
                })
            })
        })
    })
}

const QUIET: Sight = Sight {
    earlier_session: false,
    settled: true,
    pending: PendingSeen::Nothing,
    lines: LinesSeen::None,
    touched: false,
    candidate: CandidateSeen::Empty,
    recheck: Recheck::Nothing,
};

/// The table "resolve" of the protocol, row by row.
#[test]
fn resolve_rows() {
    let check = |sight: Sight, row: ResolveRow| assert_eq!(resolve(sight), row, "{sight:?}");
    let pending = |pending| Sight {
        pending,
        lines: LinesSeen::All,
        ..QUIET
    };
    check(
        Sight {
            earlier_session: true,
            ..pending(PendingSeen::Ours)
        },
        ResolveRow::Wait(WaitFor::EarlierSession),
    );
    check(pending(PendingSeen::Ours), ResolveRow::Cancel);
    check(
        Sight {
            lines: LinesSeen::None,
            ..pending(PendingSeen::OurReverse)
        },
        ResolveRow::Confirm,
    );
    check(pending(PendingSeen::OursUnderAnother), ResolveRow::Confirm);
    check(
        pending(PendingSeen::RideAlong),
        ResolveRow::Wait(WaitFor::RideAlongTimer),
    );
    check(
        pending(PendingSeen::NotOurs),
        ResolveRow::Wait(WaitFor::AnothersPendingOverOurs),
    );
    check(
        Sight {
            lines: LinesSeen::None,
            ..pending(PendingSeen::NotOurs)
        },
        ResolveRow::Wait(WaitFor::AnothersPending),
    );
    check(
        Sight {
            lines: LinesSeen::Part,
            ..QUIET
        },
        ResolveRow::Reverse,
    );
    check(
        Sight {
            lines: LinesSeen::All,
            ..QUIET
        },
        ResolveRow::Reverse,
    );
    let theirs = CandidateSeen::Others;
    check(
        Sight {
            lines: LinesSeen::All,
            candidate: theirs,
            ..QUIET
        },
        ResolveRow::Wait(WaitFor::BlockedLive),
    );
    check(
        Sight {
            candidate: theirs,
            ..pending(PendingSeen::OursUnderAnother)
        },
        ResolveRow::Wait(WaitFor::BlockedPending),
    );
    check(
        Sight {
            candidate: CandidateSeen::Ours,
            ..QUIET
        },
        ResolveRow::Clean,
    );
    check(QUIET, ResolveRow::Old);
    check(
        Sight {
            touched: true,
            ..QUIET
        },
        ResolveRow::Old,
    );
    check(
        Sight {
            candidate: theirs,
            ..QUIET
        },
        ResolveRow::Old,
    );
}

/// The table "complete" of the protocol, row by row.
#[test]
fn complete_rows() {
    let check = |sight: Sight, row: CompleteRow| assert_eq!(complete(sight), row, "{sight:?}");
    for pending in [
        PendingSeen::Ours,
        PendingSeen::OursUnderAnother,
        PendingSeen::RideAlong,
    ] {
        let sight = Sight {
            pending,
            lines: LinesSeen::All,
            ..QUIET
        };
        check(sight, CompleteRow::Confirm);
        check(
            Sight {
                earlier_session: true,
                ..sight
            },
            CompleteRow::Confirm,
        );
        let blocked = Sight {
            candidate: CandidateSeen::Others,
            ..sight
        };
        check(blocked, CompleteRow::Wait(WaitFor::BlockedPending));
    }
    check(
        Sight {
            earlier_session: true,
            ..QUIET
        },
        CompleteRow::Wait(WaitFor::EarlierSession),
    );
    let theirs = Sight {
        pending: PendingSeen::NotOurs,
        ..QUIET
    };
    check(theirs, CompleteRow::Wait(WaitFor::AnothersPending));
    check(
        Sight {
            lines: LinesSeen::All,
            ..QUIET
        },
        CompleteRow::New,
    );
    check(
        Sight {
            lines: LinesSeen::Part,
            touched: true,
            ..QUIET
        },
        CompleteRow::LiveTouched,
    );
    check(
        Sight {
            touched: true,
            ..QUIET
        },
        CompleteRow::OldTouched,
    );
    check(QUIET, CompleteRow::Reapply);
    check(
        Sight {
            candidate: CandidateSeen::Ours,
            ..QUIET
        },
        CompleteRow::Clean,
    );
    check(
        Sight {
            candidate: CandidateSeen::Others,
            ..QUIET
        },
        CompleteRow::Wait(WaitFor::BlockedOld),
    );
}

/// What no row may do, whatever is seen.
#[test]
fn no_sight_leads_to_harm() {
    for sight in every_sight() {
        let quiet = !sight.earlier_session && sight.settled;
        match resolve(sight) {
            ResolveRow::Cancel => assert!(quiet && sight.pending == PendingSeen::Ours, "{sight:?}"),
            ResolveRow::Confirm => {
                let ours = [PendingSeen::OurReverse, PendingSeen::OursUnderAnother].contains(&sight.pending);
                // With consent another's lines go along, or go first where they stop our reverse.
                let stopped = sight.lines != LinesSeen::None && sight.pending == PendingSeen::Nothing;
                let may = match sight.candidate {
                    CandidateSeen::Empty => ours,
                    CandidateSeen::Consented => ours || stopped,
                    CandidateSeen::Ours | CandidateSeen::Others => false,
                };
                assert!(may && quiet, "{sight:?}");
            }
            ResolveRow::Reverse => {
                let nothing = sight.pending == PendingSeen::Nothing;
                assert!(
                    quiet && nothing && sight.candidate == CandidateSeen::Empty,
                    "{sight:?}"
                );
                assert_ne!(sight.lines, LinesSeen::None, "{sight:?}");
            }
            ResolveRow::Clean => assert!(quiet && sight.candidate == CandidateSeen::Ours, "{sight:?}"),
            ResolveRow::Old => {
                assert!(
                    quiet && sight.pending == PendingSeen::Nothing && sight.lines == LinesSeen::None,
                    "{sight:?}"
                );
                assert_ne!(sight.candidate, CandidateSeen::Ours, "{sight:?}");
            }
            ResolveRow::Wait(_) => {}
        }
        let ours = [
            PendingSeen::Ours,
            PendingSeen::OursUnderAnother,
            PendingSeen::RideAlong,
        ]
        .contains(&sight.pending);
        match complete(sight) {
            CompleteRow::Confirm => {
                // With consent another's lines go along, or go first where they stop a re-apply.
                let stopped = sight.lines == LinesSeen::None && sight.pending == PendingSeen::Nothing;
                let may = match sight.candidate {
                    CandidateSeen::Empty => ours,
                    CandidateSeen::Consented => ours || stopped,
                    CandidateSeen::Ours | CandidateSeen::Others => false,
                };
                assert!(may && sight.settled, "{sight:?}");
            }
            CompleteRow::Verify => {
                let unguarded = sight.pending == PendingSeen::Nothing && !sight.earlier_session;
                assert!(sight.settled && (ours || unguarded), "{sight:?}");
                assert_eq!(
                    (sight.recheck, sight.lines, sight.touched),
                    (Recheck::Due, LinesSeen::All, false)
                );
            }
            CompleteRow::Unchecked => {
                assert!(quiet && sight.pending == PendingSeen::Nothing, "{sight:?}");
                assert_eq!((sight.recheck, sight.touched), (Recheck::Failed, false));
            }
            CompleteRow::Reapply => {
                let none = sight.lines == LinesSeen::None && sight.candidate == CandidateSeen::Empty;
                assert!(
                    quiet && none && !sight.touched && sight.pending == PendingSeen::Nothing,
                    "{sight:?}"
                );
            }
            CompleteRow::Clean => {
                assert!(
                    !sight.earlier_session && sight.candidate == CandidateSeen::Ours,
                    "{sight:?}"
                );
            }
            CompleteRow::New => {
                assert!(
                    quiet && sight.lines == LinesSeen::All && sight.pending == PendingSeen::Nothing,
                    "{sight:?}"
                );
            }
            CompleteRow::LiveTouched | CompleteRow::OldTouched => {
                assert!(quiet && sight.pending == PendingSeen::Nothing, "{sight:?}");
                assert_ne!(sight.candidate, CandidateSeen::Ours, "{sight:?}");
            }
            CompleteRow::Wait(_) => {}
        }
    }
}
