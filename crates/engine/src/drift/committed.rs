//! Whose commit a difference came with, as far as the device's own list of commits shows it. Pure.
//!
//! An object that was as expected in one read and differs in a later one was changed by a commit between the two. Where the
//! list shows exactly one that is not ours, it was that one; of several it was one of them. Whatever makes the list ambiguous
//! makes the commit not observable: nobody is named on a guess.

use chrono::{DateTime, Duration, FixedOffset, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::deploy::known::{Known, same_entry, same_moment, stamp};
use crate::ports::{CommitSuccess, RollbackEntry};

/// A success line may be printed a little after its entry was made, and a session's clock may lag as much.
const SLACK: Duration = Duration::seconds(2);
/// Entries that a device keeps; a list of so many may have lost older ones.
const LONGEST_LIST: usize = 50;

/// Commits of others that a difference may have come with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// User of the newest.
    pub user: String,
    /// By what: `cli`, `netconf`...; empty where the device does not tell.
    pub via: String,
    /// When, as the device prints it.
    pub time: String,
    /// How many there are.
    pub count: u32,
    /// Whether the list may have lost older ones.
    pub at_least: bool,
    /// Their users, each once, that of the newest first.
    pub users: Vec<String>,
}

/// What is known of our own commits on a device, by one deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnCommits {
    /// The login that they were made with; none where it was not seen.
    user: Option<String>,
    /// Those whose success the device told.
    told: Vec<CommitSuccess>,
    /// Proven to be another's, although made meanwhile.
    others: Vec<RollbackEntry>,
    /// The device's time from the first to the last that was heard of the device; none on a side that is not known.
    from: Option<NaiveDateTime>,
    to: Option<NaiveDateTime>,
}

/// Whose an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Ours,
    Another,
    /// Made by our login while a deployment was at work: a commit whose answer was lost, or the end of a timer.
    Unclear,
}

impl OwnCommits {
    /// Takes from what a deployment knows of a device whose commits are ours. `is_over` where nothing of it goes on.
    #[must_use]
    pub fn of(known: &Known, is_over: bool) -> Self {
        let told = known.commits.iter().filter_map(|commit| commit.success.clone());
        let base = known.base.as_ref().and_then(|base| base.head.as_ref());
        let begun = known.commits.iter().find_map(|commit| commit.after);
        Self {
            user: known.user.clone(),
            told: told.collect(),
            others: crate::deploy::others_of(known),
            from: begun.or_else(|| base.and_then(|head| stamp(&head.time))),
            to: known.device_time.filter(|_| is_over),
        }
    }

    fn whose(&self, entry: &RollbackEntry) -> Whose {
        let is_told = |told: &CommitSuccess| {
            entry.via.eq_ignore_ascii_case("cli")
                && entry.user == told.user
                && same_moment(&entry.time, &told.time)
        };
        if self.told.iter().any(is_told) {
            return Whose::Ours;
        }
        let is_login = self.user.as_ref().is_none_or(|user| *user == entry.user);
        let at = stamp(&entry.time);
        let meanwhile = at.is_none_or(|at| {
            self.from.is_none_or(|from| at >= from - SLACK) && self.to.is_none_or(|to| at <= to + SLACK)
        });
        let is_proven = self.others.iter().any(|other| same_entry(other, entry));
        match is_login && meanwhile && !is_proven {
            true => Whose::Unclear,
            false => Whose::Another,
        }
    }
}

