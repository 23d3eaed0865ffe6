//! `show system ssh sessions` (REF 8): who else is here.

use std::net::SocketAddr;

use bk_engine::ports::SessionFact;

use super::table::{Piece, read_tables};

/// Reads the sessions that others and we hold on the device. Sessions that the device itself holds elsewhere
/// (`SSH Client Sessions`) are left out.
///
/// `ours` is our end of the asking connection. The row that shows it is this session and the others are not; if
/// none or several show it (address translation, a jump host, no ports printed), no row is told apart.
///
/// The uptime that is printed differs from look to look, so what names a session lastingly is its start where one
/// is printed, else its number: that is what [`SessionFact::since`] holds.
#[must_use]
pub fn read_sessions(answer: &str, ours: impl Into<Option<SocketAddr>>) -> Option<Vec<SessionFact>> {
    let mut sessions = Vec::new();
    let mut in_server_part = true;
    let mut found_table = false;
    for piece in read_tables(answer) {
        let table = match piece {
            Piece::Line(line) => {
                let line = line.trim().to_ascii_lowercase();
                in_server_part = match line.as_str() {
                    _ if line.starts_with("ssh server sessions") => true,
                    _ if line.starts_with("ssh client sessions") => false,
                    _ => return None,
                };
                continue;
            }
            Piece::Table(_) if !in_server_part => continue,
            Piece::Table(table) => table,
        };
        found_table = true;
        if !table.odd_rows.is_empty() {
            return None;
        }
        let user = table.column(&["user"])?;
        let from = table.column(&["remote address", "address", "from"])?;
        let start = table.column(&["login time", "start time", "since"]);
        let number = table.column(&["session-id"]);
        for row in &table.rows {
            sessions.push(SessionFact {
                user: row[user].clone(),
                from: row[from].clone(),
                since: match (start, number) {
                    (Some(start), _) => row[start].clone(),
                    (None, Some(number)) if !row[number].is_empty() => format!("session {}", row[number]),
                    (None, _) => String::new(),
                },
                is_this: None,
            });
        }
    }
    if !found_table {
        return None;
    }
    if let Some(ours) = ours.into() {
        mark_ours(&mut sessions, ours);
    }
    Some(sessions)
}

fn mark_ours(sessions: &mut [SessionFact], ours: SocketAddr) {
    let shows_ours: Vec<bool> = sessions
        .iter()
        .map(|session| is_address(&session.from, ours))
        .collect();
    if shows_ours.iter().filter(|shown| **shown).count() == 1 {
        for (session, shown) in sessions.iter_mut().zip(shows_ours) {
            session.is_this = Some(shown);
        }
    }
}

fn is_address(printed: &str, ours: SocketAddr) -> bool {
    let canonical = SocketAddr::new(ours.ip().to_canonical(), ours.port());
    match printed.parse::<SocketAddr>() {
        Ok(address) => SocketAddr::new(address.ip().to_canonical(), address.port()) == canonical,
        // IPv6 without brackets: the port is what follows the last colon.
        Err(_) => printed.rsplit_once(':').is_some_and(|(ip, port)| {
            ip.parse() == Ok(canonical.ip()) && port.parse() == Ok(canonical.port())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "
SSH Server Sessions:

|   Session-ID | User    | Role      | VRF        | Remote Address   | Session Uptime   | Idle time  |
|--------------+---------+-----------+------------+------------------+------------------+------------|
|          714 | kestrel | Admin     | default    | 192.0.2.2:56356  | 1 day, 01:01:05  | 01:02:05   |
|          748 | birch   | Operator  | mgmt0      | 192.0.2.3:56364  | 0 days, 00:00:02 | 00:00:00   |

SSH Client Sessions:

|   Session-ID | User    | Role      | VRF        | Remote Address   | Session Uptime   | Idle time  |
|--------------+---------+-----------+------------+------------------+------------------+------------|
|          776 | rowan   |           | default    | 192.0.2.9:22     | 1 day, 01:01:05  | 01:02:05   |
";

    fn own_marks(list: &str, ours: &str) -> Vec<Option<bool>> {
        read_sessions(list, ours.parse::<SocketAddr>().unwrap())
            .unwrap()
            .iter()
            .map(|session| session.is_this)
            .collect()
    }

    #[test]
    fn our_session_is_the_one_with_our_address() {
        assert_eq!(own_marks(LIST, "192.0.2.3:56364"), [Some(false), Some(true)]);
        assert_eq!(
            own_marks(LIST, "[::ffff:192.0.2.3]:56364"),
            [Some(false), Some(true)]
        );
        let sessions = read_sessions(LIST, "192.0.2.3:56364".parse::<SocketAddr>().unwrap()).unwrap();
        let named: Vec<_> = sessions
            .iter()
            .map(|session| format!("{} {}", session.user, session.since))
            .collect();
        assert_eq!(named, ["kestrel session 714", "birch session 748"]);
    }

    #[test]
    fn behind_address_translation_nobody_is_told_apart() {
        assert_eq!(own_marks(LIST, "10.0.0.1:1234"), [None, None]);
        let without_ports = LIST.replace(":56356", "").replace(":56364", "");
        assert_eq!(own_marks(&without_ports, "192.0.2.3:56364"), [None, None]);
    }

    #[test]
    fn other_forms_are_not_read() {
        for text in ["", "ERROR: Unknown word: 'ssh'.\n", "SSH Server Sessions:\n"] {
            assert_eq!(
                read_sessions(text, "192.0.2.3:1".parse::<SocketAddr>().unwrap()),
                None,
                "{text}"
            );
        }
    }
}
