//! What may follow a `show` after `|` (REF 9).

use regex::{Regex, RegexBuilder};

use super::Answer;
use super::matching::{Words, resolve};
use crate::grammar::{Word, split_words};

/// The pipes behind one command.
#[derive(Debug, Default)]
pub struct Pipes {
    /// `flatten`, for `show config`.
    pub flatten: bool,
    /// `no-more`.
    pub no_more: bool,
    /// `monitor`.
    pub monitor: Option<u32>,
    stages: Vec<Stage>,
}

#[derive(Debug)]
enum Stage {
    Select(Select),
    Find(Select),
    Tail(usize),
    Count,
}

#[derive(Debug)]
struct Select {
    pattern: Regex,
    keep: bool,
    headers: bool,
    leading: usize,
    trailing: usize,
}

const PIPES: [&str; 8] = [
    "count",
    "display-xml",
    "exclude",
    "find",
    "flatten",
    "include",
    "monitor",
    "no-more",
];

/// Splits a line at each `|` outside quotes; each part with the words' columns on the whole line.
pub(super) fn split_pipes(line: &str) -> Vec<Vec<Word>> {
    split_outside_quotes(line, '|')
}

/// Splits at a mark outside quotes, keeping columns.
pub(super) fn split_outside_quotes(line: &str, mark: char) -> Vec<Vec<Word>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut escaped = false;
    let chars: Vec<char> = line.chars().collect();
    let part = |from: usize, to: usize| -> Vec<Word> {
        let text: String = chars[from..to].iter().collect();
        let mut words = split_words(&text);
        for word in &mut words {
            word.column += from;
        }
        words
    };
    for (at, c) in chars.iter().enumerate() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if *c == mark && !quoted => {
                parts.push(part(start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(part(start, chars.len()));
    parts
}

impl Pipes {
    /// Reads the parts behind the command.
    pub(super) fn read(parts: &[Vec<Word>], shown: usize, config: bool) -> Result<Self, Answer> {
        let mut pipes = Self::default();
        for part in parts {
            let mut words = Words::new(part, shown);
            let word = words.any()?;
            let name = match word.text.as_str() {
                "i" => "include",
                "fl" => "flatten",
                "tail" => "tail",
                _ => resolve(word, &PIPES)
                    .or_else(|| resolve(word, &["tail"]))
                    .ok_or_else(|| words.unknown(word))?,
            };
            match name {
                "no-more" => pipes.no_more = true,
                "flatten" if config => pipes.flatten = true,
                "count" => pipes.stages.push(Stage::Count),
                "tail" => {
                    let lines = if words.peek().is_some() {
                        words.number(1, 100_000)?
                    } else {
                        100
                    };
                    pipes.stages.push(Stage::Tail(lines as usize));
                }
                "monitor" => {
                    let interval = if words.eat("interval") {
                        words.number(1, 3600)?
                    } else {
                        3
                    };
                    words.eat("diff");
                    pipes.monitor = Some(interval);
                }
                "include" => pipes.stages.push(Stage::Select(select(&mut words, true)?)),
                "exclude" => pipes.stages.push(Stage::Select(select(&mut words, false)?)),
                "find" => pipes.stages.push(Stage::Find(select(&mut words, true)?)),
                _ => return Err(words.unknown(word)),
            }
            words.end()?;
        }
        Ok(pipes)
    }

    /// Runs the text through the pipes.
    pub(super) fn apply(&self, text: String, colour: bool) -> String {
        self.stages.iter().fold(text, |text, stage| match stage {
            Stage::Count => format!("lines: {}\n", text.lines().count()),
            Stage::Tail(count) => {
                let lines: Vec<&str> = text.lines().collect();
                join(
                    lines[lines.len().saturating_sub(*count)..]
                        .iter()
                        .map(|line| (*line).to_owned()),
                )
            }
            Stage::Find(select) => select.find(&text),
            Stage::Select(select) => select.apply(&text, colour),
        })
    }
}

fn join(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}

fn select(words: &mut Words<'_>, keep: bool) -> Result<Select, Answer> {
    let regex = words.rest().len() > 1 && words.eat("regex");
    let word = words.any()?;
    let mut options = Select {
        pattern: any(),
        keep,
        headers: false,
        leading: 0,
        trailing: 0,
    };
    let mut sensitive = false;
    while words.peek().is_some() {
        match words.keyword(&["case-sensitive", "display-headers", "leading", "trailing"])? {
            "case-sensitive" => sensitive = true,
            "display-headers" => options.headers = true,
            "leading" => options.leading = words.number(0, 1000)? as usize,
            _ => options.trailing = words.number(0, 1000)? as usize,
        }
    }
    let source = if regex {
        word.text.clone()
    } else {
        regex::escape(&word.text)
    };
    options.pattern = RegexBuilder::new(&source)
        .case_insensitive(!sensitive)
        .build()
        .map_err(|_| words.unknown(word))?;
    Ok(options)
}

fn any() -> Regex {
    Regex::new("").expect("the empty pattern is valid")
}

impl Select {
    fn apply(&self, text: &str, colour: bool) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let headers = if self.headers { header_lines(&lines) } else { 0..0 };
        let hits: Vec<usize> = (0..lines.len())
            .filter(|at| !headers.contains(at) && self.pattern.is_match(lines[*at]) == self.keep)
            .collect();
        let mut out: Vec<String> = lines[headers].iter().map(|line| (*line).to_owned()).collect();
        if self.leading == 0 && self.trailing == 0 {
            out.extend(hits.iter().map(|at| self.marked(lines[*at], colour)));
            return join(out.into_iter());
        }
        let mut printed: Option<usize> = None;
        for at in hits {
            let from = at.saturating_sub(self.leading);
            let to = (at + self.trailing).min(lines.len() - 1);
            let next = printed.map_or(0, |last| last + 1);
            if printed.is_some() && from > next {
                out.push("--".to_owned());
            }
            out.extend((from.max(next)..=to).map(|line| self.marked(lines[line], colour)));
            printed = Some(to.max(printed.unwrap_or(0)));
        }
        join(out.into_iter())
    }

    fn find(&self, text: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let headers = if self.headers { header_lines(&lines) } else { 0..0 };
        let Some(first) = lines.iter().position(|line| self.pattern.is_match(line)) else {
            return String::new();
        };
        let from = first.saturating_sub(self.leading);
        let to = if self.trailing > 0 {
            (first + self.trailing + 1).min(lines.len())
        } else {
            lines.len()
        };
        join(
            lines[headers]
                .iter()
                .chain(&lines[from..to])
                .map(|line| (*line).to_owned()),
        )
    }

    /// Matches are coloured while colours are on (REF 9); the codes are synthetic.
    fn marked(&self, line: &str, colour: bool) -> String {
        if colour && self.keep {
            self.pattern
                .replace_all(line, "\x1b[1;31m${0}\x1b[0m")
                .into_owned()
        } else {
            line.to_owned()
        }
    }
}

/// The caption row of a table and the rule under it.
fn header_lines(lines: &[&str]) -> std::ops::Range<usize> {
    let rule = lines
        .iter()
        .position(|line| line.starts_with("+-") || line.starts_with("|-"));
    rule.map_or(0..0, |rule| rule.saturating_sub(1)..rule + 1)
}
