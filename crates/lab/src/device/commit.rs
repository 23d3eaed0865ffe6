//! Commit, check, confirm and what they say (REF 7).

use chrono::TimeDelta;

use super::session::{Mode, Question};
use super::state::{Busy, Candidate, Owner, Pending, State};
use super::{Answer, CommitJob, Context, Next, Notice, SessionId};
use crate::dialect::{Arms, CommitErrors, ConfirmTexts, EmptyCheck, OutOfSync, PendingOnCommit};
use crate::tree::{CompareLayout, Tree};
use crate::validate::{Violation, validate};

/// REF 7.2.
pub(super) const NOTHING: &str =
    "NOTICE: commit action is not applicable. no configuration changes were made";

/// The options of a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CommitArgs {
    pub(super) check: bool,
    pub(super) confirm: Option<u32>,
    pub(super) exit: bool,
    pub(super) log: String,
    pub(super) no_warning: bool,
}

/// Checks a commit and begins it.
pub(super) fn begin(state: &mut State, context: Context<'_>, id: SessionId, args: CommitArgs) -> Answer {
    let Some(owner) = state.owner(id, context) else {
        return Answer::silent();
    };
    if let Some(busy) = &state.busy {
        // Synthetic; REF 13.6 "second commit while one runs".
        return Answer::error(format!(
            "ERROR: Commit is already running for user {}.",
            busy.user
        ));
    }
    let candidate = state.candidate(&owner);
    let (dirty, behind) = (candidate.dirty(), candidate.base_revision);
    let behind = behind != state.revision;
    if !dirty {
        return without_changes(state, context, id, &args);
    }
    if args.confirm.is_some() && state.pending.is_some() {
        // Synthetic; REF 7.5 "another commit confirm is refused until it ends (text unknown)".
        return Answer::error("ERROR: Commit confirm is already scheduled.");
    }
    if behind {
        if context.dialect.out_of_sync == OutOfSync::Ask && !args.no_warning {
            return ask_out_of_sync(state, context, id, args);
        }
        merge(state, context, &owner);
    }
    carry_out(state, context, id, args)
}

fn carry_out(state: &mut State, context: Context<'_>, id: SessionId, args: CommitArgs) -> Answer {
    let Some(owner) = state.owner(id, context) else {
        return Answer::silent();
    };
    let candidate = state.candidate(&owner);
    if !candidate.dirty() {
        return without_changes(state, context, id, &args);
    }
    let new = candidate.tree.clone();
    let before = validate(&state.running, context.spec);
    let violations: Vec<Violation> = validate(&new, context.spec)
        .into_iter()
        .filter(|violation| !before.contains(violation))
        .collect();
    if !violations.is_empty() {
        return refused(&violations, context);
    }
    if args.check {
        return Answer::text("Commit check passed successfully");
    }
    let changes = state
        .running
        .compare(&new, CompareLayout::Paths, context.dialect.print_style());
    state.runs += 1;
    let user = state
        .sessions
        .get(&id)
        .map_or_else(String::new, |session| session.user.clone());
    state.busy = Some(Busy {
        user,
        since: context.now,
        run: state.runs,
        tree: new,
    });
    let job = CommitJob {
        confirm: args.confirm,
        log: args.log,
        exit: args.exit,
        lines: changes.lines().count(),
        run: state.runs,
    };
    Answer::silent().then(Next::Commit(job))
}

/// Ends the commit that is running: the candidate becomes the running configuration.
pub(super) fn finish(state: &mut State, context: Context<'_>, id: SessionId, job: &CommitJob) -> Answer {
    if state.busy.as_ref().is_none_or(|busy| busy.run != job.run) {
        return Answer::silent();
    }
    let Some(Busy {
        user, tree: after, ..
    }) = state.busy.take()
    else {
        return Answer::silent();
    };
    let Some(owner) = state.owner(id, context) else {
        return Answer::silent();
    };
    let before = state.running.clone();
    if state.candidate(&owner).tree == after {
        state.candidates.remove(&owner);
    }
    let after = context.dialect.text_of(after);
    let serial = state.record(after.clone(), &user, context, job.log.clone());
    if state.pending.is_some() && context.dialect.pending_on_commit == PendingOnCommit::Confirms {
        state.pending = None;
    }
    let mut text = String::new();
    if let Some(minutes) = job.confirm {
        text = match context.dialect.confirm_texts {
            ConfirmTexts::Field => {
                format!("Commit confirm will automatically rollback in {minutes} minutes unless confirmed\n")
            }
            ConfirmTexts::Documented | ConfirmTexts::Succeeded => {
                format!(
                    "Commit confirm will be automatically rolled back in {minutes} minutes unless confirmed\n"
                )
            }
        };
        if context.dialect.arms == Arms::Yes {
            let deadline = context.now + TimeDelta::minutes(i64::from(minutes));
            state.pending = Some(Pending {
                user: user.clone(),
                since: context.now,
                deadline,
                serial,
                before,
                after,
            });
        }
    }
    let success = format!("Commit succeeded by {user} at {}", context.stamp(context.now));
    state.notices.push(Notice::Broadcast {
        text: success.clone(),
        except: Some(id),
    });
    text.push_str(&success);
    if job.exit
        && let Some(session) = state.sessions.get_mut(&id)
    {
        session.mode = Mode::Operational;
    }
    Answer::text(text)
}

