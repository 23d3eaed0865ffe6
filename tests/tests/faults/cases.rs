//! Which cases there are: every device, step, trouble and moment.

use std::collections::HashMap;
use std::fmt;

use bk_engine::deploy::Step;
use bk_lab::fault::Moment;
use bk_tests::mix;

use crate::trouble::{Trouble, moment_of, moment_word};

/// The way on which a case lies: what happens on the last device of the plan beside the trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// Nothing: it goes through.
    Straight,
    /// Its commit check refuses: lines are taken out of candidates.
    Refused,
    /// Its `commit confirm` is refused: what is pending elsewhere is cancelled.
    TurnedBack,
    /// Its timer ends behind the record, before this line: the lines are applied again.
    Expired {
        /// The line, counted from 1.
        line: u32,
    },
    /// Another commits on top of ours before this line.
    OnTop {
        /// The line, counted from 1.
        line: u32,
    },
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) way: Way,
    /// Place in the plan.
    pub(crate) device: usize,
    /// The line at which the trouble comes, counted from 1.
    pub(crate) line: u32,
    pub(crate) moment: Moment,
    pub(crate) trouble: Option<Trouble>,
    /// 1: late lines run, another's value takes the place of ours; 2: timers end before it is recovered; 4: the device comes back while it is waited for.
    pub(crate) bits: u8,
}

impl Case {
    /// Whether another's line on our object takes the place of one of ours; else it stands beside them.
    pub(crate) fn takes_our_place(&self) -> bool {
        self.bits & 1 != 0
    }

