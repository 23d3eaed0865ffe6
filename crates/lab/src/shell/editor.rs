//! The line editor: keys out of bytes, and the text typed so far.

use std::collections::VecDeque;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    Backspace,
    /// Ctrl-U
    EraseLine,
    /// Ctrl-W
    EraseWord,
    /// Ctrl-C
    Interrupt,
    /// Ctrl-D
    EndOfInput,
    Tab,
    Up,
    Down,
}

/// How many earlier lines the up key remembers.
const HISTORY: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Editor {
    bytes: VecDeque<u8>,
    typed: String,
    history: VecDeque<String>,
    /// How far up in the history; 0 = the line itself.
    back: usize,
    after_return: bool,
}

impl Editor {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Begins a new line.
    pub(super) fn start(&mut self) {
        self.typed.clear();
        self.back = 0;
    }

    /// Ends the line and remembers it.
    pub(super) fn finish(&mut self) -> String {
        let line = std::mem::take(&mut self.typed);
        if !line.trim().is_empty() {
            self.history.push_front(line.clone());
            self.history.truncate(HISTORY);
        }
        line
    }

    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    pub(super) fn append(&mut self, text: &str) {
        self.typed.push_str(text);
    }

    /// Whether the next character stands inside double quotes.
    pub(super) fn in_quotes(&self) -> bool {
        self.typed.matches('"').count() % 2 == 1
    }

    /// Applies a key to the line; what the terminal shows of it.
    pub(super) fn take(&mut self, key: Key) -> String {
        match key {
            Key::Char(c) => {
                self.typed.push(c);
                c.to_string()
            }
            Key::Backspace => self
                .typed
                .pop()
                .map_or_else(String::new, |_| "\x08 \x08".to_owned()),
            Key::EraseLine => self.replace(String::new()),
            Key::EraseWord => {
                let kept = self.typed.trim_end().rfind(' ').map_or(0, |at| at + 1);
                let kept = self.typed[..kept].to_owned();
                self.replace(kept)
            }
            Key::Up if self.back < self.history.len() => {
                self.back += 1;
                let line = self.history[self.back - 1].clone();
                self.replace(line)
            }
            Key::Down if self.back > 0 => {
                self.back -= 1;
                let line = if self.back == 0 {
                    String::new()
                } else {
                    self.history[self.back - 1].clone()
                };
                self.replace(line)
            }
            Key::Up | Key::Down | Key::Enter | Key::Interrupt | Key::EndOfInput | Key::Tab => String::new(),
        }
    }

    fn replace(&mut self, line: String) -> String {
        let erased = "\x08 \x08".repeat(self.typed.chars().count());
        self.typed = line;
        erased + &self.typed
    }

    /// Takes the next key out of the bytes; none if they end in the middle of one.
    pub(super) fn next_key(&mut self) -> Option<Key> {
        loop {
            let first = *self.bytes.front()?;
            let after_return = std::mem::replace(&mut self.after_return, first == b'\r');
            if first == 0x1b {
                if let Some(key) = self.escape()? {
                    return Some(key);
                }
                continue;
            }
            if first >= 0x80 {
                return self.wide();
            }
            self.bytes.pop_front();
            match first {
                b'\r' => return Some(Key::Enter),
                b'\n' if after_return => {}
                b'\n' => return Some(Key::Enter),
                0x03 => return Some(Key::Interrupt),
                0x04 => return Some(Key::EndOfInput),
                0x08 | 0x7f => return Some(Key::Backspace),
                b'\t' => return Some(Key::Tab),
                0x15 => return Some(Key::EraseLine),
                0x17 => return Some(Key::EraseWord),
                control if control < 0x20 => {}
                plain => return Some(Key::Char(char::from(plain))),
            }
        }
    }

    /// An escape sequence: arrows up and down mean something, others are dropped. Outer none = incomplete.
    fn escape(&mut self) -> Option<Option<Key>> {
        match self.bytes.get(1) {
            None => None,
            Some(b'[' | b'O') => {
                let end = self
                    .bytes
                    .iter()
                    .skip(2)
                    .position(|byte| (0x40..=0x7e).contains(byte))?
                    + 2;
                let last = self.bytes[end];
                self.bytes.drain(..=end);
                Some(match last {
                    b'A' => Some(Key::Up),
                    b'B' => Some(Key::Down),
                    _ => None,
                })
            }
            Some(_) => {
                self.bytes.drain(..2);
                Some(None)
            }
        }
    }

    /// A character of more than one byte; what is no UTF-8 becomes the replacement character.
    fn wide(&mut self) -> Option<Key> {
        let length = match self.bytes[0] {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            _ => 1,
        };
        if self.bytes.len() < length {
            return None;
        }
        let bytes: Vec<u8> = self.bytes.drain(..length).collect();
        let c = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.chars().next());
        Some(Key::Char(c.unwrap_or(char::REPLACEMENT_CHARACTER)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], line: &str) {
        let mut editor = Editor::default();
        editor.feed(bytes);
        while let Some(key) = editor.next_key() {
            if key == Key::Enter {
                break;
            }
            editor.take(key);
        }
        assert_eq!(editor.typed(), line);
    }

    #[test]
    fn keys_edit_the_line() {
        check(b"show\r", "show");
        check(b"shpw\x08\x7fow\n", "show");
        check(b"nonsense\x15show\r", "show");
        check(b"show config\x17system\r", "show system");
        check("déjà".as_bytes(), "déjà");
        check(b"a\x1b[Cb\x1b[1;5Dc", "abc");
        check(b"a\x1b[", "a");
    }

    #[test]
    fn return_and_newline_are_one_enter() {
        let mut editor = Editor::default();
        editor.feed(b"\r\n\n");
        assert_eq!(editor.next_key(), Some(Key::Enter));
        assert_eq!(editor.next_key(), Some(Key::Enter));
        assert_eq!(editor.next_key(), None);
    }
}
