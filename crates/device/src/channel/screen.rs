//! From a terminal's bytes to text: UTF-8 read lossily, control sequences removed, carriage returns resolved.
//!
//! Works on a stream: a sequence, a character or a CR LF may be cut by a packet border anywhere.

/// What a terminal would show, as lines of text (REF 1.4).
///
/// CR LF becomes one line end. A lone CR becomes a line end too, so that progress bars and the loading line
/// fall apart into lines of their own instead of gluing to what overwrites them.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    text: String,
    state: State,
    /// A CR whose successor has not arrived.
    after_cr: bool,
    /// Bytes of a character that a packet border has cut.
    carry: Vec<u8>,
    /// Where the line begins that the cursor went back to: a redrawn echo, never a waiting prompt.
    redrawn: Option<usize>,
    /// Whether any byte was not UTF-8.
    lossy: bool,
    /// Where the text was marked, or where it was cut back to since.
    mark: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Escape,
    /// `ESC [ parameters final`.
    Control,
    /// `ESC ] ... BEL` or `ESC ] ... ESC \`.
    OperatingSystem,
    OperatingSystemEscape,
}

impl Screen {
    /// Takes the next packet.
    pub(crate) fn feed(&mut self, packet: &[u8]) {
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(packet);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.feed_text(text);
                    return;
                }
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    self.feed_text(std::str::from_utf8(valid).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.carry = invalid.to_vec();
                        return;
                    };
                    self.lossy = true;
                    self.show(char::REPLACEMENT_CHARACTER);
                    rest = &invalid[length..];
                }
            }
        }
    }

    /// The text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Marks the end of the text so far.
    pub(crate) fn set_mark(&mut self) {
        self.mark = self.text.len();
    }

    /// The offset behind which everything came after the mark.
    pub(crate) fn mark(&self) -> usize {
        self.mark
    }

    /// Whether the last line is complete as far as it goes, and not the redraw of an echo.
    pub(crate) fn waits_on_fresh_line(&self) -> bool {
        let line = self.text.rfind('\n').map_or(0, |end| end + 1);
        !self.after_cr && self.state == State::Text && self.redrawn != Some(line)
    }

    /// Whether any byte was not UTF-8.
    pub(crate) fn is_lossy(&self) -> bool {
        self.lossy
    }

    fn feed_text(&mut self, text: &str) {
        for c in text.chars() {
            self.state = match self.state {
                State::Text => {
                    self.take(c);
                    if c == '\x1b' { State::Escape } else { State::Text }
                }
                State::Escape => match c {
                    '[' => State::Control,
                    ']' => State::OperatingSystem,
                    '\x1b' | ' '..='/' => State::Escape,
                    _ => State::Text,
                },
                State::Control => match c {
                    'A' | 'F' => {
                        self.redraw();
                        State::Text
                    }
                    '@'..='~' => State::Text,
                    '\x1b' => State::Escape,
                    // A line end inside a sequence means that the sequence was cut: text goes on.
                    '\n' | '\r' => {
                        self.take(c);
                        State::Text
                    }
                    _ => State::Control,
                },
                State::OperatingSystem => match c {
                    '\x07' => State::Text,
                    '\x1b' => State::OperatingSystemEscape,
                    '\n' => {
                        self.take(c);
                        State::Text
                    }
                    _ => State::OperatingSystem,
                },
                State::OperatingSystemEscape => State::Text,
            };
        }
    }

    fn take(&mut self, c: char) {
        match c {
            '\n' => {
                self.after_cr = false;
                self.text.push('\n');
            }
            '\r' => self.after_cr = true,
            '\x08' => {
                if !self.after_cr && self.text.chars().next_back().is_some_and(|last| last != '\n') {
                    self.text.pop();
                    self.mark = self.mark.min(self.text.len());
                }
            }
            '\t' => self.show(c),
            _ if c.is_control() => {}
            _ => self.show(c),
        }
    }

    fn show(&mut self, c: char) {
        if std::mem::take(&mut self.after_cr) {
            self.text.push('\n');
        }
        self.text.push(c);
    }

    fn redraw(&mut self) {
        if std::mem::take(&mut self.after_cr) {
            self.text.push('\n');
        }
        self.redrawn = Some(self.text.rfind('\n').map_or(0, |end| end + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        for cut in 0..=bytes.len() {
            let mut screen = Screen::default();
            screen.feed(&bytes[..cut]);
            screen.feed(&bytes[cut..]);
            assert_eq!(screen.text(), expected, "cut at {cut}");
        }
    }

    #[test]
    fn line_ends() {
        check(b"a\r\nb\nc", "a\nb\nc");
        check(
            b"[==>  ] 45%\r[====>] 90%\r\nconfiguration load complete\r\n",
            "[==>  ] 45%\n[====>] 90%\nconfiguration load complete\n",
        );
        check(
            b"DRIVENETS CLI Loading...\r      \rLEAF-A01# ",
            "DRIVENETS CLI Loading...\n      \nLEAF-A01# ",
        );
        check(b"a\r\r\nb", "a\nb");
    }

    #[test]
    fn control_sequences_go() {
        check(b"\x1b[0mLEAF-A01(cfg)# ", "LEAF-A01(cfg)# ");
        check(b"\x1b[1;32m+ admin-state enabled\x1b[0m", "+ admin-state enabled");
        check(b"\x1b]0;title\x07text \x1b]0;title\x1b\\more", "text more");
        check(b"\x1b(Btext\x07", "text");
        check(b"commt\x08it", "commit");
        check(b"cut \x1b[12\nnext", "cut \nnext");
    }

    #[test]
    fn characters_cut_anywhere_and_bytes_that_are_none() {
        check(
            "descr \u{00e9}\u{4e2d}\u{1f600} end".as_bytes(),
            "descr \u{00e9}\u{4e2d}\u{1f600} end",
        );
        check(b"caf\xe9 ok", "caf\u{fffd} ok");
        let mut screen = Screen::default();
        screen.feed(b"caf\xe9 ok");
        assert!(screen.is_lossy());
    }

    #[test]
    fn a_redrawn_echo_is_no_fresh_line() {
        let mut screen = Screen::default();
        screen.feed(b"LEAF-A01# top\r\n\x1b[FLEAF-A01# ");
        assert!(!screen.waits_on_fresh_line());
        screen.feed(b"top\r\nLEAF-A01# ");
        assert!(screen.waits_on_fresh_line());
        screen.feed(b"\r");
        assert!(!screen.waits_on_fresh_line(), "a CR may still become a line end");
    }
}