    pub(crate) fn untroubled(way: Way) -> Self {
        Self {
            way,
            device: 0,
            line: 1,
            moment: Moment::BeforeLine,
            trouble: None,
            bits: 0,
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split('/');
        let mut next = || words.next();
        Some(Self {
            way: Way::parse(next()?)?,
            device: next()?.parse().ok()?,
            line: next()?.parse().ok()?,
            moment: moment_of(next()?)?,
            trouble: match next()? {
                "none" => None,
                word => Some(Trouble::parse(word)?),
            },
            bits: next()?.parse().ok()?,
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trouble = self.trouble.map_or("none", Trouble::word);
        let moment = moment_word(self.moment);
        let Self {
            way,
            device,
            line,
            bits,
            ..
        } = self;
        write!(f, "{way}/{device}/{line}/{moment}/{trouble}/{bits}")
    }
}

impl Way {
    fn parse(text: &str) -> Option<Self> {
        let (word, line) = text.split_once('@').unwrap_or((text, "0"));
        let line = line.parse().ok()?;
        Some(match word {
            "straight" => Self::Straight,
            "refused" => Self::Refused,
            "turned-back" => Self::TurnedBack,
            "expired" => Self::Expired { line },
            "on-top" => Self::OnTop { line },
            _ => return None,
        })
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Straight => f.write_str("straight"),
            Self::Refused => f.write_str("refused"),
            Self::TurnedBack => f.write_str("turned-back"),
            Self::Expired { line } => write!(f, "expired@{line}"),
            Self::OnTop { line } => write!(f, "on-top@{line}"),
        }
    }
}

/// Lines of each device on a way, with the step in which each was received.
pub(crate) type WayLines = Vec<Vec<(Option<Step>, String)>>;

/// Every (device, step, trouble, moment) of a way, each with its step. Of each step the line that commits or checks, and
/// one by chance.
pub(crate) fn every(
    way: Way,
    lines: &WayLines,
    wanted: impl Fn(Step) -> bool,
    seed: u64,
) -> Vec<(Step, Case)> {
    let mut cases = Vec::new();
    for (device, lines) in lines.iter().enumerate() {
        let mut known: Vec<Step> = Vec::new();
        for step in lines.iter().filter_map(|(step, _)| *step) {
            if known.contains(&step) || !wanted(step) {
                continue;
            }
            known.push(step);
            let own: Vec<u32> = (1..)
                .zip(lines)
                .filter(|(_, (of, _))| *of == Some(step))
                .map(|(number, _)| number)
                .collect();
            let decisive = own
                .iter()
                .copied()
                .find(|number| is_decisive(&lines[*number as usize - 1].1));
            for (trouble, word, moments) in Trouble::ALL {
                for &moment in moments {
                    let name = format!("{way}{device}{step:?}{word}{}", moment_word(moment));
                    let chance = mix(seed, &name);
                    let any = own[usize::try_from(chance >> 8).unwrap_or(0) % own.len()];
                    let mut at = vec![any];
                    at.extend(decisive.filter(|line| *line != any));
                    for line in at {
                        let case = Case {
                            way,
                            device,
                            line,
                            moment,
                            trouble: Some(trouble),
                            bits: u8::try_from(mix(chance, &line.to_string()) & 7).unwrap_or(0),
                        };
                        cases.push((step, case));
                    }
                }
            }
        }
    }
    cases
}

/// What another engineer can do in a candidate that all share: at most so many cases, those first that need lines sent one by
/// one, in the middle of what the engine asks for as a whole.
pub(crate) fn sharing(lines: &WayLines, at_most: usize, seed: u64) -> Vec<Case> {
    let is_foreign = |(_, case): &(Step, Case)| case.trouble.is_some_and(Trouble::is_foreign);
    let cases = every(Way::Straight, lines, |_| true, seed);
    let cases: Vec<(Step, Case)> = cases.into_iter().filter(is_foreign).collect();
    let amid = |(step, case): &(Step, Case)| {
        let line = lines[case.device][case.line as usize - 1].1.as_str();
        let before = case.moment == Moment::BeforeLine;
        let events: &[Trouble] = match (step, line) {
            (Step::PrepareLines, "commit check") => {
                &[Trouble::ForeignRollback0, Trouble::ForeignCommitConfirm]
            }
            (Step::Confirm, "commit") => &[Trouble::ForeignLine, Trouble::ForeignLineOnOurs],
            _ => &[],
        };
        before && case.trouble.is_some_and(|trouble| events.contains(&trouble))
    };
    let (first, rest): (Vec<_>, Vec<_>) = cases.into_iter().partition(amid);
    let mut taken = even(first, at_most, seed);
    taken.extend(even(rest, at_most - taken.len(), seed));
    taken
}

/// At most so many of the cases, evenly: whatever has been taken least is taken next. So every trouble and every step
/// comes once before one comes twice, and then every device and moment.
pub(crate) fn even(mut cases: Vec<(Step, Case)>, at_most: usize, seed: u64) -> Vec<Case> {
    cases.sort_by_cached_key(|(_, case)| mix(seed, &case.to_string()));
    let mut taken = Vec::new();
    let mut often: HashMap<String, usize> = HashMap::new();
    while taken.len() < at_most && !cases.is_empty() {
        let of = |word: String| often.get(&word).copied().unwrap_or(0);
        let rank = |(step, case): &(Step, Case)| {
            let trouble = case.trouble.map_or("none", Trouble::word);
            let main = [trouble.to_owned(), format!("{step:?}")].map(of);
            let beside = [
                format!("{}", case.device),
                moment_word(case.moment).to_owned(),
                format!("{trouble} {step:?}"),
            ];
            let beside: usize = beside.map(of).iter().sum();
            (main[0].max(main[1]), main[0] + main[1], beside)
        };
        // When all are wanted nothing is chosen.
        let next = if at_most >= taken.len() + cases.len() {
            0
        } else {
            (0..cases.len()).min_by_key(|at| rank(&cases[*at])).unwrap()
        };
        let (step, case) = cases.remove(next);
        let trouble = case.trouble.map_or("none", Trouble::word);
        for word in [
            trouble.to_owned(),
            format!("{step:?}"),
            case.device.to_string(),
            moment_word(case.moment).to_owned(),
            format!("{trouble} {step:?}"),
        ] {
            *often.entry(word).or_default() += 1;
        }
        taken.push(case);
    }
    taken
}

fn is_decisive(line: &str) -> bool {
    line.starts_with("commit") || line.starts_with("clear ")
}
