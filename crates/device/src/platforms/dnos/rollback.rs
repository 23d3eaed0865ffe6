//! `show rollback` (REF 8).

use bk_engine::ports::RollbackEntry;

use super::table::{Piece, read_tables_of_text};

/// Reads the list of rollback entries, newest first. `None` if the table is not there or not in the known form.
///
/// A row without a number continues the log text of the row above.
#[must_use]
pub fn read_rollback(answer: &str) -> Option<Vec<RollbackEntry>> {
    let pieces = read_tables_of_text(answer);
    let [Piece::Table(table)] = pieces.as_slice() else {
        return None;
    };
    if !table.odd_rows.is_empty() {
        return None;
    }
    let (id, time, user, log) = (
        table.column(&["id"])?,
        table.column(&["time"])?,
        table.column(&["user"])?,
        table.column(&["log"])?,
    );
    let via = table.column(&["via"]);
    let mut entries: Vec<RollbackEntry> = Vec::new();
    for row in &table.rows {
        if row[id].is_empty() {
            let entry = entries.last_mut()?;
            entry.log = format!("{} {}", entry.log, row[log]).trim().to_owned();
            continue;
        }
        let entry = RollbackEntry {
            id: row[id].parse().ok()?,
            time: row[time].clone(),
            user: row[user].clone(),
            via: via.map_or_else(String::new, |via| row[via].clone()),
            log: row[log].clone(),
        };
        if usize::from(entry.id) != entries.len() {
            return None;
        }
        entries.push(entry);
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_with_continued_and_barred_logs() {
        let text = "\
| Id | Time                 | User       | Via       | Log                                         |
|----|----------------------+------------+-----------+---------------------------------------------|
|  0 | 27-Jun-2017 22:05:01 | kestrel    | cli       | first | second                              |
|  1 | 27-Jun-2017 22:06:01 | birch      | netconf   |                                             |
|  2 | 27-Jun-2017 22:07:01 | rowan      | cli       | Successful commit! Created by rowan.        |
|    |                      |            |           | Update bgp configuration                    |
";
        let entries = read_rollback(text).unwrap();
        let logs: Vec<_> = entries.iter().map(|entry| entry.log.as_str()).collect();
        assert_eq!(
            logs,
            [
                "first | second",
                "",
                "Successful commit! Created by rowan. Update bgp configuration"
            ]
        );
        assert_eq!(
            (entries[1].id, entries[1].user.as_str(), entries[1].via.as_str()),
            (1, "birch", "netconf")
        );
    }

    #[test]
    fn cut_or_strange_lists_are_not_read() {
        let header = "| Id | Time | User | Via | Log |\n|----|------+------+-----+-----|\n";
        for text in [
            String::new(),
            "ERROR: Unknown word: 'rollback'.\n".to_owned(),
            format!("{header}| 1 | t | kestrel | cli | |\n"),
            format!("{header}|   | t | kestrel | cli | |\n"),
            format!("{header}| 0 | t | kestr\n"),
            format!("{header}| 0 | t | kestrel |\n"),
        ] {
            assert_eq!(read_rollback(&text), None, "{text}");
        }
        assert_eq!(read_rollback(header), Some(Vec::new()));
    }
}
