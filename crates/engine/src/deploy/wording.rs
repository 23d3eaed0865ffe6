//! What a device shows, put in the words of the plan.
//!
//! A device may print what is the default or leave it out, and quote a description or not (REF 13.9). Lines that are put
//! back must be the very lines that stood there, so what is shown is not evened out: it is named as the plan names it.

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{ConfigPath, meaning_of};

use super::change::DeviceChange;
use super::lines::{LineSet, at_or_below, is_within};
use crate::ports::{Candidate, EntryDelta, Probe};

/// The kinds of lines that a device prints though they say what holds without them. Of such a kind, what it does not show is
/// not there.
#[derive(Clone, Debug, Default)]
pub struct Prints(BTreeSet<String>);

impl Prints {
    /// What a configuration shows of them.
    #[must_use]
    pub fn seen_in(text: &LineSet) -> Self {
        let needless = text.iter().filter(|line| meaning_of(line).is_none());
        Self(needless.filter_map(kind).collect())
    }

    fn shows(&self, line: &str) -> bool {
        kind(line).is_some_and(|kind| self.0.contains(&kind))
    }
}

/// What a line sets, whatever the object: the section and the name of the leaf.
fn kind(line: &str) -> Option<String> {
    let (path, _) = line.rsplit_once(' ')?;
    let (section, _) = path.split_once(' ')?;
    let (_, leaf) = path.rsplit_once(' ')?;
    Some(format!("{section} {leaf}"))
}

/// The words of one device's plan.
#[derive(Debug)]
pub struct Wording<'a> {
    plan: &'a DeviceChange,
    /// Lines that the plan knows, by what they mean.
    by_meaning: BTreeMap<String, &'a str>,
    /// Lines of objects that only the plan brings, each of which says what holds without it and may not be printed.
    silent: Vec<&'a str>,
}

fn owner(line: &str) -> Option<ConfigPath> {
    ConfigPath::new(line).owner()
}

impl<'a> Wording<'a> {
    /// Takes the words of a plan, for a device that prints so.
    #[must_use]
    pub fn of(plan: &'a DeviceChange, prints: &Prints) -> Self {
        let known = plan
            .base
            .iter()
            .chain(plan.predicted.added.iter().map(String::as_str));
        let by_meaning = known
            .filter_map(|line| Some((meaning_of(line)?.into_owned(), line)))
            .collect();
        let brings = |line: &&str| owner(line).is_some_and(|owner| !plan.base.holds(owner.as_str()));
        let added = plan.predicted.added.iter().map(String::as_str);
        let silent = added
            .filter(|line| meaning_of(line).is_none() && brings(line) && !prints.shows(line))
            .collect();
        Self {
            plan,
            by_meaning,
            silent,
        }
    }

    /// Names a shown line; `None` for one that says of an object of ours what holds without it, and which we did not type.
    fn word<'l>(&'l self, line: &'l str) -> Option<&'l str> {
        let is_known = |line: &str| self.plan.base.holds(line) || self.plan.predicted.added.contains(line);
        if !is_within(line, &self.plan.touched) || is_known(line) {
            return Some(line);
        }
        match meaning_of(line) {
            Some(meaning) => Some(self.by_meaning.get(meaning.as_ref()).copied().unwrap_or(line)),
            None => {
                let Some(owner) = owner(line) else {
                    return Some(line);
                };
                let is_ours = !self.plan.base.holds(owner.as_str())
                    && (self.plan.predicted.added.iter()).any(|added| at_or_below(added, owner.as_str()));
                (!is_ours).then_some(line)
            }
        }
    }

    /// Lines of ours that such a device does not show, of the objects of which it shows lines of ours and of nobody else:
    /// beside another's lines what can't be seen is not taken back either.
    fn unsaid(&self, shown: &[String]) -> Vec<String> {
        let stands = |line: &&&str| {
            let Some(owner) = owner(line) else { return false };
            let of_it = || shown.iter().filter(|one| at_or_below(one, owner.as_str()));
            let is_ours = |one: &String| self.plan.predicted.added.contains(one);
            let means = |one: &String| meaning_of(one).is_some();
            of_it().all(is_ours) && of_it().any(means) && !of_it().any(|one| one == **line)
        };
        let unsaid = self.silent.iter().filter(stands);
        unsaid.map(|line| (*line).to_owned()).collect()
    }

    /// The lines as the plan names them, those that go without saying among them.
    fn said(&self, shown: &[String]) -> Vec<String> {
        let mut lines = self.named(shown);
        lines.extend(self.unsaid(&lines));
        lines
    }

    fn named(&self, shown: &[String]) -> Vec<String> {
        let named = shown.iter().filter_map(|line| self.word(line));
        named.map(str::to_owned).collect()
    }

    /// Names the lines of a running configuration.
    #[must_use]
    pub fn running(&self, shown: LineSet) -> LineSet {
        let touched = shown.within(&self.plan.touched);
        let lines: Vec<String> = touched.iter().map(str::to_owned).collect();
        let named = self.said(&lines);
        if named == lines {
            return shown;
        }
        // An object of which only unsaid lines stood stands without them.
        let marked = |line: &str| touched.is_entry(line).then(|| format!("{line} ^"));
        let named: LineSet = named
            .iter()
            .map(|line| marked(line).unwrap_or_else(|| line.clone()))
            .collect();
        let gone = lines.iter().filter_map(|line| owner(line));
        let bare: LineSet = gone
            .filter(|owner| !named.holds(owner.as_str()))
            .map(|owner| format!("{owner} ^"))
            .collect();
        named.and(bare).and(shown.outside(&self.plan.touched))
    }

    /// Names the lines of a candidate.
    #[must_use]
    pub fn candidate(&self, shown: Candidate) -> Candidate {
        match shown {
            Candidate::Differs {
                text,
                added: Some(added),
                deleted: Some(deleted),
            } => Candidate::Differs {
                text,
                added: Some(self.said(&added)),
                deleted: Some(self.named(&deleted)),
            },
            other => other,
        }
    }

    /// Names the candidate of a probe.
    #[must_use]
    pub fn probe(&self, shown: Probe) -> Probe {
        Probe {
            candidate: self.candidate(shown.candidate),
            ..shown
        }
    }

    /// Names the lines of a rollback entry: what was brought, and what was taken back.
    #[must_use]
    pub fn entry(&self, shown: EntryDelta) -> EntryDelta {
        EntryDelta {
            text: shown.text,
            added: shown.added.map(|lines| self.said(&lines)),
            deleted: shown.deleted.map(|lines| self.said(&lines)),
        }
    }
}