fn without_changes(state: &mut State, context: Context<'_>, id: SessionId, args: &CommitArgs) -> Answer {
    if args.check {
        return Answer::text(match context.dialect.empty_check {
            EmptyCheck::Notice => NOTHING,
            EmptyCheck::Passed => "Commit check passed successfully",
        });
    }
    if args.confirm.is_none() && state.pending.take().is_some() {
        if args.exit {
            leave_configuration(state, id);
        }
        let user = state
            .sessions
            .get(&id)
            .map_or("", |session| session.user.as_str());
        return Answer::text(match context.dialect.confirm_texts {
            ConfirmTexts::Documented => "Commit confirm".to_owned(),
            ConfirmTexts::Field => "Commit confirmed".to_owned(),
            ConfirmTexts::Succeeded => {
                format!("Commit succeeded by {user} at {}", context.stamp(context.now))
            }
        });
    }
    Answer::text(NOTHING)
}

fn leave_configuration(state: &mut State, id: SessionId) {
    if let Some(session) = state.sessions.get_mut(&id) {
        session.mode = Mode::Operational;
    }
}

fn refused(violations: &[Violation], context: Context<'_>) -> Answer {
    let text = match context.dialect.commit_errors {
        CommitErrors::Lines => violations
            .iter()
            .map(|violation| format!("ERROR: {}", violation.reason))
            .collect::<Vec<_>>()
            .join("\n"),
        CommitErrors::Paths => {
            let paths: Vec<String> = violations
                .iter()
                .map(|violation| format!("\t{}", violation.path))
                .collect();
            format!("Commit check failed on:\n{}", paths.join("\n"))
        }
    };
    Answer::error(text)
}

fn ask_out_of_sync(state: &mut State, context: Context<'_>, id: SessionId, commit: CommitArgs) -> Answer {
    let (user, at) = state.ring.front().map_or_else(
        || (String::new(), context.now),
        |entry| (entry.user.clone(), entry.at),
    );
    let choices = if commit.check {
        "check-and-merge, merge-only, abort"
    } else {
        "commit, merge-only, abort"
    };
    let question = format!(
        "Warning: User {user} committed at {}, your configuration is out of sync. What would you like to do ({choices}) [abort]? ",
        context.stamp(at)
    );
    if let Some(session) = state.sessions.get_mut(&id) {
        session.question = Some(Question::OutOfSync { commit });
    }
    Answer::ask(question)
}

/// The answer to the out-of-sync question (REF 7.3). An answer that is no choice asks again.
pub(super) fn answer_out_of_sync(
    state: &mut State,
    context: Context<'_>,
    id: SessionId,
    commit: CommitArgs,
    reply: &str,
) -> Answer {
    let Some(owner) = state.owner(id, context) else {
        return Answer::silent();
    };
    match (reply.trim(), commit.check) {
        ("" | "abort", _) => Answer::silent(),
        ("merge-only", _) => {
            merge(state, context, &owner);
            Answer::silent()
        }
        ("commit", false) | ("check-and-merge", true) => {
            merge(state, context, &owner);
            carry_out(state, context, id, commit)
        }
        _ => ask_out_of_sync(state, context, id, commit),
    }
}

/// Replays a candidate's lines on the running configuration of now.
fn merge(state: &mut State, context: Context<'_>, owner: &Owner) {
    let (running, revision) = (state.running.clone(), state.revision);
    let candidate = state.candidate(owner);
    candidate.tree = would_leave(candidate, &running, revision, context);
    candidate.base = running;
    candidate.base_revision = revision;
}

/// What a commit of a candidate would leave: where others committed since, its lines on what runs now.
pub(super) fn would_leave(
    candidate: &Candidate,
    running: &Tree,
    revision: u64,
    context: Context<'_>,
) -> Tree {
    if candidate.absolute || candidate.base_revision == revision {
        return candidate.tree.clone();
    }
    let mut tree = running.clone();
    for edit in &candidate.edits {
        tree.apply(edit, context.dialect.edit_rules());
    }
    tree
}

impl Tree {
    /// This tree with the change from `from` to `to` applied to it.
    #[must_use]
    pub(super) fn patched(&self, from: &Self, to: &Self) -> Self {
        let mut tree = self.clone();
        tree.patch(from, to);
        tree
    }
}
