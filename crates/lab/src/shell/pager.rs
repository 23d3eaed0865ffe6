//! Paging (REF 2).

/// Takes the pager's own line away again; how a device does it is not known.
pub(super) const ERASE: &str = "\r                            \r";

const MORE: &str = "-- More -- (Press q to quit)";
const END: &str = "-- End -- (Press q to quit)";

/// A text shown page by page.
#[derive(Debug)]
pub(super) struct Pager {
    lines: Vec<String>,
    shown: usize,
    take: usize,
    page: usize,
}

impl Pager {
    /// A pager for a terminal of `length` lines, one of them its own.
    pub(super) fn new(text: &str, length: usize) -> Self {
        let page = length.saturating_sub(1).max(1);
        Self {
            lines: text.lines().map(str::to_owned).collect(),
            shown: 0,
            take: page,
            page,
        }
    }

    /// The lines that come next, and the pager's own line.
    pub(super) fn next_page(&mut self) -> String {
        let to = (self.shown + self.take).min(self.lines.len());
        let mut out: String = self.lines[self.shown..to]
            .iter()
            .map(|line| format!("{line}\r\n"))
            .collect();
        self.shown = to;
        out.push_str(self.prompt());
        out
    }

    pub(super) fn prompt(&self) -> &'static str {
        if self.at_end() { END } else { MORE }
    }

    pub(super) fn at_end(&self) -> bool {
        self.shown == self.lines.len()
    }

    pub(super) fn advance_page(&mut self) {
        self.take = self.page;
    }

    pub(super) fn advance_line(&mut self) {
        self.take = 1;
    }
}
