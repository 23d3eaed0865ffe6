//! Tables as DNOS prints them, read by the names in their header line, never by width (REF 8).

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    headers: Vec<String>,
    /// Rows with as many cells as the header has.
    pub rows: Vec<Vec<String>>,
    /// Rows of another shape, as printed.
    pub odd_rows: Vec<String>,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A line outside any table.
    Line(String),
    /// A table.
    Table(Table),
}

impl Table {
    /// The position of the first column whose name is one of `names`. Names are compared without regard to case,
    /// blanks and punctuation, because captions vary (`Bundle-Id`, `Bundle-ID`).
    #[must_use]
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.headers
            .iter()
            .position(|header| names.iter().any(|name| key(name) == *header))
    }
}

/// Cuts an answer into tables and other lines, in order. Blank lines are left out.
///
/// A row with more bars than the header is odd: which cell holds the bar, and so where the others stand, is not known.
#[must_use]
pub fn read_tables(answer: &str) -> Vec<Piece> {
    read_pieces(answer, Bars::Nowhere)
}

/// The same for tables whose last cell is free text and keeps its bars.
#[must_use]
pub fn read_tables_of_text(answer: &str) -> Vec<Piece> {
    read_pieces(answer, Bars::InLastCell)
}

/// Where a cell may hold a bar.
#[derive(Clone, Copy)]
enum Bars {
    Nowhere,
    InLastCell,
}

fn read_pieces(answer: &str, bars: Bars) -> Vec<Piece> {
    let lines: Vec<&str> = answer.lines().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if cells(lines[at], usize::MAX).is_some() && lines.get(at + 1).is_some_and(|next| is_rule(next)) {
            let (table, end) = read_table(&lines, at, bars);
            pieces.push(Piece::Table(table));
            at = end;
        } else {
            if !lines[at].trim().is_empty() {
                pieces.push(Piece::Line(lines[at].trim_end().to_owned()));
            }
            at += 1;
        }
    }
    pieces
}

fn read_table(lines: &[&str], at: usize, bars: Bars) -> (Table, usize) {
    let headers: Vec<String> = cells(lines[at], usize::MAX)
        .unwrap_or_default()
        .into_iter()
        .map(|header| key(&header))
        .collect();
    let mut table = Table {
        headers,
        rows: Vec::new(),
        odd_rows: Vec::new(),
    };
    let mut end = at + 2;
    while let Some(line) = lines.get(end) {
        if is_rule(line) {
            end += 1;
            continue;
        }
        let most = match bars {
            Bars::Nowhere => usize::MAX,
            Bars::InLastCell => table.headers.len(),
        };
        let Some(row) = cells(line, most) else {
            break;
        };
        if row.len() == table.headers.len() {
            table.rows.push(row);
        } else {
            table.odd_rows.push(line.trim().to_owned());
        }
        end += 1;
    }
    (table, end)
}

/// What one row tells.
pub(super) enum Row<T> {
    /// A fact.
    Fact(T),
    /// Nothing that is asked.
    Nothing,
    /// Something that is not understood.
    Odd,
}

/// Reads the rows of a table one by one; those that are not understood are named in `unread`.
///
/// `key` is a column that no row leaves empty. A row that does continues the cells of the row above, which is then not
/// understood either: half a name is another name.
pub(super) fn read_rows<T>(
    table: Table,
    key: usize,
    facts: &mut Vec<T>,
    unread: &mut Vec<String>,
    mut read: impl FnMut(&[String]) -> Row<T>,
) {
    let mut above: Option<&[String]> = None;
    for row in &table.rows {
        if row[key].is_empty() && row.iter().any(|cell| !cell.is_empty()) {
            if let Some(above) = above.take() {
                facts.pop();
                unread.push(above.join(" | "));
            }
            unread.push(row.join(" | "));
            continue;
        }
        above = None;
        match read(row) {
            Row::Fact(fact) => {
                facts.push(fact);
                above = Some(row);
            }
            Row::Nothing => {}
            Row::Odd => unread.push(row.join(" | ")),
        }
    }
    unread.extend(table.odd_rows);
}

/// The cells of a line between its outer bars, at most `count`: a last one that is free text keeps its bars.
fn cells(line: &str, count: usize) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    (!is_rule(line)).then(|| {
        inner
            .splitn(count, '|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    })
}

/// A separator: `+----+` or `|----+----|`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['|', '+']) && line.contains('-') && line.chars().all(|c| matches!(c, '|' | '+' | '-'))
}

fn key(caption: &str) -> String {
    caption
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_separators_and_shapes() {
        for rule in ["+-------+-----+", "|-------+-----|", "|-------|-----|"] {
            let text =
                format!("Legend: x\n\n| Name  | Bundle-Id |\n{rule}\n| a     |     |\n| odd |\n\nend\n");
            let pieces = read_tables(&text);
            let [Piece::Line(legend), Piece::Table(table), Piece::Line(end)] = pieces.as_slice() else {
                panic!("{pieces:?}");
            };
            assert_eq!((legend.as_str(), end.as_str()), ("Legend: x", "end"));
            assert_eq!(table.rows, [["a", ""]]);
            assert_eq!(table.odd_rows, ["| odd |"]);
            assert_eq!(table.column(&["Bundle-ID"]), Some(1));
            assert_eq!(table.column(&["Other", "name"]), Some(0));
        }
    }
}