/// Reads from a device's list of commits, newest first, which of others a difference may have come with.
///
/// `since` is the device's time at the last read in which the object was as expected, `now` that of the read that shows it
/// otherwise. None where the commit is not observable: a time that can't be read or placed, a clock that was set, nothing of
/// another in between, or a commit that may as well be ours.
#[must_use]
pub fn committed(
    list: &[RollbackEntry],
    since: Option<DateTime<FixedOffset>>,
    now: Option<DateTime<FixedOffset>>,
    ours: &[OwnCommits],
) -> Option<Committed> {
    let (since, now) = (since?, now?);
    // The list carries no zone: times of two zones can't be put in order.
    if since.offset() != now.offset() {
        return None;
    }
    let times: Vec<NaiveDateTime> = list
        .iter()
        .map(|entry| stamp(&entry.time))
        .collect::<Option<_>>()?;
    let in_order = times
        .windows(2)
        .all(|pair| matches!(pair, [newer, older] if newer >= older));
    let newest = times.first()?;
    if !in_order || *newest > now.naive_local() + SLACK {
        return None;
    }
    let count = times.partition_point(|time| *time >= since.naive_local());
    let mut others = Vec::with_capacity(count);
    for entry in list.get(..count)? {
        let is = |whose: Whose| ours.iter().any(|own| own.whose(entry) == whose);
        if is(Whose::Ours) {
            continue;
        }
        if is(Whose::Unclear) {
            return None;
        }
        others.push(entry);
    }
    let first = others.first()?;
    let mut users: Vec<String> = Vec::new();
    for entry in &others {
        if !users.contains(&entry.user) {
            users.push(entry.user.clone());
        }
    }
    Some(Committed {
        user: first.user.clone(),
        via: first.via.clone(),
        time: first.time.clone(),
        count: u32::try_from(others.len()).unwrap_or(u32::MAX),
        at_least: count == list.len() && list.len() >= LONGEST_LIST,
        users,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::Delta;
    use crate::deploy::known::{CommitKind, OurCommit};

    fn entry(user: &str, time: &str) -> RollbackEntry {
        RollbackEntry {
            id: 0,
            time: format!("09-Mar-2026 {time}"),
            user: user.to_owned(),
            via: "cli".to_owned(),
            log: String::new(),
        }
    }

    fn at(time: &str) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&format!("2026-03-09T{time}+02:00")).ok()
    }

    /// A deployment with the login `birch` from noon to five past, one commit of which was told.
    fn deployment(success: Option<&str>) -> OwnCommits {
        let noon = at("12:00:00").unwrap().naive_local();
        let known = Known {
            user: Some("birch".to_owned()),
            commits: vec![OurCommit {
                kind: CommitKind::Forward,
                change: Delta::default(),
                after: Some(noon),
                before: None,
                success: success.map(|time| CommitSuccess {
                    user: "birch".to_owned(),
                    time: format!("09-Mar-2026 {time} UTC+02:00"),
                }),
            }],
            device_time: Some(noon + Duration::minutes(5)),
            ..Known::default()
        };
        OwnCommits::of(&known, true)
    }

    /// What is told of a list between ten and two o'clock: newest user, count, users.
    fn check(list: &[(&str, &str)], ours: &[OwnCommits], expected: Option<(&str, u32, &[&str])>) {
        let list: Vec<RollbackEntry> = list.iter().map(|(user, time)| entry(user, time)).collect();
        let found = committed(&list, at("10:00:00"), at("14:00:00"), ours);
        let told = found.as_ref().map(|found| {
            let users: Vec<&str> = found.users.iter().map(String::as_str).collect();
            (found.user.as_str(), found.count, users)
        });
        let expected = expected.map(|(user, count, users)| (user, count, users.to_vec()));
        assert_eq!(told, expected, "{list:?}");
    }

    #[test]
    fn one_commit_of_another_is_it_and_of_several_it_is_one() {
        let before = ("kestrel", "09:00:00");
        check(
            &[("rowan", "13:00:00"), before],
            &[],
            Some(("rowan", 1, &["rowan"])),
        );
        let several = [
            ("rowan", "13:00:00"),
            ("finch", "12:00:00"),
            ("rowan", "11:00:00"),
            before,
        ];
        check(&several, &[], Some(("rowan", 3, &["rowan", "finch"])));
        // Right at the read it may have come before or after it.
        check(
            &[("rowan", "10:00:00"), before],
            &[],
            Some(("rowan", 1, &["rowan"])),
        );
        check(&[before], &[], None);
        check(&[], &[], None);
    }

    #[test]
    fn our_own_commits_are_nobodys() {
        let own = [deployment(Some("12:01:00"))];
        check(&[("birch", "12:01:00")], &own, None);
        let others = [("rowan", "13:00:00"), ("birch", "12:01:00")];
        check(&others, &own, Some(("rowan", 1, &["rowan"])));
        // The same login by hand, long after the deployment.
        check(
            &[("birch", "13:00:00"), ("birch", "12:01:00")],
            &own,
            Some(("birch", 1, &["birch"])),
        );
    }

    #[test]
    fn what_may_be_ours_is_told_of_nobody() {
        // Its answer was lost; a timer that ended takes ours back under our name; a journal could not be read.
        check(&[("birch", "12:01:00")], &[deployment(None)], None);
        let reverted = [("birch", "12:04:00"), ("birch", "12:01:00")];
        check(&reverted, &[deployment(Some("12:01:00"))], None);
        check(&[("rowan", "13:00:00")], &[OwnCommits::default()], None);
    }

    #[test]
    fn times_that_cannot_be_placed_tell_nothing() {
        check(&[("rowan", "13:00")], &[], None);
        // The clock was set back, or is ahead of the read.
        check(&[("rowan", "11:00:00"), ("finch", "13:00:00")], &[], None);
        check(&[("rowan", "15:00:00")], &[], None);
        let list = [entry("rowan", "13:00:00")];
        assert_eq!(committed(&list, None, at("14:00:00"), &[]), None);
        assert_eq!(committed(&list, at("10:00:00"), None, &[]), None);
        let summer = at("10:00:00").map(|at| at.with_timezone(&FixedOffset::east_opt(3600).unwrap()));
        assert_eq!(committed(&list, summer, at("14:00:00"), &[]), None);
    }

    #[test]
    fn a_full_list_may_have_lost_some() {
        let list: Vec<RollbackEntry> = (0..50).map(|_| entry("rowan", "13:00:00")).collect();
        let of = |list: &[RollbackEntry]| committed(list, at("10:00:00"), at("14:00:00"), &[]).unwrap();
        assert!(of(&list).at_least && of(&list).count == 50);
        assert!(!of(&list[1..]).at_least);
    }
}
